package org.jobcontrol.libvirt;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainException.Reason;
import org.jobcontrol.api.domain.DomainStatistics;
import org.jobcontrol.api.domain.DumpOption;
import org.jobcontrol.api.domain.GuestDriver;
import org.jobcontrol.api.domain.Screenshot;
import org.jobcontrol.api.domain.ShutdownMode;
import org.jobcontrol.api.domain.StatisticsGroup;
import org.jobcontrol.libvirt.Virt.ConnectPtr;
import org.jobcontrol.libvirt.Virt.DomainPtr;
import org.jobcontrol.libvirt.Virt.StreamPtr;
import org.jspecify.annotations.Nullable;

/** What is done with guests beyond starting, saving and ending them, and what they are asked. */
final class Guests implements GuestDriver {
    private static final int BLOCK = 1 << 16;
    private static final int NEXT_PARAMETERS = 8;
    private static final int NEXT_COUNT = 16;

    private final DomainCalls calls;
    private final RunningJobs running;
    private final Libvirt libvirt;
    private final Virt virt;

    Guests(DomainCalls calls, RunningJobs running) {
        this.calls = calls;
        this.running = running;
        this.libvirt = calls.libvirt();
        this.virt = libvirt.virt();
    }

    @Override
    public String definition(UUID domain) throws DomainException {
        return calls.ask(
                domain,
                pointer ->
                        libvirt.take(virt.virDomainGetXMLDesc(pointer, Flags.DOMAIN_XML_SECURE)));
    }

    @Override
    public void shutdown(UUID domain, ShutdownMode mode, Job job) throws DomainException {
        calls.change(domain, pointer -> virt.virDomainShutdownFlags(pointer, flag(mode)));
    }

    @Override
    public void reboot(UUID domain, ShutdownMode mode, Job job) throws DomainException {
        calls.change(domain, pointer -> virt.virDomainReboot(pointer, flag(mode)));
    }

    /** Others than QEMU know one way, and no names for it. */
    private int flag(ShutdownMode mode) {
        return switch (mode) {
            case ACPI -> calls.isQemu() ? Flags.DOMAIN_SHUTDOWN_ACPI_POWER_BTN : 0;
            case AGENT -> Flags.DOMAIN_SHUTDOWN_GUEST_AGENT;
        };
    }

    @Override
    public void reset(UUID domain, Job job) throws DomainException {
        calls.change(domain, pointer -> virt.virDomainReset(pointer, 0));
    }

    @Override
    public void setVcpus(UUID domain, int count, Job job) throws DomainException {
        calls.change(
                domain,
                pointer ->
                        virt.virDomainSetVcpusFlags(pointer, count, Flags.DOMAIN_AFFECT_CURRENT));
    }

    @Override
    public void attachDevice(UUID domain, String device, Job job) throws DomainException {
        calls.change(
                domain,
                pointer -> virt.virDomainAttachDeviceFlags(
                        pointer, device, Flags.DOMAIN_AFFECT_CURRENT));
    }

    @Override
    public void detachDevice(UUID domain, String device, Job job) throws DomainException {
        calls.change(
                domain,
                pointer -> virt.virDomainDetachDeviceFlags(
                        pointer, device, Flags.DOMAIN_AFFECT_CURRENT));
    }

    @Override
    public String agentCommand(UUID domain, String command, Duration patience, Job job)
            throws DomainException {
        int seconds = (int) Math.min(Integer.MAX_VALUE, Math.max(1, patience.toSeconds()));
        VirtQemu qemu;
        try {
            qemu = libvirt.qemu();
        } catch (UnsatisfiedLinkError e) {
            throw new DomainException(
                    Reason.UNSUPPORTED, calls.name(domain), "libvirt-qemu is not installed", e);
        }
        return calls.ask(
                domain,
                pointer ->
                        libvirt.take(qemu.virDomainQemuAgentCommand(pointer, command, seconds, 0)));
    }

    // ---- what lasts -----------------------------------------------------------------------------

    @Override
    public void managedSave(UUID domain, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        running.run(
                domain,
                job,
                DomainOperation.SAVE,
                () -> calls.run(domain, p -> virt.virDomainManagedSave(p, 0)));
    }

    @Override
    public void dump(UUID domain, Path to, Set<DumpOption> options, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        int flags = options.stream().mapToInt(Guests::flag).reduce(0, (a, b) -> a | b);
        String file = calls.file(domain, to);
        // QEMU cannot stop it, and libvirt refuses to ask
        job.abortable(!options.contains(DumpOption.MEMORY_ONLY));
        running.run(
                domain,
                job,
                DomainOperation.DUMP,
                () -> calls.run(domain, p -> virt.virDomainCoreDump(p, file, flags)));
    }

