package org.jobcontrol.libvirt;

import static org.awaitility.Awaitility.await;
import static org.jobcontrol.libvirt.Guest.LONG;
import static org.jobcontrol.libvirt.Guest.MIB;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.domain.BackupSpec;
import org.jobcontrol.api.domain.BlockCopySpec;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.MigrationSpec;
import org.jobcontrol.api.domain.MigrationSpec.Option;
import org.jobcontrol.core.journal.FileJournal;
import org.jobcontrol.core.journal.Teller;

/** A process that begins one job on a domain, tells of it, and is killed then. */
final class Interruptible {
    private final Lab lab;
    private final StartRecorded journal;
    private final Domain domain;

    private Interruptible(Lab lab, StartRecorded journal, Domain domain) {
        this.lab = lab;
        this.journal = journal;
        this.domain = domain;
    }

    public static void main(String[] arguments) throws Exception {
        StartRecorded journal = new StartRecorded(new FileJournal(Path.of(arguments[1])));
        Lab lab = new Lab(arguments[0], journal, control -> {});
        Domain domain = lab.domains().find(arguments[2]).orElseThrow();
        JobFuture<Void> job =
                new Interruptible(lab, journal, domain).begin(arguments[3], arguments[4]);
        Teller.say("begun", job.id(), "");
        job.await();
    }

    private JobFuture<Void> begin(String what, String where) throws Exception {
        return switch (what) {
            case "save" -> domain.save(Path.of(where), LONG);
            case "dump" -> dump(Path.of(where));
            case "copy" -> copy(Path.of(where));
            case "backup" ->
                domain.disks()
                        .backup(
                                new BackupSpec(BackupSpec.Mode.PULL, Map.of("vda", Path.of(where))),
                                LONG);
            case "migration" -> migrate(where, Option.PEER_TO_PEER);
            case "post-copy" -> postCopy(where);
            default -> throw new IllegalArgumentException(what);
        };
    }

    private JobFuture<Void> dump(Path to) throws Exception {
        JobFuture<Void> dump = domain.dump(to, Set.of(), LONG);
        journal.await();
        return dump;
    }

    private JobFuture<Void> copy(Path to) throws Exception {
        try (Job holder = domain.jobs().begin(JobType.MODIFY, "holder", LONG)) {
            JobFuture<Void> copy =
                    domain.disks().copy("vda", new BlockCopySpec(to, "raw", false), LONG);
            lab.admin().bandwidth(copy.id(), MIB);
            holder.close();
            return copy;
        }
    }

    private JobFuture<Void> migrate(String where, Option... more) throws Exception {
        EnumSet<Option> options = EnumSet.of(Option.LIVE, more);
        options.add(Option.UNSAFE);
        MigrationSpec spec = new MigrationSpec(where, "tcp://127.0.0.1:49170", options);
        JobFuture<Void> migration = domain.migrations().migrate(spec, LONG);
        await().until(() -> job(migration).progress().memory().processed() > 0);
        return migration;
    }

    private JobFuture<Void> postCopy(String where) throws Exception {
        JobFuture<Void> migration = migrate(where, Option.PEER_TO_PEER, Option.POST_COPY);
        domain.migrations().startPostCopy(LONG);
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> job(migration).phase().filter("postcopy"::equals).isPresent());
        return migration;
    }

    private JobInfo job(JobFuture<?> future) {
        return lab.control().job(future.id()).orElseThrow();
    }
}
