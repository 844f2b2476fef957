package org.jobcontrol.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.spi.JobJournal;
import org.jobcontrol.api.spi.JobRecord;
import org.jobcontrol.core.Target;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The ids of jobs that are not recorded, over processes that are killed. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KilledIdsTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int KILLS = 10;
    private static final int JOBS = 100;

    @TempDir
    private Path directory;

    /** Begins and ends jobs and prints their ids, until it is killed. */
    static final class Worker {
        private Worker() {}

        public static void main(String[] arguments) throws Exception {
            long most = Long.parseLong(arguments[1]);
            FileJournal journal = new FileJournal(Path.of(arguments[0]));
            JobObject jobs = jobs(engine(journal));
            for (long i = 0; i < most && !System.out.checkError(); i++) {
                try (Job job = jobs.begin(JobType.MODIFY, "work", LONG)) {
                    System.out.println(job.id());
                }
            }
            System.out.println("done");
            System.in.read();
        }
    }

    private static JobEngine engine(JobJournal journal) {
        JobEngine engine = new JobEngine(
                EngineClock.system(), Settings.DEFAULTS, journal, type -> JobEngine.NO_BUNDLE);
        Target.addAdapters(engine);
        return engine;
    }

    private static JobObject jobs(JobEngine engine) {
        return engine.control("com.acme.test").of(Target.domain("web-01"));
    }

    /** Starts a process, kills it after a line, and returns the ids that it gave out. */
    private List<Long> live(long most, Predicate<String> last) throws Exception {
        List<Long> ids = new ArrayList<>();
        Process process =
                Child.start(List.of(), Worker.class, directory.toString(), String.valueOf(most));
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            boolean killed = false;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.matches("[0-9]+")) {
                    ids.add(Long.parseLong(line));
                }
                if (!killed && last.test(line)) {
                    killed = true;
                    // Through the handle: destroyForcibly() of the process closes the pipe as well.
                    process.toHandle().destroyForcibly();
                }
            }
        }
        assertThat(process.waitFor()).as("exit code after SIGKILL").isEqualTo(137);
        return ids;
    }

    @Test
    void tenKillsAndAHundredJobsEach_idsStaySmall_andAreUsedOnce() throws Exception {
        Set<Long> all = new HashSet<>();
        for (int life = 0; life < KILLS; life++) {
            List<Long> ids = live(JOBS, "done"::equals);
            assertThat(ids).hasSize(JOBS);
            ids.forEach(id -> assertThat(all.add(id)).as("id %d is new", id).isTrue());
        }
        List<Long> last = live(JOBS, "done"::equals);
        assertThat(last).allMatch(id -> id < 10_000);
    }

    @Test
    void killedWhileVeryManyJobsBegin_idsAreUsedOnce() throws Exception {
        long before = 0;
        for (int life = 1; life <= 3; life++) {
            long until = before + 1_500L * life;
            List<Long> ids = live(Long.MAX_VALUE, line -> Long.parseLong(line) > until);
            assertThat(ids.get(0)).as("first id of life %d", life).isGreaterThan(before);
            before = ids.get(ids.size() - 1);
        }
    }

    /** Reserves as soon as somebody waits for that, or has an id that is not reserved. */
    private static final class SlowDisk implements JobJournal {
        private final Thread worker = Thread.currentThread();
        private volatile long begun;
        private volatile long reserved = -1;

        @Override
        public Contents read() {
            return new Contents(List.of(), new Numbers(0, 0));
        }

        @Override
        public void reserve(Numbers numbers) {
            boolean here = Thread.currentThread() == worker;
            while (!here
                    && begun <= reserved
                    && worker.getState() != Thread.State.WAITING
                    && worker.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            reserved = numbers.id();
        }

        @Override
        public void write(List<JobRecord> records) {}

        @Override
        public void note(JobRecord record) {}

        @Override
        public void forget(Collection<Long> ids) {}
    }

    @Test
    void blockIsUsedUp_beginsWaitForTheNextOne() throws Exception {
        SlowDisk disk = new SlowDisk();
        try (JobEngine engine = engine(disk)) {
            JobObject jobs = jobs(engine);
            for (int i = 0; i < 50_000; i++) {
                try (Job job = jobs.begin(JobType.MODIFY, "work", LONG)) {
                    disk.begun = job.id();
                    assertThat(job.id()).isLessThanOrEqualTo(disk.reserved);
                }
            }
        }
    }

    @Test
    void journalHangs_jobsBeginAllTheSame() throws Exception {
        CountDownLatch hang = new CountDownLatch(1);
        SlowDisk disk = new SlowDisk();
        JobJournal hanging = new JobJournal() {
            private boolean first = true;

            @Override
            public Contents read() {
                return disk.read();
            }

            @Override
            public synchronized void reserve(Numbers numbers) throws IOException {
                if (!first) {
                    try {
                        hang.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }
                first = false;
            }

            @Override
            public void write(List<JobRecord> records) {}

            @Override
            public void note(JobRecord record) {}

            @Override
            public void forget(Collection<Long> ids) {}
        };
        JobEngine engine = engine(hanging);
        try {
            JobObject jobs = jobs(engine);
            for (int i = 0; i < 5_000; i++) {
                jobs.begin(JobType.MODIFY, "work", LONG).close();
            }
        } finally {
            hang.countDown();
            engine.close();
        }
    }
}
