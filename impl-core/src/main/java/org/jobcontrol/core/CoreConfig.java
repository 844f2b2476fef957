package org.jobcontrol.core;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** What may be configured, as tools show it. {@link ConfigReader} reads and checks the values. */
@ObjectClassDefinition(
        name = "jobcontrol",
        description = "Limits of job control. A value out of range is refused, and the last good"
                + " configuration stays.")
@interface CoreConfig {
    /** The PID of the configuration. */
    String PID = "org.jobcontrol";

    /** Returns how long a begin waits that does not say. */
    @AttributeDefinition(
            name = "Begin timeout",
            description = "Milliseconds that a begin waits which names no timeout",
            min = "1",
            max = "86400000")
    long begin__timeout__millis() default 30_000;

    /** Returns how many jobs may run and wait on one target. */
    @AttributeDefinition(
            name = "Queue bound",
            description = "How many jobs may run and wait on one target; 0 for any number",
            min = "0",
            max = "1000000")
    int queue__max() default 0;

    /** Returns how many finished jobs are remembered. */
    @AttributeDefinition(
            name = "History size",
            description = "How many finished jobs are remembered",
            min = "0",
            max = "1000000")
    int history__size() default 1000;

    /** Returns how long finished jobs are remembered. */
    @AttributeDefinition(
            name = "History age",
            description = "Minutes for which finished jobs are remembered",
            min = "1",
            max = "525600")
    long history__age__minutes() default 1440;

    /** Returns how long running jobs get before what they need is taken away. */
    @AttributeDefinition(
            name = "Drain timeout",
            description = "Milliseconds that running jobs get when a bundle they need stops",
            min = "0",
            max = "600000")
    long drain__timeout__millis() default 10_000;

    /** Returns for how long a running job may show no progress. */
    @AttributeDefinition(
            name = "Stuck warning",
            description = "Milliseconds without progress after which a running job is reported",
            min = "100",
            max = "86400000")
    long stuck__warn__millis() default 90_000;

    /** Returns where jobs are recorded. */
    @AttributeDefinition(
            name = "Journal directory",
            description =
                    "Where async and DESTROY jobs are recorded, so that a crash loses none; empty for"
                            + " journal below jobcontrol.home, in Karaf for jobcontrol/journal below"
                            + " karaf.base, and elsewhere for the bundle's data area. Read when the"
                            + " bundle starts",
            required = false)
    String journal__dir() default "";

    /** Returns which handles are watched for being forgotten. */
    @AttributeDefinition(
            name = "Leak tracking",
            description = "Which job handles are watched for being forgotten unclosed",
            options = {
                @Option(label = "none", value = "OFF"),
                @Option(label = "one of 64", value = "SAMPLED"),
                @Option(label = "all", value = "ALL")
            })
    String leak__tracking() default "OFF";

    /** Returns how long somebody may have waited and still be overtaken. */
    @AttributeDefinition(
            name = "Overtaking grace",
            description = "Microseconds for which a waiter may be overtaken by running threads;"
                    + " 0 for strict arrival order",
            min = "0",
            max = "1000000")
    int overtaking__grace__micros() default 0;
}
