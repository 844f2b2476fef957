package org.jobcontrol.libvirt;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.MigrationDriver;
import org.jobcontrol.api.domain.MigrationSpec;
import org.jobcontrol.api.domain.MigrationSpec.Option;
import org.jobcontrol.libvirt.TypedParameters.Written;
import org.jobcontrol.libvirt.Virt.ConnectPtr;
import org.jobcontrol.libvirt.Virt.DomainPtr;

/** Moves domains to other hypervisors. */
final class Migrations implements MigrationDriver {
    private static final long MIB = 1 << 20;

    private final DomainCalls calls;
    private final RunningJobs running;
    private final Libvirt libvirt;
    private final Virt virt;

    Migrations(DomainCalls calls, RunningJobs running) {
        this.calls = calls;
        this.running = running;
        this.libvirt = calls.libvirt();
        this.virt = libvirt.virt();
    }

    @Override
    public void migrate(UUID domain, MigrationSpec migration, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        boolean peers = migration.options().contains(Option.PEER_TO_PEER);
        int flags =
                migration.options().stream().mapToInt(Migrations::flag).reduce(0, (a, b) -> a | b);
        job.phase("perform");
        Map<String, Object> values = parameters(migration, job);
        running.run(domain, job, DomainOperation.MIGRATION_OUT, limit(domain, job), () -> {
            // freed when the call returns: one that is given up still uses them
            try (Written parameters = TypedParameters.write(values)) {
                migrate(domain, migration.destination(), peers, parameters, flags);
            }
        });
        job.phase("confirm");
    }

    private void migrate(
            UUID domain, String destination, boolean peers, Written parameters, int flags)
            throws LibvirtException {
        if (peers) {
            calls.run(
                    domain,
                    pointer -> virt.virDomainMigrateToURI3(
                            pointer, destination, parameters.memory(), parameters.count(), flags));
        } else {
            calls.call(domain, pointer -> direct(pointer, destination, parameters, flags));
        }
    }

    private int direct(DomainPtr domain, String destination, Written parameters, int flags)
            throws LibvirtException {
        ConnectPtr there = libvirt.check(virt.virConnectOpen(destination));
        try {
            DomainPtr moved = libvirt.check(virt.virDomainMigrate3(
                    domain, there, parameters.memory(), parameters.count(), flags));
            return virt.virDomainFree(moved);
        } finally {
            virt.virConnectClose(there);
        }
    }

    /** Where memory goes, and how fast: what else there is, libvirt decides. */
    private static Map<String, Object> parameters(MigrationSpec migration, AsyncJob job) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        if (job.bandwidth() > 0) {
            parameters.put("bandwidth", Math.max(1, job.bandwidth() / MIB));
        }
        migration.transportUri().ifPresent(uri -> {
            parameters.put("migrate_uri", uri);
            String host = URI.create(uri).getHost();
            if (host != null && Set.of("127.0.0.1", "[::1]", "localhost").contains(host)) {
                // who moves memory within a host need not listen to the world
                parameters.put("listen_address", host.equals("[::1]") ? "::1" : "127.0.0.1");
            }
        });
        return parameters;
    }

    /** Hands a bandwidth on that is set for the job while it runs. */
    private RunningJobs.Meanwhile limit(UUID domain, AsyncJob job) {
        long[] last = {job.bandwidth()};
        return () -> {
            long now = job.bandwidth();
            if (now != last[0]) {
                last[0] = now;
                setSpeed(domain, now);
            }
        };
    }

    /** Returns a speed as libvirt takes it: no limit is the largest number that it takes. */
    private static long mib(long bytesPerSecond) {
        return bytesPerSecond == 0 ? Long.MAX_VALUE / MIB : Math.max(1, bytesPerSecond / MIB);
    }

    private void setSpeed(UUID domain, long bytesPerSecond) throws LibvirtException {
        long mib = mib(bytesPerSecond);
        calls.run(domain, pointer -> virt.virDomainMigrateSetMaxSpeed(pointer, mib, 0));
    }

    @Override
    public void bandwidth(UUID domain, long bytesPerSecond, Job job) throws DomainException {
        long mib = mib(bytesPerSecond);
        calls.change(domain, pointer -> virt.virDomainMigrateSetMaxSpeed(pointer, mib, 0));
    }

    @Override
    public void downtime(UUID domain, Duration longest, Job job) throws DomainException {
        long millis = Math.max(1, longest.toMillis());
        calls.change(domain, pointer -> virt.virDomainMigrateSetMaxDowntime(pointer, millis, 0));
    }

    @Override
    public void startPostCopy(UUID domain, Job job) throws DomainException {
        calls.change(domain, pointer -> virt.virDomainMigrateStartPostCopy(pointer, 0));
    }

    /** Follows a migration into post-copy: the guest is there now, and there is no way back. */
    static void suspended(RunningCall call, int detail) {
        if (!(call.job instanceof AsyncJob async)
                || call.operation != DomainOperation.MIGRATION_OUT) {
            return;
        }
        if (detail == Flags.DOMAIN_EVENT_SUSPENDED_POSTCOPY) {
            async.abortable(false);
            async.phase("postcopy");
        } else if (detail == Flags.DOMAIN_EVENT_SUSPENDED_POSTCOPY_FAILED) {
            async.phase("postcopy_failed");
        }
    }

    private static int flag(Option option) {
        return switch (option) {
            case LIVE -> Flags.MIGRATE_LIVE;
            case PEER_TO_PEER -> Flags.MIGRATE_PEER2PEER;
            case POST_COPY -> Flags.MIGRATE_POSTCOPY;
            case PERSIST_AT_DESTINATION -> Flags.MIGRATE_PERSIST_DEST;
            case UNDEFINE_AT_SOURCE -> Flags.MIGRATE_UNDEFINE_SOURCE;
            case COPY_DISKS -> Flags.MIGRATE_NON_SHARED_DISK;
            case UNSAFE -> Flags.MIGRATE_UNSAFE;
            case AUTO_CONVERGE -> Flags.MIGRATE_AUTO_CONVERGE;
        };
    }
}
