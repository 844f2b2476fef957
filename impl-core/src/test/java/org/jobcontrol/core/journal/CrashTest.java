package org.jobcontrol.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRequest;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.StorageOperation;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.api.spi.InterruptedJob;
import org.jobcontrol.api.spi.JobJournal;
import org.jobcontrol.api.spi.JobRecord;
import org.jobcontrol.api.spi.Recovery;
import org.jobcontrol.api.spi.TargetAdapter;
import org.jobcontrol.core.Target;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a start finds after a crash. The crash is a copy of the journal at one moment, on which another
 * engine starts: what the first one does afterwards it did not live to do.
 */
class CrashTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final Target WEB = Target.domain("web-01");
    private static final Target POOL = Target.pool("images");
    private static final Target VOLUME = Target.volume(POOL, "a.img");

    @TempDir
    private Path directory;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final List<InterruptedJob> recovered = new CopyOnWriteArrayList<>();
    private volatile Function<InterruptedJob, Recovery> recovery =
            job -> Recovery.ended(JobOutcome.ABORTED, "taken back");
    private Path current;
    private JobEngine engine;
    private JobControl control;

    @AfterEach
    void closeAll() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    // ---- lives ----------------------------------------------------------------------------------

    private void start() throws IOException {
        startWithoutAdapters();
        addAdapters();
    }

    private void startWithoutAdapters() throws IOException {
        current = current == null ? directory.resolve("0") : current;
        FileJournal journal = new FileJournal(current);
        open.push(journal);
        start(journal);
    }

    private void start(JobJournal journal) {
        engine = new JobEngine(
                EngineClock.system(), shortDrain(), journal, type -> JobEngine.NO_BUNDLE);
        open.push(engine);
        control = engine.control("com.acme.test");
    }

    private static Settings shortDrain() {
        Settings shipped = Settings.DEFAULTS;
        return new Settings(
                shipped.beginTimeout(),
                0,
                20,
                shipped.historyAge(),
                SHORT,
                shipped.stuckWarn(),
                shipped.leakTracking(),
                Duration.ZERO);
    }

    private void addAdapters() {
        engine.adapters()
                .add(new Recovering<>(Target.Domain.class, AdmissionPolicy.LIBVIRT), "domain", 0);
        engine.adapters()
                .add(new Recovering<>(Target.Pool.class, AdmissionPolicy.STORAGE_POOL), "pool", 0);
        engine.adapters()
                .add(new Recovering<>(Target.Volume.class, AdmissionPolicy.VOLUME), "volume", 0);
    }

    private final class Recovering<T extends Target> implements TargetAdapter<T> {
        private final Class<T> type;
        private final AdmissionPolicy policy;

        Recovering(Class<T> type, AdmissionPolicy policy) {
            this.type = type;
            this.policy = policy;
        }

        @Override
        public Class<T> type() {
            return type;
        }

        @Override
        public TargetId identify(T target) {
            return target.id();
        }

        @Override
        public AdmissionPolicy policy() {
            return policy;
        }

        @Override
        public Recovery recover(InterruptedJob job) {
            recovered.add(job);
            return recovery.apply(job);
        }
    }

    /** The process dies now. */
    private void crash() throws IOException {
        Path next = directory.resolve(String.valueOf(open.size()));
        Files.createDirectories(next);
        Files.copy(current.resolve("jobs.journal"), next.resolve("jobs.journal"));
        current = next;
        recovered.clear();
    }

    private void crashAndStart() throws IOException {
        crash();
        start();
    }

    private AsyncJob save() throws Exception {
        return control.of(WEB).beginAsync(DomainOperation.SAVE, JobMask.DEFAULT, LONG);
    }

    private JobInfo ended(long id) throws Exception {
        return control.ended(id).toCompletableFuture().get();
    }

    // ---- what is handed over --------------------------------------------------------------------

    @Test
    void asyncJob_isHandedOver_withAllThatWasRecorded() throws Exception {
        start();
        AsyncJob save = save();
        save.phase("perform");
        save.progress(Progress.ofData(100, 42));
        save.record(Map.of("file", "/x"));
        save.record(Map.of("more", "y"));
        save.phase("late");
        crashAndStart();
        JobInfo end = ended(save.id());
        assertThat(end.outcome()).contains(JobOutcome.ABORTED);
        assertThat(end.error().orElseThrow())
                .hasMessage("it was interrupted while it ran; taken back");
        assertThat(end.owner().bundle()).isEqualTo("com.acme.test");
        assertThat(recovered).singleElement().satisfies(job -> {
            assertThat(job.id()).isEqualTo(save.id());
            assertThat(job.target()).isEqualTo(WEB.id());
            assertThat(job.type()).isEqualTo(JobType.ASYNC);
            assertThat(job.operation()).isEqualTo("SAVE");
            assertThat(job.phase()).contains("late");
            assertThat(job.progress()).isEqualTo(Progress.ofData(100, 42));
            assertThat(job.started()).isEqualTo(save.info().started().orElseThrow());
            assertThat(job.attributes()).isEqualTo(Map.of("file", "/x", "more", "y"));
        });
        assertThat(control.history(9)).extracting(JobInfo::id).containsExactly(save.id());
    }

    @Test
    void everyWayToBegin_isRecorded() throws Exception {
        start();
        Target other = Target.volume(POOL, "b.img");
        Job destroy = control.of(WEB).begin(JobType.DESTROY, "destroy", LONG);
        Job tried = control.of(Target.domain("tried"))
                .tryBegin(JobType.DESTROY, "try")
                .orElseThrow();
        JobFuture<AsyncJob> later = control.of(VOLUME)
                .beginAsyncLater(StorageOperation.VOLUME_WIPE, JobMask.NONE, LONG);
        later.await();
        var group = control.beginAll(
                List.of(
                        JobRequest.of(
                                control.of(other), StorageOperation.VOLUME_CLONE, JobMask.NONE),
                        JobRequest.of(control.of(Target.domain("plain")), JobType.MODIFY, "plain")),
                LONG);
        crashAndStart();
        await().untilAsserted(() -> assertThat(recovered)
                .extracting(InterruptedJob::id)
                .containsExactlyInAnyOrder(
                        destroy.id(),
                        tried.id(),
                        later.id(),
                        group.job(other.id()).id()));
    }

    @Test
    void ended_isNotHandedOver_andIsInTheHistory() throws Exception {
        start();
        AsyncJob failed = save();
        failed.fail(new IllegalStateException("disk full"));
        failed.close();
        AsyncJob done = save();
        done.phase("copied");
        done.close();
        control.of(WEB).begin(JobType.MODIFY, "plain", LONG).close();
        List<JobInfo> before = control.history(2);
        crashAndStart();
        assertThat(control.history(9))
                .extracting(JobInfo::id)
                .containsExactly(done.id(), failed.id());
        JobInfo past = control.job(done.id()).orElseThrow();
        assertThat(past.outcome()).contains(JobOutcome.COMPLETED);
        assertThat(past.phase()).contains("copied");
        assertThat(past.held()).isPositive();
        assertThat(past.toText()).isEqualTo(control.history(1).get(0).toText());
        assertThat(control.job(failed.id()).orElseThrow().error().orElseThrow())
                .hasMessage("disk full");
        assertThat(recovered).isEmpty();
        assertThat(before).hasSize(2);
    }

    @Test
    void numbersThatWereNotReserved_areAboveThoseOfJobs() throws Exception {
        long fence = 1L << 62;
        current = directory.resolve("damaged");
        try (FileJournal journal = new FileJournal(current)) {
            journal.write(List.of(Records.running(500, fence, WEB.id())));
        }
        start();
        try (AsyncJob next = save()) {
            assertThat(next.id()).isGreaterThan(500);
            assertThat(next.fence()).isGreaterThan(fence);
        }
    }

    /** Ids are given in the order of asking, fences in that of admission. */
    @Test
    void asyncJobThatAnotherFollowed_hadEnded() throws Exception {
        current = directory.resolve("followed");
        try (FileJournal journal = new FileJournal(current)) {
            journal.write(
                    List.of(Records.running(4, 60, WEB.id()), Records.running(5, 50, WEB.id())));
        }
        recovery = job -> Recovery.later("not now");
        start();
        await().until(() -> !recovered.isEmpty());
        JobInfo past = control.job(5).orElseThrow();
        assertThat(past.outcome()).contains(JobOutcome.ORPHANED);
        assertThat(past.error().orElseThrow())
                .hasMessage("it had ended when job #4 began; how was not recorded");
        crashAndStart();
        await().until(() -> !recovered.isEmpty());
        assertThat(recovered).extracting(InterruptedJob::id).containsExactly(4L);
        assertThat(control.history(9)).extracting(JobInfo::id).containsExactly(5L);
        engine.admin().release(4, "enough");
        save().close();
    }

    @Test
    void history_isAsLongAfterwards_andTheJournalNoLonger() throws Exception {
        start();
        for (int i = 0; i < 50; i++) {
            save().close();
        }
        List<Long> newest = control.history(99).stream().map(JobInfo::id).toList();
        assertThat(newest).hasSize(20);
        closeAll();
        start();
        assertThat(control.history(99)).extracting(JobInfo::id).isEqualTo(newest);
        closeAll();
        try (FileJournal journal = new FileJournal(current)) {
            assertThat(journal.read().jobs())
                    .extracting(JobRecord::id)
                    .containsExactlyInAnyOrderElementsOf(newest);
        }
    }

    @Test
    void idsAndFences_goOnAboveThoseBefore() throws Exception {
        start();
        Job last;
        try (Job job = control.of(WEB).begin(JobType.MODIFY, "plain", LONG)) {
            last = job;
        }
        closeAll();
        start();
        try (Job job = control.of(WEB).begin(JobType.MODIFY, "plain", LONG)) {
            assertThat(job.id()).as("after an orderly stop").isEqualTo(last.id() + 1);
            assertThat(job.fence()).isGreaterThan(last.fence());
            last = job;
        }
        crashAndStart();
        try (Job job = control.of(WEB).begin(JobType.MODIFY, "plain", LONG)) {
            assertThat(job.id()).as("after a crash").isGreaterThan(last.id());
            assertThat(job.fence()).isGreaterThan(last.fence());
        }
    }

    // ---- while it is recovered ------------------------------------------------------------------

    @Test
    void begins_waitForTheRecovery_andNameTheJob() throws Exception {
        start();
        AsyncJob wipe =
                control.of(VOLUME).beginAsync(StorageOperation.VOLUME_WIPE, JobMask.NONE, LONG);
        crash();
        startWithoutAdapters();
        assertThat(control.job(wipe.id()).orElseThrow().state()).isEqualTo(JobState.RECOVERING);
        recovery = job -> Recovery.later("the driver is away");
        addAdapters();
        await().until(() -> control.job(wipe.id()).orElseThrow().error().isPresent());

        JobObject volume = control.of(VOLUME);
        assertThatThrownBy(() -> volume.begin(JobType.QUERY, "look", SHORT))
                .isInstanceOf(JobRefusedException.class)
                .hasMessageContaining(
                        "held by VOLUME_WIPE #" + wipe.id() + " (bundle com.acme.test");
        assertThat(volume.tryBegin(JobType.DESTROY, "destroy")).isEmpty();
        assertThat(control.objects())
                .anyMatch(object ->
                        object.async().filter(job -> job.id() == wipe.id()).isPresent());
        assertThat(volume.explain(JobType.QUERY).blockers())
                .extracting(JobInfo::id)
                .containsExactly(wipe.id());
        assertThatThrownBy(() -> control.of(POOL).begin(JobType.DESTROY, "stop the pool", SHORT))
                .isInstanceOf(JobRefusedException.class)
                .hasMessageContaining("VOLUME_WIPE");
        control.of(POOL).begin(JobType.QUERY, "look at the pool", LONG).close();
        control.of(Target.volume(POOL, "b.img"))
                .begin(JobType.MODIFY, "its sibling", LONG)
                .close();
        assertThat(control.abort(wipe.id(), Duration.ZERO)).isEqualTo(AbortResult.NOT_ABORTABLE);

        JobFuture<Job> waiter = volume.beginLater(JobType.QUERY, "waits", LONG);
        recovery = job -> Recovery.ended(JobOutcome.COMPLETED, "wiped the rest");
        engine.recover("volume");
        waiter.await().close();
        assertThat(ended(wipe.id()).outcome()).contains(JobOutcome.COMPLETED);
        control.of(POOL).begin(JobType.DESTROY, "stop the pool", LONG).close();
    }

    @Test
    void recoveryThatFails_isKept_andTriedAgainOnlyWhenAskedFor() throws Exception {
        start();
        AsyncJob save = save();
        crash();
        recovery = job -> {
            throw new IllegalStateException("no answer");
        };
        start();
        await().until(() -> control.job(save.id()).orElseThrow().error().isPresent());
        assertThat(control.job(save.id()).orElseThrow().error().orElseThrow())
                .hasMessage("no answer");
        assertThatThrownBy(() -> control.of(WEB).begin(JobType.QUERY, "look", SHORT))
                .isInstanceOf(JobRefusedException.class);
        assertThat(recovered).hasSize(1);

        crashAndStart();
        await().until(() -> control.job(save.id()).orElseThrow().error().isPresent());
        recovery = job -> Recovery.ended(JobOutcome.ORPHANED, "nobody knows");
        engine.admin().recover(save.id());
        assertThat(ended(save.id()).outcome()).contains(JobOutcome.ORPHANED);
        assertThat(recovered).hasSize(2);
        assertThatThrownBy(() -> engine.admin().recover(save.id()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no job #" + save.id() + " waits for its recovery");
        crashAndStart();
        assertThat(control.job(save.id()).orElseThrow().outcome()).contains(JobOutcome.ORPHANED);
        assertThat(recovered).isEmpty();
    }

    @Test
    void released_freesTheTarget_andIsNotRecoveredAgain() throws Exception {
        start();
        AsyncJob save = save();
        crash();
        recovery = job -> Recovery.later("never");
        start();
        JobFuture<Job> waiter = control.of(WEB).beginLater(JobType.MODIFY, "waits", LONG);
        engine.admin().release(save.id(), "its host is scrap");
        waiter.await().close();
        JobInfo end = ended(save.id());
        assertThat(end.outcome()).contains(JobOutcome.ORPHANED);
        assertThat(end.error().orElseThrow()).hasMessageContaining("its host is scrap");
        crashAndStart();
        assertThat(control.job(save.id()).orElseThrow().outcome()).contains(JobOutcome.ORPHANED);
    }

    @Test
    void unrecovered_outlivesAnOrderlyStop() throws Exception {
        start();
        AsyncJob save = save();
        crash();
        recovery = job -> Recovery.later("not yet");
        start();
        Instant from = Instant.now();
        engine.close();
        assertThat(Duration.between(from, Instant.now())).isLessThan(LONG);
        crash();
        recovery = job -> Recovery.ended(JobOutcome.ABORTED, "now");
        start();
        assertThat(ended(save.id()).outcome()).contains(JobOutcome.ABORTED);
    }

    // ---- what goes on ---------------------------------------------------------------------------

    @Test
    void jobThatGoesOn_keepsItsNumberStartAndSlot() throws Exception {
        start();
        AsyncJob backup = control.of(WEB).beginAsync(DomainOperation.BACKUP, JobMask.NONE, LONG);
        backup.record(Map.of("disks", "vda"));
        crash();
        startWithoutAdapters();
        var endOfBoth = control.ended(backup.id()).toCompletableFuture();
        List<AsyncJob> again = new CopyOnWriteArrayList<>();
        recovery = job -> {
            again.add(job.goOn(DomainOperation.BACKUP, JobMask.of(JobType.QUERY)));
            assertThatThrownBy(() -> job.goOn(DomainOperation.BACKUP, JobMask.NONE))
                    .isInstanceOf(IllegalStateException.class);
            return Recovery.goesOn();
        };
        addAdapters();
        JobObject jobs = control.of(WEB);
        jobs.begin(JobType.QUERY, "let in by the mask", LONG).close();
        assertThat(jobs.tryBegin(JobType.MODIFY, "kept out")).isEmpty();
        JobInfo info = control.job(backup.id()).orElseThrow();
        assertThat(info.state()).isEqualTo(JobState.RUNNING);
        assertThat(Duration.between(
                                backup.info().started().orElseThrow(),
                                info.started().orElseThrow())
                        .abs())
                .isLessThan(Duration.ofMillis(50));
        assertThat(info.held()).isPositive();
        assertThat(endOfBoth).isNotDone();

        JobFuture<Job> waiter = jobs.beginLater(JobType.MODIFY, "waits", LONG);
        AsyncJob handle = again.get(0);
        handle.phase("copying");
        handle.close();
        waiter.await().close();
        assertThat(endOfBoth.get().outcome()).contains(JobOutcome.COMPLETED);
        assertThat(control.history(99))
                .filteredOn(job -> job.id() == backup.id())
                .hasSize(1);
        crashAndStart();
        assertThat(recovered).isEmpty();
        assertThat(control.job(backup.id()).orElseThrow().phase()).contains("copying");
    }

    @Test
    void jobThatGoesOn_onAVolume_holdsItsPool() throws Exception {
        start();
        AsyncJob wipe =
                control.of(VOLUME).beginAsync(StorageOperation.VOLUME_WIPE, JobMask.NONE, LONG);
        crash();
        List<AsyncJob> again = new CopyOnWriteArrayList<>();
        recovery = job -> {
            again.add(job.goOn(StorageOperation.VOLUME_WIPE, JobMask.NONE));
            return Recovery.goesOn();
        };
        start();
        await().until(() -> again.size() == 1);
        assertThat(control.of(POOL).tryBegin(JobType.DESTROY, "stop")).isEmpty();
        again.get(0).close();
        control.of(POOL).begin(JobType.DESTROY, "stop", LONG).close();
        crashAndStart();
        assertThat(control.job(wipe.id()).orElseThrow().outcome()).contains(JobOutcome.COMPLETED);
    }

    @Test
    void jobThatWentOn_isInterruptedAgain() throws Exception {
        start();
        AsyncJob save = save();
        crash();
        recovery = job -> {
            job.goOn(DomainOperation.SAVE, JobMask.NONE).phase("second life");
            return Recovery.goesOn();
        };
        start();
        await().until(() -> control.job(save.id()).orElseThrow().phase().isPresent());
        recovery = job -> Recovery.ended(JobOutcome.ABORTED, "enough");
        crashAndStart();
        ended(save.id());
        assertThat(recovered)
                .singleElement()
                .satisfies(job -> assertThat(job.phase()).contains("second life"));
    }

    /** The one time that is a promise; of a machine that is busy with other things, the best counts. */
    @Test
    void startWithAHundredThousandRecords_takesLessThanTwoSeconds() throws Exception {
        current = directory.resolve("many");
        try (FileJournal journal = new FileJournal(current)) {
            for (long id = 1; id <= 50_000; id++) {
                journal.note(Records.running(id));
                if (id % 500 != 0) {
                    journal.note(Records.ended(id, JobOutcome.COMPLETED));
                }
            }
        }
        recovery = job -> Recovery.later("not now");
        byte[] records = Files.readAllBytes(current.resolve("jobs.journal"));
        Duration best = LONG;
        for (int attempt = 0; attempt < 5 && best.toMillis() >= 2_000; attempt++) {
            closeAll();
            recovered.clear();
            Files.write(current.resolve("jobs.journal"), records);
            Instant from = Instant.now();
            start();
            best = Collections.min(List.of(best, Duration.between(from, Instant.now())));
        }
        assertThat(best).isLessThan(Duration.ofSeconds(2));
        assertThat(control.job(500).orElseThrow().state()).isEqualTo(JobState.RECOVERING);
        await().untilAsserted(() -> assertThat(recovered).hasSize(100));
    }
}
