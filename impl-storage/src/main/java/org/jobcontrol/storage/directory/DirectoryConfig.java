package org.jobcontrol.storage.directory;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration of the directory driver, as tools show it. */
@ObjectClassDefinition(
        name = "jobcontrol storage: directory driver",
        description = "The driver for storage pools that are a local directory")
@interface DirectoryConfig {
    /** The PID of the configuration. */
    String PID = "org.jobcontrol.storage.directory";

    /** Returns where the driver keeps its state. */
    @AttributeDefinition(
            name = "State directory",
            description = "Where the definitions of pools are kept; empty for storage below"
                    + " jobcontrol.home, in Karaf for jobcontrol/storage below karaf.base, and"
                    + " elsewhere for the bundle's data area. Read when the bundle starts",
            required = false)
    String state__dir() default "";
}
