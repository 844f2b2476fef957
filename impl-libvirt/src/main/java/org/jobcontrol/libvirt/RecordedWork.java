package org.jobcontrol.libvirt;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.domain.BackupSpec;
import org.jobcontrol.api.domain.DomainDriver;

/**
 * What is recorded with a job about its work in libvirt, so that a later process or a later connection
 * recognizes that work. Immutable.
 *
 * @param attributes the values by name, as {@link org.jobcontrol.api.Job#record} takes them
 */
record RecordedWork(Map<String, String> attributes) {
    /*
     *   value      | of                     | recorded
     *   -----------+------------------------+--------------------------------------------------------
     *   uuid,      | all                    | before libvirt is asked
     *   driver     |                        |
     *   operation  | all                    | before libvirt is asked
     *   called     | all                    | before libvirt is asked: when, by our clock
     *   earlier    | work that leaves       | before libvirt is asked: the last finished job that libvirt
     *              | statistics             | remembers, which is not this one
     *   started    | work that libvirt can  | once libvirt has told for how long its job has run: when
     *              | be asked about         | that began, by our clock
     *   disk,      | jobs on one disk       | before libvirt is asked: the disk and its image
     *   source     |                        |
     *   target     | a copy                 | before libvirt is asked: the file it writes
     *   mode,      | a backup               | before libvirt is asked: the file of each disk
     *   file.DISK  |                        |
     *
     * Times are compared by our clock alone: libvirt tells only for how long a job has run.
     */
    private static final String OPERATION = "libvirt.operation";
    private static final String CALLED = "libvirt.called";
    private static final String EARLIER = "libvirt.earlier";
    private static final String STARTED = "libvirt.started";
    private static final String DISK = "disk";
    private static final String SOURCE = "disk.source";
    private static final String TARGET = "disk.target";
    private static final String MODE = "backup.mode";
    private static final String FILE = "backup.file.";

    /** So much may two calculations of when one job began differ. */
    static final Duration TOLERANCE = Duration.ofSeconds(2);

    /** A job of which the start is not recorded began so soon after the call. */
    private static final Duration SOON = Duration.ofSeconds(5);

    RecordedWork {
        attributes = Map.copyOf(attributes);
    }

    // ---- writing --------------------------------------------------------------------------------

    /** Returns the record of work that libvirt is about to be asked for. */
    static RecordedWork of(UUID domain, String driver, DomainOperation operation) {
        return new RecordedWork(Map.of(
                DomainDriver.UUID_ATTRIBUTE,
                domain.toString(),
                DomainDriver.DRIVER_ATTRIBUTE,
                driver,
                OPERATION,
                operation.name(),
                CALLED,
                Instant.now().toString(),
                STARTED,
                "",
                EARLIER,
                ""));
    }

    /** Adds the last finished job that libvirt remembers. */
    RecordedWork after(Map<String, Object> earlier) {
        return with(Map.of(EARLIER, fingerprint(earlier)));
    }

    /** Adds a disk, and the file that its image is in. */
    RecordedWork onDisk(String disk, String source) {
        return with(Map.of(DISK, disk, SOURCE, source));
    }

    /** Adds the file that a copy is written to. */
    RecordedWork to(Path target) {
        return with(Map.of(TARGET, target.toString()));
    }

    /** Adds the files of a backup. */
    RecordedWork as(BackupSpec backup) {
        Map<String, String> more = new HashMap<>();
        more.put(MODE, backup.mode().name());
        backup.disks().forEach((disk, file) -> more.put(FILE + disk, file.toString()));
        return with(more);
    }

    private RecordedWork with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(attributes);
        all.putAll(more);
        return new RecordedWork(all);
    }

    /** Adds when libvirt's job began, once libvirt has given its statistics. */
    RecordedWork started(Map<String, Object> statistics) {
        return with(Map.of(STARTED, start(statistics).toString()));
    }

    // ---- reading --------------------------------------------------------------------------------

    /** Returns the domain; empty if libvirt was not asked for anything. */
    Optional<UUID> domain() {
        return text(DomainDriver.UUID_ATTRIBUTE).map(UUID::fromString);
    }

    Optional<DomainOperation> operation() {
        return text(OPERATION).map(DomainOperation::valueOf);
    }

    boolean isOf(DomainOperation operation) {
        return operation().filter(operation::equals).isPresent();
    }

    Optional<String> disk() {
        return text(DISK);
    }

    Optional<String> source() {
        return text(SOURCE);
    }

    Optional<String> target() {
        return text(TARGET);
    }

    Optional<BackupSpec.Mode> mode() {
        return text(MODE).map(BackupSpec.Mode::valueOf);
    }

    /** Returns the file of each disk of a backup. */
    Map<String, String> files() {
        Map<String, String> files = new HashMap<>();
        attributes.forEach((name, value) -> {
            if (name.startsWith(FILE)) {
                files.put(name.substring(FILE.length()), value);
            }
        });
        return files;
    }

    private Optional<String> text(String name) {
        return Optional.ofNullable(attributes.get(name)).filter(value -> !value.isEmpty());
    }

    /** Returns whether the job that libvirt runs is this work: the same operation, begun then. */
    boolean isRunning(Map<String, Object> statistics) {
        Instant called = text(CALLED).map(Instant::parse).orElse(Instant.MAX);
        Instant start = start(statistics);
        return isOfOperation(statistics)
                && text(STARTED)
                        .map(Instant::parse)
                        .map(started -> Duration.between(started, start).abs())
                        .map(difference -> difference.compareTo(TOLERANCE) <= 0)
                        .orElseGet(() -> !start.isBefore(called.minus(TOLERANCE))
                                && start.isBefore(called.plus(SOON)));
    }

    /**
     * Returns whether the last finished job that libvirt remembers is this work: the same operation, not
     * the job from before, and no longer than the time since the call.
     */
    boolean isCompleted(Map<String, Object> statistics) {
        Instant called = text(CALLED).map(Instant::parse).orElse(Instant.MAX);
        return isOfOperation(statistics)
                && !fingerprint(statistics).equals(text(EARLIER).orElse(""))
                && !start(statistics).isBefore(called.minus(TOLERANCE));
    }

    boolean isOfOperation(Map<String, Object> statistics) {
        return operation()
                .filter(operation -> JobIdentity.isOf(statistics, operation))
                .isPresent();
    }

    /** Returns when a job that runs began, by our clock. */
    static Instant start(Map<String, Object> statistics) {
        return Instant.now().minusMillis(JobIdentity.elapsed(statistics));
    }

    private static String fingerprint(Map<String, Object> statistics) {
        return JobStatistics.number(statistics, "operation") + ":"
                + JobIdentity.elapsed(statistics) + ":"
                + JobStatistics.number(statistics, "data_processed") + ":"
                + JobStatistics.number(statistics, "disk_processed");
    }
}
