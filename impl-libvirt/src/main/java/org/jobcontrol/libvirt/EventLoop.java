package org.jobcontrol.libvirt;

import com.sun.jna.Pointer;

import org.jobcontrol.api.LibvirtException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * libvirt's default event loop, on a thread of its own: whatever libvirt calls, it calls there. Made
 * before the first connection is opened; closed after the last one was, so that nobody is called any
 * more when it has ended.
 */
final class EventLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

    private static final int NEVER = -1;
    private static final int NOW = 0;

    private final Libvirt libvirt;
    private final Thread thread;

    /**
     * Kept, as libvirt only has its address. A method of this object, and no lambda that needs nothing:
     * such a one is kept by its class, and JNA keeps the class for as long as the callback is there.
     */
    private final Virt.Timer wake = this::woken;

    private final int timer;
    private volatile boolean closed;

    private EventLoop(Libvirt libvirt) throws LibvirtException {
        this.libvirt = libvirt;
        libvirt.check(libvirt.virt().virEventRegisterDefaultImpl());
        timer = libvirt.check(libvirt.virt().virEventAddTimeout(NEVER, wake, null, null));
        thread = new Thread(this::run, "jobcontrol-libvirt-events");
        thread.setDaemon(true);
    }

    static EventLoop start(Libvirt libvirt) throws LibvirtException {
        EventLoop loop = new EventLoop(libvirt);
        loop.thread.start();
        return loop;
    }

    /** There is nothing to do but to look again whether the loop is closed. */
    private void woken(int which, @Nullable Pointer data) {
        LOG.trace("woken by timer {}", which);
    }

    private void run() {
        while (!closed) {
            try {
                libvirt.check(libvirt.virt().virEventRunDefaultImpl());
            } catch (LibvirtException e) {
                LOG.error("libvirt's event loop ends: no connection hears of anything now", e);
                return;
            }
        }
    }

    /** Ends the loop; whoever is called on it now is waited for. */
    @Override
    public void close() {
        closed = true;
        libvirt.virt().virEventUpdateTimeout(timer, NOW);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        libvirt.virt().virEventRemoveTimeout(timer);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
