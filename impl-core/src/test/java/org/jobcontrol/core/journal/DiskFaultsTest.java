package org.jobcontrol.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.StorageOperation;
import org.jobcontrol.api.spi.JobJournal;
import org.jobcontrol.core.Target;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal on a file system that is full, or cannot be written: a real one, in a process of its own. */
class DiskFaultsTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private Child.Result runOn(String mount, Class<?> main) throws Exception {
        String script = mount + " \"$0\" && exec \"$@\"";
        return Mounts.run(script, directory, main, directory.toString());
    }

    @Test
    void fullDisk_refusesTheBeginWithTheCause_andLosesNothing() throws Exception {
        Child.Result result = runOn("mount -t tmpfs -o size=128k tmpfs", FullDisk.class);
        assertThat(result.output())
                .contains("not begun: it could not be recorded: No space left on device")
                .contains("the waiter came in")
                .contains("sync jobs go on")
                .contains("running jobs ended")
                .contains("begins again when there is space")
                .contains("left running in the journal: 0");
        assertThat(result.code()).as(result.output()).isZero();
    }

    @Test
    void readOnlyDirectory_refusesTheBeginWithTheCause() throws Exception {
        Child.Result result = runOn("mount -t tmpfs -o ro tmpfs", ReadOnly.class);
        assertThat(result.output())
                .contains("not begun: it could not be recorded: the journal could not be read when"
                        + " the core started: the journal cannot be used: ")
                .contains("Read-only file system")
                .contains("sync jobs go on");
        assertThat(result.code()).as(result.output()).isZero();
    }

    /** Fills the disk while jobs run. */
    static final class FullDisk {
        private FullDisk() {}

        public static void main(String[] arguments) throws Exception {
            Path directory = Path.of(arguments[0]);
            Path filler = directory.resolve("filler");
            try (FileJournal journal = new FileJournal(directory);
                    JobEngine engine = engine(journal)) {
                JobControl control = engine.control("com.acme.test");
                List<AsyncJob> running = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    running.add(begin(volume(control, i)));
                }
                fill(filler);
                JobObject busy = volume(control, 99);
                Thread waiter = new Thread(() -> comeIn(busy));
                try (var holder = busy.begin(JobType.MODIFY, "holder", LONG)) {
                    waiter.start();
                    while (busy.info().queue().isEmpty()) {
                        Thread.onSpinWait();
                    }
                }
                waiter.join();
                refusedBegin(volume(control, 50));
                running.forEach(AsyncJob::close);
                System.out.println("running jobs ended");
                Files.delete(filler);
                begin(volume(control, 60)).close();
                System.out.println("begins again when there is space");
            }
            try (FileJournal journal = new FileJournal(directory)) {
                long open = journal.read().jobs().stream()
                        .filter(job -> job.end() == null)
                        .count();
                System.out.println("left running in the journal: " + open);
            }
        }

        private static void refusedBegin(JobObject jobs) throws Exception {
            try {
                // some more fit into the file's last block
                for (int i = 0; i < 100; i++) {
                    begin(jobs).close();
                }
                throw new IllegalStateException("all were begun");
            } catch (JobRefusedException e) {
                System.out.println(e.reason() + ": " + e.getMessage());
            }
            // the slot is free again
            jobs.begin(JobType.MODIFY, "plain", Duration.ZERO).close();
            System.out.println("sync jobs go on");
        }

        private static void comeIn(JobObject jobs) {
            try {
                jobs.begin(JobType.QUERY, "waiter", LONG).close();
                System.out.println("the waiter came in");
            } catch (JobRefusedException | InterruptedException e) {
                System.out.println(e);
            }
        }

        private static void fill(Path filler) throws IOException {
            try (var out = Files.newOutputStream(filler)) {
                while (true) {
                    out.write(new byte[512]);
                }
            } catch (IOException full) {
                System.out.println("the disk is full: " + full.getMessage());
            }
        }
    }

    /** Begins on a directory that cannot be written. */
    static final class ReadOnly {
        private ReadOnly() {}

        public static void main(String[] arguments) throws Exception {
            JournalComponent journal =
                    new JournalComponent("", new JournalPlace(arguments[0], List.of()));
            try (JobEngine engine = engine(journal)) {
                FullDisk.refusedBegin(volume(engine.control("com.acme.test"), 1));
            }
        }
    }

    private static JobEngine engine(JobJournal journal) {
        JobEngine engine = new JobEngine(
                EngineClock.system(), Settings.DEFAULTS, journal, type -> JobEngine.NO_BUNDLE);
        Target.addAdapters(engine);
        return engine;
    }

    private static JobObject volume(JobControl control, int number) {
        return control.of(Target.volume(Target.pool("images"), number + ".img"));
    }

    private static AsyncJob begin(JobObject jobs) throws JobRefusedException, InterruptedException {
        return jobs.beginAsync(StorageOperation.VOLUME_WIPE, JobMask.NONE, LONG);
    }
}