    private static int flag(DumpOption option) {
        return switch (option) {
            case MEMORY_ONLY -> Flags.DUMP_MEMORY_ONLY;
            case LIVE -> Flags.DUMP_LIVE;
            case CRASH -> Flags.DUMP_CRASH;
            case RESET -> Flags.DUMP_RESET;
            case BYPASS_CACHE -> Flags.DUMP_BYPASS_CACHE;
        };
    }

    // ---- what is asked --------------------------------------------------------------------------

    @Override
    public Screenshot screenshot(UUID domain, int screen, Job job) throws DomainException {
        return calls.onConnection(domain, connection -> {
            DomainPtr pointer =
                    libvirt.check(virt.virDomainLookupByUUID(connection, Uuids.bytes(domain)));
            try {
                return screenshot(connection, pointer, screen);
            } finally {
                virt.virDomainFree(pointer);
            }
        });
    }

    private Screenshot screenshot(ConnectPtr connection, DomainPtr domain, int screen)
            throws LibvirtException {
        StreamPtr stream = libvirt.check(virt.virStreamNew(connection, 0));
        boolean finished = false;
        try {
            String type = libvirt.take(virt.virDomainScreenshot(domain, stream, screen, 0));
            ByteArrayOutputStream image = new ByteArrayOutputStream();
            byte[] block = new byte[BLOCK];
            int length = libvirt.check(virt.virStreamRecv(stream, block, BLOCK));
            while (length > 0) {
                image.write(block, 0, length);
                length = libvirt.check(virt.virStreamRecv(stream, block, BLOCK));
            }
            libvirt.check(virt.virStreamFinish(stream));
            finished = true;
            return new Screenshot(type, ByteBuffer.wrap(image.toByteArray()));
        } finally {
            if (!finished) {
                virt.virStreamAbort(stream);
            }
            virt.virStreamFree(stream);
        }
    }

    /** Asks for statistics of several domains at once; of those that are there. */
    Map<UUID, DomainStatistics> statistics(Set<UUID> domains, Set<StatisticsGroup> groups)
            throws DomainException {
        int flags = groups.stream().mapToInt(Guests::flag).reduce(0, (a, b) -> a | b);
        UUID any = domains.iterator().next();
        return calls.onConnection(any, connection -> {
            List<DomainPtr> found = domains.stream()
                    .map(uuid -> virt.virDomainLookupByUUID(connection, Uuids.bytes(uuid)))
                    .filter(Objects::nonNull)
                    .toList();
            try {
                return found.isEmpty() ? Map.of() : statistics(found, flags);
            } finally {
                found.forEach(virt::virDomainFree);
            }
        });
    }

    private Map<UUID, DomainStatistics> statistics(List<DomainPtr> domains, int flags)
            throws LibvirtException {
        @Nullable Pointer[] pointers = new Pointer[domains.size() + 1];
        for (int i = 0; i < domains.size(); i++) {
            pointers[i] = domains.get(i).getPointer();
        }
        PointerByReference records = new PointerByReference();
        int count = libvirt.check(virt.virDomainListGetStats(pointers, flags, records, 0));
        try {
            Map<UUID, DomainStatistics> seen = new HashMap<>();
            for (Pointer record : records.getValue().getPointerArray(0, count)) {
                DomainPtr domain = new DomainPtr();
                domain.setPointer(record.getPointer(0));
                byte[] uuid = new byte[Uuids.LENGTH];
                libvirt.check(virt.virDomainGetUUID(domain, uuid));
                seen.put(
                        Uuids.of(uuid),
                        new DomainStatistics(
                                TypedParameters.read(
                                        record.getPointer(NEXT_PARAMETERS),
                                        record.getInt(NEXT_COUNT)),
                                Instant.now()));
            }
            return seen;
        } finally {
            virt.virDomainStatsRecordListFree(records.getValue());
        }
    }

    private static int flag(StatisticsGroup group) {
        return switch (group) {
            case STATE -> Flags.DOMAIN_STATS_STATE;
            case CPU -> Flags.DOMAIN_STATS_CPU_TOTAL;
            case BALLOON -> Flags.DOMAIN_STATS_BALLOON;
            case VCPU -> Flags.DOMAIN_STATS_VCPU;
            case INTERFACE -> Flags.DOMAIN_STATS_INTERFACE;
            case BLOCK -> Flags.DOMAIN_STATS_BLOCK;
            case PERF -> Flags.DOMAIN_STATS_PERF;
        };
    }
}
