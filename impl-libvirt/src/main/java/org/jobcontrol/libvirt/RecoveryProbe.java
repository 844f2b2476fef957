package org.jobcontrol.libvirt;

import com.sun.jna.ptr.IntByReference;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.LibvirtException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Element;

/** Asks libvirt what it runs on a domain, and whether that is the work of a record. */
final class RecoveryProbe {
    private static final Logger LOG = LoggerFactory.getLogger(RecoveryProbe.class);

    private final Hypervisor hypervisor;
    private final RunningJobs running;
    private final DiskJobs diskJobs;

    /**
     * What libvirt runs on a domain, seen from the record of our work.
     *
     * @param text what it is, if it is another client's
     */
    record Found(Kind kind, String text) {
        enum Kind {
            NOTHING,
            OURS,
            OTHERS,
            /** It was ours, and seems to be coming to its end; or the daemon was too busy to say. */
            UNSETTLED
        }

        static final Found NOTHING = new Found(Kind.NOTHING, "");
        static final Found OURS = new Found(Kind.OURS, "");
        static final Found UNSETTLED = new Found(Kind.UNSETTLED, "");

        boolean isSettled() {
            return kind == Kind.NOTHING || kind == Kind.OTHERS;
        }

        static Found others(Map<String, Object> statistics) {
            long code = JobStatistics.number(statistics, "operation");
            String operation = Stream.of(DomainOperation.values())
                    .filter(each -> each.libvirtCode() == code && code != 0)
                    .map(DomainOperation::name)
                    .findFirst()
                    .orElse("operation " + code);
            return new Found(
                    Kind.OTHERS,
                    "a " + operation + " that began at " + RecordedWork.start(statistics)
                            + " was left alone: it is not this job's");
        }
    }

    /** The state of a domain, in libvirt's numbers. */
    record State(int state, int reason) {
        boolean isActive() {
            return state != 0 && state != Flags.DOMAIN_SHUTOFF && state != Flags.DOMAIN_CRASHED;
        }

        boolean isSaved() {
            return state == Flags.DOMAIN_SHUTOFF && reason == Flags.DOMAIN_SHUTOFF_SAVED;
        }

        boolean isPausedFor(RecordedWork work) {
            int ofWork = switch (work.operation().orElse(DomainOperation.START)) {
                case SAVE -> Flags.DOMAIN_PAUSED_SAVE;
                case DUMP -> Flags.DOMAIN_PAUSED_DUMP;
                case SNAPSHOT -> Flags.DOMAIN_PAUSED_SNAPSHOT;
                case MIGRATION_OUT -> Flags.DOMAIN_PAUSED_MIGRATION;
                default -> -1;
            };
            return state == Flags.DOMAIN_PAUSED && reason == ofWork;
        }
    }

    RecoveryProbe(Hypervisor hypervisor, RunningJobs running, DiskJobs diskJobs) {
        this.hypervisor = hypervisor;
        this.running = running;
        this.diskJobs = diskJobs;
    }

    /** Brings the table up to date. A domain that is gone is no failure: {@link #state} says that it is off. */
    void lookAt(UUID domain) throws LibvirtException {
        try {
            hypervisor.table().look(domain);
        } catch (LibvirtException e) {
            if (e.code() != Flags.ERR_NO_DOMAIN) {
                throw e;
            }
        }
    }

    /** Returns how the domain is; one that libvirt does not know any more is off. */
    State state(UUID domain) throws LibvirtException {
        IntByReference state = new IntByReference();
        IntByReference reason = new IntByReference();
        try {
            hypervisor
                    .lanes()
                    .run(
                            domain,
                            p -> hypervisor
                                    .libvirt()
                                    .virt()
                                    .virDomainGetState(p, state, reason, 0));
        } catch (LibvirtException e) {
            if (e.code() == Flags.ERR_NO_DOMAIN) {
                return new State(Flags.DOMAIN_SHUTOFF, 0);
            }
            throw e;
        }
        return new State(state.getValue(), reason.getValue());
    }

    /**
     * Finds the job that libvirt runs on a domain. Waits until libvirt answers, seconds beside a snapshot.
     *
     * @param before what was found just before: the statistics of a job that is being cancelled do not say
     *     any more when it began
     */
    Found find(UUID domain, RecordedWork work, Found before) throws LibvirtException {
        if (!state(domain).isActive()) {
            return Found.NOTHING;
        }
        try {
            Map<String, Object> statistics = running.statistics(domain).orElse(null);
            if (statistics == null) {
                return Found.NOTHING;
            }
            if (work.isRunning(statistics)) {
                return Found.OURS;
            }
            boolean ends = !before.isSettled() && work.isOfOperation(statistics);
            return ends ? Found.UNSETTLED : Found.others(statistics);
        } catch (LibvirtException e) {
            if (e.code() == Flags.ERR_OPERATION_TIMEOUT) {
                LOG.debug("domain {} does not say what runs on it", domain, e);
                return Found.UNSETTLED;
            }
            if (e.code() == Flags.ERR_OPERATION_INVALID || e.code() == Flags.ERR_NO_DOMAIN) {
                return Found.NOTHING;
            }
            throw e;
        }
    }

    /** Returns whether libvirt runs the operation of some work on a domain, whoever began it. */
    boolean isBusyWith(UUID domain, RecordedWork work) throws LibvirtException {
        return state(domain).isActive()
                && (running.pausedFor(domain).isPresent()
                        || running.statistics(domain)
                                .filter(work::isOfOperation)
                                .isPresent());
    }

    /** Returns the statistics of some work, if it is the last finished job that libvirt remembers. */
    Optional<Map<String, Object>> completed(UUID domain, RecordedWork work)
            throws LibvirtException {
        try {
            return running.completed(domain).filter(work::isCompleted);
        } catch (LibvirtException e) {
            if (e.code() == Flags.ERR_NO_DOMAIN) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Returns whether the backup that runs is one of the files that are recorded. */
    boolean isOfItsFiles(UUID domain, RecordedWork work) throws LibvirtException {
        Map<String, String> files = new HashMap<>();
        Xml.element(diskJobs.backup(domain), "disks").stream()
                .flatMap(disks -> Xml.children(disks, "disk").stream())
                .forEach(disk -> Stream.of("target", "scratch")
                        .flatMap(name -> Xml.children(disk, name).stream())
                        .forEach(file ->
                                files.put(disk.getAttribute("name"), file.getAttribute("file"))));
        return !work.files().isEmpty()
                && files.entrySet().containsAll(work.files().entrySet());
    }

    /** Returns whether the job on a disk is the one that is recorded. */
    boolean isItsBlockJob(UUID domain, String disk, RecordedWork work) throws LibvirtException {
        if (!state(domain).isActive()) {
            return false;
        }
        DomainOperation operation = work.operation().orElseThrow();
        if (diskJobs.type(domain, disk)
                .filter(type -> DiskJobs.isOf(operation, type))
                .isEmpty()) {
            return false;
        }
        Element element = diskJobs.disk(domain, disk).orElse(null);
        if (element == null || !DiskJobs.source(element).equals(work.source())) {
            return false;
        }
        return work.target().isEmpty()
                || Xml.element(element, "mirror").flatMap(DiskJobs::source).equals(work.target());
    }
}
