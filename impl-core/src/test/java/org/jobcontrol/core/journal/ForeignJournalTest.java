package org.jobcontrol.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.JobUnavailableException;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.spi.JobJournal;
import org.jobcontrol.api.spi.JobRecord;
import org.jobcontrol.core.Target;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A journal of another bundle fails as it likes: at a read, at any write, and by errors. */
class ForeignJournalTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private JobEngine engine;
    private JobControl control;
    private JobObject jobs;

    private void start(JobJournal journal) {
        engine = new JobEngine(
                EngineClock.system(), Settings.DEFAULTS, journal, type -> JobEngine.NO_BUNDLE);
        Target.addAdapters(engine);
        control = engine.control("com.acme.test");
        jobs = control.of(Target.domain("web-01"));
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    /** Keeps nothing. */
    private static class Empty implements JobJournal {
        @Override
        public Contents read() throws IOException {
            return new Contents(List.of(), new Numbers(0, 0));
        }

        @Override
        public void write(List<JobRecord> records) throws IOException {}

        @Override
        public void note(JobRecord record) {}

        @Override
        public void forget(Collection<Long> ids) {}

        @Override
        public void reserve(Numbers numbers) throws IOException {}
    }

    @Test
    void cannotBeRead_isNotWritten_andRefusesOnlyWhatItWouldRecord() throws Exception {
        List<String> written = new CopyOnWriteArrayList<>();
        long before = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
        start(new Empty() {
            @Override
            public Contents read() throws IOException {
                throw new IOException("no disk");
            }

            @Override
            public void write(List<JobRecord> records) {
                written.add("write");
            }

            @Override
            public void note(JobRecord record) {
                written.add("note");
            }

            @Override
            public void forget(Collection<Long> ids) {
                written.add("forget");
            }

            @Override
            public void reserve(Numbers numbers) {
                written.add("reserve");
            }
        });
        assertRefused(() -> jobs.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG));
        assertRefused(() -> jobs.begin(JobType.DESTROY, "destroy", LONG));
        assertRefused(() -> jobs.beginAsyncLater(DomainOperation.SAVE, JobMask.DEFAULT, LONG)
                .await());
        assertRefused(() -> jobs.runAsync(DomainOperation.SAVE, job -> "never").await());
        assertThatThrownBy(() -> jobs.tryBegin(JobType.DESTROY, "destroy"))
                .isInstanceOfSatisfying(
                        JobUnavailableException.class,
                        refusal -> assertThat(refusal.mayPass()).isTrue())
                .hasMessageContaining("could not be recorded: the journal could not be read");
        jobs.begin(JobType.MODIFY, "plain", Duration.ZERO).close();
        assertThat(control.history(1).get(0).operation()).isEqualTo("plain");
        assertThat(control.history(1).get(0).id())
                .as("an id above those that are in the journal")
                .isGreaterThan(before);
        assertThat(control.history(9))
                .filteredOn(job -> job.outcome().equals(Optional.of(JobOutcome.FAILED)))
                .hasSize(5);
        engine.close();
        assertThat(written).isEmpty();
    }

    private static void assertRefused(ThrowingCallable begin) {
        assertThatThrownBy(begin)
                .isInstanceOfSatisfying(
                        JobRefusedException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(Reason.JOURNAL))
                .hasMessageContaining(
                        "not begun: it could not be recorded: the journal could not be"
                                + " read when the core started: no disk")
                .hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void whoseBundleIsGone_refusesOnlyWhatItWouldRecord() throws Exception {
        start(new Empty() {
            @Override
            public void write(List<JobRecord> records) {
                throw new NoClassDefFoundError("com/acme/Store");
            }

            @Override
            public void reserve(Numbers numbers) {
                throw new NoClassDefFoundError("com/acme/Store");
            }
        });
        assertThatThrownBy(() -> jobs.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG))
                .isInstanceOf(JobRefusedException.class)
                .hasRootCauseInstanceOf(NoClassDefFoundError.class);
        jobs.begin(JobType.MODIFY, "plain", Duration.ZERO).close();
    }

    @Test
    void whoseBundleGoesWhileAJobRuns_keepsNoJobFromItsEnd() throws Exception {
        AtomicBoolean gone = new AtomicBoolean();
        start(new Empty() {
            @Override
            public void write(List<JobRecord> records) {
                if (gone.get()) {
                    throw new NoClassDefFoundError("com/acme/Store");
                }
            }
        });
        AsyncJob job = jobs.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG);
        gone.set(true);
        job.phase("half");
        job.close();
        assertThat(jobs.info().async()).isEmpty();
        assertThat(control.history(1))
                .extracting(JobInfo::phase)
                .containsExactly(Optional.of("half"));
    }

    @Test
    void endThatCouldNotBeRecorded_isWrittenWithTheNextBegin() throws Exception {
        AtomicBoolean full = new AtomicBoolean();
        List<List<JobRecord>> writes = new CopyOnWriteArrayList<>();
        start(new Empty() {
            @Override
            public void write(List<JobRecord> records) throws IOException {
                if (full.get()) {
                    throw new IOException("disk full");
                }
                writes.add(List.copyOf(records));
            }
        });
        AsyncJob first = jobs.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG);
        full.set(true);
        first.close();
        assertThatThrownBy(() -> jobs.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG))
                .isInstanceOf(JobRefusedException.class);
        full.set(false);
        AsyncJob next = jobs.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG);
        assertThat(writes.get(1)).extracting(JobRecord::id).containsExactly(first.id(), next.id());
        assertThat(writes.get(1).get(0).end()).isNotNull();
        next.close();
        assertThat(writes).hasSize(3);
    }

    @Test
    void throwsWhereNobodyWaits_holdsUpNoJob() throws Exception {
        start(new Empty() {
            @Override
            public void note(JobRecord record) {
                throw new IllegalStateException("not now");
            }

            @Override
            public void forget(Collection<Long> ids) {
                throw new IllegalStateException("not now");
            }
        });
        int more = Settings.DEFAULTS.historySize() + 2;
        for (int i = 0; i < more; i++) {
            try (AsyncJob job =
                    jobs.beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, Duration.ZERO)) {
                job.progress(Progress.builder().parameter("n", i).build());
            }
        }
        assertThat(control.history(1).get(0).outcome()).hasValue(JobOutcome.COMPLETED);
    }
}
