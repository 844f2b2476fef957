package org.jobcontrol.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.spi.JobJournal;
import org.jobcontrol.api.spi.JobRecord;
import org.jobcontrol.core.Target;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What others see and may do while something of a job is on its way to the disk: Recorder's table. */
@Timeout(60)
class RecordingOrderTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final SlowDisk disk = new SlowDisk();
    private final JobEngine engine = new JobEngine(
            EngineClock.system(), Settings.DEFAULTS, disk, type -> JobEngine.NO_BUNDLE);
    private final JobControl control = engine.control("com.acme.test");
    private JobObject jobs;

    /** A journal on a disk that writes when it is told to. */
    private static final class SlowDisk implements JobJournal {
        /** Something that is being written. */
        record Write(JobRecord record, CountDownLatch done) {}

        private final LinkedBlockingQueue<Write> writes = new LinkedBlockingQueue<>();
        private volatile boolean full;

        @Override
        public Contents read() {
            return new Contents(List.of(), new Numbers(0, 0));
        }

        @Override
        public void write(List<JobRecord> records) throws IOException {
            Write write = new Write(records.get(0), new CountDownLatch(1));
            writes.add(write);
            try {
                write.done.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (full) {
                throw new IOException("disk full");
            }
        }

        /** Waits for the next write to begin. */
        Write next() throws InterruptedException {
            Write write = writes.poll(LONG.toSeconds(), TimeUnit.SECONDS);
            assertThat(write).as("a write").isNotNull();
            return write;
        }

        @Override
        public void note(JobRecord record) {}

        @Override
        public void forget(Collection<Long> ids) {}

        @Override
        public void reserve(Numbers numbers) {}
    }

    @BeforeEach
    void start() {
        Target.addAdapters(engine);
        jobs = control.of(Target.domain("web-01"));
    }

    @AfterEach
    void stop() {
        disk.writes.forEach(write -> write.done.countDown());
        engine.close();
    }

    /** Does something that waits for the disk, in a thread of its own. */
    private static <T> CompletableFuture<T> later(Callable<T> what) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return what.call();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private AsyncJob begun() throws Exception {
        CompletableFuture<AsyncJob> begin =
                later(() -> jobs.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG));
        disk.next().done.countDown();
        return begin.get();
    }

    private void end(AsyncJob job) throws Exception {
        CompletableFuture<Void> end = later(() -> {
            job.close();
            return null;
        });
        disk.next().done.countDown();
        end.get();
    }

    @Test
    void begin_hasItsSlot_andNobodyHasTheHandle() throws Exception {
        CompletableFuture<AsyncJob> begin =
                later(() -> jobs.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG));
        SlowDisk.Write write = disk.next();
        assertThat(write.record.end()).isNull();
        assertThat(jobs.info().async().orElseThrow().id()).isEqualTo(write.record.id());
        assertThat(jobs.tryBegin(JobType.QUERY, "beside it")).hasValueSatisfying(Job::close);
        assertThat(begin).isNotDone();
        write.done.countDown();
        end(begin.get());
    }

    @Test
    void end_isWrittenBeforeTheSlotIsFree_andBeforeItIsTold() throws Exception {
        AsyncJob job = begun();
        CompletionStage<JobInfo> told = control.ended(job.id());
        JobFuture<AsyncJob> next =
                jobs.beginAsyncLater(DomainOperation.DUMP, JobMask.DEFAULT, LONG);
        CompletableFuture<Void> end = later(() -> {
            job.close();
            return null;
        });
        SlowDisk.Write write = disk.next();
        assertThat(write.record.end()).isNotNull();
        assertThat(jobs.info().async().map(JobInfo::id)).contains(job.id());
        assertThat(jobs.info().queue()).extracting(JobInfo::id).containsExactly(next.id());
        assertThat(told.toCompletableFuture()).isNotDone();
        assertThat(jobs.tryBegin(JobType.QUERY, "beside it")).hasValueSatisfying(Job::close);
        write.done.countDown();
        // The thread that ended the one does not wait for the record of the other.
        end.get();
        assertThat(told.toCompletableFuture().get().id()).isEqualTo(job.id());
        SlowDisk.Write begin = disk.next();
        assertThat(begin.record.id()).isEqualTo(next.id());
        assertThat(next.toCompletableFuture()).isNotDone();
        begin.done.countDown();
        end(next.await());
    }

    @Test
    void phase_isWrittenBeforeOthersSeeIt() throws Exception {
        AsyncJob job = begun();
        CompletableFuture<Void> phase = later(() -> {
            job.phase("half");
            return null;
        });
        SlowDisk.Write write = disk.next();
        assertThat(write.record.phase()).isEqualTo("half");
        assertThat(job.info().phase()).isEmpty();
        write.done.countDown();
        phase.get();
        assertThat(job.info().phase()).contains("half");
        end(job);
    }

    @Test
    void destroy_isWrittenTwice_andAPlainJobNever() throws Exception {
        jobs.begin(JobType.MODIFY, "plain", LONG).close();
        CompletableFuture<Void> destroy = later(() -> {
            jobs.begin(JobType.DESTROY, "destroy", LONG).close();
            return null;
        });
        for (boolean ended : new boolean[] {false, true}) {
            SlowDisk.Write write = disk.next();
            assertThat(write.record.type()).isEqualTo(JobType.DESTROY);
            assertThat(write.record.end() != null).isEqualTo(ended);
            write.done.countDown();
        }
        destroy.get();
        await().until(() -> jobs.info().jobs().isEmpty());
    }

    @Test
    void release_duringTheBegin_isWrittenOnceAndBehindIt() throws Exception {
        CompletableFuture<AsyncJob> begin =
                later(() -> jobs.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG));
        SlowDisk.Write beginWrite = disk.next();
        long id = beginWrite.record.id();
        CompletableFuture<Void> release = later(() -> {
            engine.admin().release(id, "its owner hangs");
            return null;
        });
        await().until(() -> !isOpen(id));
        assertThat(disk.writes).isEmpty();
        assertThat(jobs.info().async()).as("the slot is not free yet").isPresent();
        beginWrite.done.countDown();
        SlowDisk.Write endWrite = disk.next();
        assertThat(endWrite.record.end()).isNotNull();
        endWrite.done.countDown();
        release.get();
        begin.get().close();
        engine.close();
        assertThat(disk.writes).isEmpty();
    }

    /** The mask of a job whose outcome is decided cannot be set, whether its end is recorded or not. */
    private boolean isOpen(long id) {
        try {
            engine.admin().mask(id, JobMask.DEFAULT);
            return true;
        } catch (IllegalArgumentException ended) {
            return false;
        }
    }

    @Test
    void begin_failsWhileTheJobIsReleased_writesNothingOfIt() throws Exception {
        CompletableFuture<AsyncJob> begin =
                later(() -> jobs.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG));
        SlowDisk.Write beginWrite = disk.next();
        long id = beginWrite.record.id();
        CompletableFuture<Void> release = later(() -> {
            engine.admin().release(id, "its owner hangs");
            return null;
        });
        await().until(() -> !isOpen(id));
        disk.full = true;
        beginWrite.done.countDown();
        assertThatThrownBy(begin::get).hasRootCauseMessage("disk full");
        release.get();
        assertThat(disk.writes).isEmpty();
        assertThat(control.job(id).orElseThrow().outcome()).contains(JobOutcome.ORPHANED);
    }
}
