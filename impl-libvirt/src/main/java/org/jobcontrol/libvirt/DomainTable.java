package org.jobcontrol.libvirt;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.domain.DomainInfo;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.libvirt.Virt.DomainPtr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The domains of a connection as they were last seen: to list them, or to look at one, asks nobody.
 * Safe for use by many threads.
 *
 * <p>A domain is looked at anew after each event about it and after each operation of ours. Looks
 * overtake one another; each has a number from before it asked, and an older one does not replace a
 * younger. Whatever changes later is followed by an event, and so by a look with a higher number.
 */
final class DomainTable {
    private static final Logger LOG = LoggerFactory.getLogger(DomainTable.class);

    private static final int INFO_SIZE = 40;
    private static final int INFO_MAX_MEMORY = 8;
    private static final int INFO_MEMORY = 16;
    private static final int INFO_VCPUS = 24;
    private static final long KIB = 1024;

    /** No look is overtaken by so many others. */
    private static final long LATE = 10_000;

    private final Libvirt libvirt;
    private final Lanes lanes;
    private final AtomicLong looks = new AtomicLong();
    private final Map<UUID, Seen> domains = new ConcurrentHashMap<>();
    private volatile Runnable listChanged = () -> {};

    private record Seen(long look, DomainSpec spec, DomainInfo info, boolean gone) {}

    DomainTable(Libvirt libvirt, Lanes lanes) {
        this.libvirt = libvirt;
        this.lanes = lanes;
    }

    /** Runs something whenever a domain is new, has vanished or was renamed; on the thread that saw it. */
    void whenListChanges(Runnable action) {
        listChanged = action;
    }

    List<DomainSpec> list() {
        return domains.values().stream()
                .filter(seen -> !seen.gone)
                .map(Seen::spec)
                .toList();
    }

    Optional<DomainInfo> info(UUID domain) {
        return seen(domain).map(Seen::info);
    }

    /** Returns a domain's name; its uuid if it is not known. */
    String name(UUID domain) {
        return seen(domain).map(seen -> seen.spec.name()).orElseGet(domain::toString);
    }

    private Optional<Seen> seen(UUID domain) {
        return Optional.ofNullable(domains.get(domain)).filter(seen -> !seen.gone);
    }

    /** Returns the domains that have a process. */
    List<UUID> active() {
        return domains.values().stream()
                .filter(seen -> !seen.gone && seen.info.state().active())
                .map(seen -> seen.spec.uuid())
                .toList();
    }

    /** Looks at every domain there is. */
    void learn() throws LibvirtException {
        int seen = lanes.call(connection -> {
            PointerByReference array = new PointerByReference();
            int count =
                    libvirt.check(libvirt.virt().virConnectListAllDomains(connection, array, 0));
            for (Pointer pointer : libvirt.take(array.getValue(), count)) {
                DomainPtr domain = new DomainPtr();
                domain.setPointer(pointer);
                try {
                    look(domain);
                } catch (IllegalArgumentException e) {
                    LOG.warn("a domain is left out: {}", e.getMessage());
                } finally {
                    libvirt.virt().virDomainFree(domain);
                }
            }
            return count;
        });
        LOG.debug("{} domains are there", seen);
    }

    /** Looks at a domain; returns how it is now. */
    DomainInfo look(UUID uuid) throws LibvirtException {
        long look = looks.incrementAndGet();
        try {
            return lanes.onDomain(uuid, domain -> look(domain, look));
        } catch (LibvirtException e) {
            if (e.code() == Flags.ERR_NO_DOMAIN) {
                forget(uuid, look);
            }
            throw e;
        }
    }

    /** Looks at a domain after something was done to it, which may have been to end it. */
    void refresh(UUID uuid, DomainPtr domain) {
        long look = looks.incrementAndGet();
        try {
            look(domain, look);
        } catch (LibvirtException e) {
            if (e.code() == Flags.ERR_NO_DOMAIN) {
                forget(uuid, look);
            }
            LOG.debug("domain {} is gone, or the connection is", uuid, e);
        }
    }

    /** Looks at a domain that was just defined, or listed. */
    DomainInfo look(DomainPtr domain) throws LibvirtException {
        return look(domain, looks.incrementAndGet());
    }

    private DomainInfo look(DomainPtr domain, long look) throws LibvirtException {
        Virt virt = libvirt.virt();
        byte[] uuid = new byte[Uuids.LENGTH];
        libvirt.check(virt.virDomainGetUUID(domain, uuid));
        String name = virt.virDomainGetName(domain);
        try (Memory info = new Memory(INFO_SIZE)) {
            libvirt.check(virt.virDomainGetInfo(domain, info));
            long max = Math.max(KIB, info.getLong(INFO_MAX_MEMORY) * KIB);
            int vcpus = Math.max(1, info.getShort(INFO_VCPUS));
            DomainSpec spec = new DomainSpec(
                    name == null ? Uuids.of(uuid).toString() : name,
                    Uuids.of(uuid),
                    max,
                    vcpus,
                    Map.of());
            DomainInfo now = new DomainInfo(
                    state(info.getByte(0)),
                    info.getLong(INFO_MEMORY) * KIB,
                    max,
                    vcpus,
                    Instant.now());
            store(new Seen(look, spec, now, false));
            return now;
        }
    }

    private void store(Seen seen) {
        Seen before = domains.get(seen.spec.uuid());
        domains.merge(seen.spec.uuid(), seen, (old, newer) -> old.look > newer.look ? old : newer);
        if (before == null || before.gone || !before.spec.name().equals(seen.spec.name())) {
            listChanged.run();
        }
    }

    /** Keeps that it is gone: an older look that comes late must not bring it back. */
    private void forget(UUID uuid, long look) {
        Seen before = domains.get(uuid);
        domains.computeIfPresent(
                uuid,
                (key, old) -> old.look > look ? old : new Seen(look, old.spec, old.info, true));
        domains.values().removeIf(seen -> seen.gone && look - seen.look > LATE);
        if (before != null && !before.gone) {
            listChanged.run();
        }
    }

    private static DomainState state(int libvirtState) {
        return switch (libvirtState) {
            // running, and blocked on something
            case 1, 2 -> DomainState.RUNNING;
            // paused, and suspended by its guest's power management
            case 3, 7 -> DomainState.PAUSED;
            case 4 -> DomainState.SHUTDOWN;
            case 5 -> DomainState.SHUTOFF;
            case 6 -> DomainState.CRASHED;
            default -> DomainState.NOSTATE;
        };
    }
}
