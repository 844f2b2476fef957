package org.jobcontrol.libvirt;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Optional;
import org.jobcontrol.api.LibvirtException;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * libvirt's library and its event loop, for all connections of this bundle. Both are there from the
 * first connection on, until the bundle stops.
 */
@Component(service = LibvirtRuntime.class)
public final class LibvirtRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(LibvirtRuntime.class);

    private final Object lock = new Object();

    @GuardedBy("lock")
    private boolean tried;

    @GuardedBy("lock")
    private @Nullable Libvirt libvirt;

    @GuardedBy("lock")
    private @Nullable EventLoop loop;

    /** Makes a runtime that has bound nothing yet. */
    @Activate
    public LibvirtRuntime() {}

    /** Returns the library; empty if it is not installed, of which the log says once what to do. */
    Optional<Libvirt> libvirt() {
        synchronized (lock) {
            if (!tried) {
                tried = true;
                libvirt = load();
            }
            return Optional.ofNullable(libvirt);
        }
    }

    @GuardedBy("lock")
    private @Nullable Libvirt load() {
        try {
            if (!TypedParameters.fits()) {
                LOG.warn("libvirt is used on 64-bit machines only");
                return null;
            }
            Libvirt bound = Libvirt.load();
            loop = EventLoop.start(bound);
            return bound;
        } catch (LinkageError e) {
            LOG.warn(
                    "libvirt's library is not installed, so there are no domains and pools of it"
                            + " (Debian: apt-get install libvirt0; Fedora: dnf install libvirt-libs): {}",
                    String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        } catch (LibvirtException e) {
            LOG.warn("libvirt's event loop does not start", e);
        }
        return null;
    }

    @Deactivate
    void stop() {
        synchronized (lock) {
            if (loop != null) {
                loop.close();
                Libvirt.forget();
            }
        }
    }
}
