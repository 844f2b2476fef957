package org.jobcontrol.storage.directory;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives {@link Linux}, where this is one and JNA is there: to ask needs neither. */
final class LinuxSupport {
    private static final Logger log = LoggerFactory.getLogger(LinuxSupport.class);
    private static final @Nullable Linux LINUX = load();

    private LinuxSupport() {}

    static Optional<Linux> linux() {
        return Optional.ofNullable(LINUX);
    }

    private static @Nullable Linux load() {
        boolean linux = System.getProperty("os.name", "").equals("Linux");
        boolean wide = System.getProperty("os.arch", "").contains("64");
        try {
            return linux && wide ? Linux.load() : null;
        } catch (LinkageError e) {
            log.info("JNA is not installed, so volumes are copied block by block and written as the"
                    + " JDK does (in Karaf: feature:install jobcontrol-native)");
            log.debug("JNA cannot be loaded", e);
            return null;
        }
    }
}
