package org.jobcontrol.shell;

import java.nio.file.Path;
import java.util.Map;
import org.jobcontrol.api.domain.BackupSpec;
import org.jobcontrol.api.domain.BlockCopySpec;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.SnapshotSpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a user does with the snapshots and the disks of a domain. */
@Command(name = "", header = "Snapshots and disks of a domain, likewise")
final class DiskCommands {
    private final Services services;
    private final Console console;
    private final Follow follow;

    DiskCommands(Services services, Console console) {
        this.services = services;
        this.console = console;
        this.follow = new Follow(services.control(), console);
    }

    @Command(
            name = "snapshot-list",
            description = "Lists the snapshots of a domain.",
            footer = {"", "Example: jobctl:snapshot-list web-01"})
    void list(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name)
            throws CommandException, DomainException {
        services.domain(name).snapshots().list().forEach(console::say);
    }

    @Command(
            name = "snapshot-create",
            description = "Takes a snapshot of a domain.",
            footer = {"", "Example: jobctl:snapshot-create web-01 before-update"})
    void create(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Parameters(paramLabel = "SNAPSHOT", description = "The name of the new snapshot.")
                    String snapshot,
            @Option(
                            names = {"--memory"},
                            paramLabel = "FILE",
                            description = "The file that memory goes to; disks become overlays.")
                    @Nullable
                    Path memory,
            @Option(
                            names = {"--disk-only"},
                            description = "Leaves memory out; disks become overlays.")
                    boolean diskOnly,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        SnapshotSpec spec = new SnapshotSpec(snapshot, memory, diskOnly);
        follow.work(services.domain(name, how).snapshots().create(spec, how.timeout), how);
    }

    @Command(
            name = "snapshot-revert",
            description = "Goes back to a snapshot.",
            footer = {"", "Example: jobctl:snapshot-revert web-01 before-update"})
    void revert(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Parameters(paramLabel = "SNAPSHOT", description = Labels.SNAPSHOT) String snapshot,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        follow.work(services.domain(name, how).snapshots().revert(snapshot, how.timeout), how);
    }

    @Command(
            name = "snapshot-delete",
            description = "Deletes a snapshot.",
            footer = {"", "Example: jobctl:snapshot-delete web-01 before-update"})
    void delete(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Parameters(paramLabel = "SNAPSHOT", description = Labels.SNAPSHOT) String snapshot,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        follow.work(services.domain(name, how).snapshots().delete(snapshot, how.timeout), how);
    }

    @Command(
            name = "disk-backup",
            description = "Backs a disk up while its domain runs.",
            footer = {"", "Example: jobctl:disk-backup web-01 vda /backup/web-01.qcow2"})
    void backup(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Parameters(paramLabel = "DISK", description = "Its target name, such as vda.")
                    String disk,
            @Parameters(paramLabel = "FILE", description = "The new file for the backup.")
                    Path file,
            @Option(
                            names = {"--pull"},
                            description =
                                    "Lets others read it until the job is aborted; FILE keeps what changes.")
                    boolean pull,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        BackupSpec.Mode mode = pull ? BackupSpec.Mode.PULL : BackupSpec.Mode.PUSH;
        BackupSpec spec = new BackupSpec(mode, Map.of(disk, file));
        follow.work(services.domain(name, how).disks().backup(spec, how.timeout), how);
    }

    @Command(
            name = "disk-copy",
            description = "Mirrors a disk to a new image.",
            footer = {"", "Example: jobctl:disk-copy web-01 vda /images/new.raw --pivot"})
    void copy(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Parameters(paramLabel = "DISK", description = Labels.DISK) String disk,
            @Parameters(paramLabel = "FILE", description = "The new image.") Path file,
            @Option(
                            names = {"--format"},
                            paramLabel = "FORMAT",
                            defaultValue = "raw",
                            description = "Its format: ${DEFAULT-VALUE} if not said.")
                    String format,
            @Option(
                            names = {"--pivot"},
                            description = "The domain goes on with the new image.")
                    boolean pivot,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        BlockCopySpec spec = new BlockCopySpec(file, format, pivot);
        follow.work(services.domain(name, how).disks().copy(disk, spec, how.timeout), how);
    }

    @Command(
            name = "disk-commit",
            description = "Merges the topmost overlay of a disk into the image below.",
            footer = {"", "Example: jobctl:disk-commit web-01 vda"})
    void commit(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Parameters(paramLabel = "DISK", description = Labels.DISK) String disk,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        follow.work(services.domain(name, how).disks().commit(disk, how.timeout), how);
    }

    @Command(
            name = "disk-pull",
            description = "Pulls what lies below a disk into it.",
            footer = {"", "Example: jobctl:disk-pull web-01 vda"})
    void pull(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Parameters(paramLabel = "DISK", description = Labels.DISK) String disk,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        follow.work(services.domain(name, how).disks().pull(disk, how.timeout), how);
    }
}
