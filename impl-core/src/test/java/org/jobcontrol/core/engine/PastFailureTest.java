package org.jobcontrol.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.util.concurrent.ExecutionException;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.Target;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The history keeps what a failure says, and nothing of the bundle that it comes from. */
class PastFailureTest {
    private final JobEngine engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS);
    private final JobControl control = engine.control("test");
    private final JobObject jobs;

    PastFailureTest() {
        Target.addAdapters(engine);
        jobs = control.of(Target.domain("web-01"));
    }

    @AfterEach
    void close() {
        engine.close();
    }

    /** An exception of a bundle. */
    public static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        public Broken(String message) {
            super(message, new IOException("the disk"));
        }
    }

    /** Has a class of its own, as a bundle has. */
    private static final class BundleLoader extends ClassLoader {
        BundleLoader() {
            super(PastFailureTest.class.getClassLoader());
        }

        Exception broken(String message) throws ReflectiveOperationException, IOException {
            String file = Broken.class.getName().replace('.', '/') + ".class";
            try (InputStream in = getResourceAsStream(file)) {
                byte[] bytes = in.readAllBytes();
                Class<?> type = defineClass(Broken.class.getName(), bytes, 0, bytes.length);
                return (Exception) type.getConstructor(String.class).newInstance(message);
            }
        }
    }

    private long fail(Exception failure) throws Exception {
        try (Job job = jobs.begin(JobType.MODIFY, "work")) {
            job.fail(failure);
            return job.id();
        }
    }

    private WeakReference<ClassLoader> failInABundle() throws Exception {
        BundleLoader loader = new BundleLoader();
        fail(new IllegalStateException("wrapped", loader.broken("no space")));
        return new WeakReference<>(loader);
    }

    @Test
    void failure_ofABundleThatIsGone_keepsNoClassLoader() throws Exception {
        WeakReference<ClassLoader> loader = failInABundle();
        await().until(() -> {
            System.gc();
            return loader.get() == null;
        });
        Throwable error = control.history(1).get(0).error().orElseThrow();
        assertThat(error)
                .hasMessage("wrapped")
                .hasToString("java.lang.IllegalStateException: wrapped");
        assertThat(error.getCause())
                .hasMessage("no space")
                .hasToString(Broken.class.getName() + ": no space");
        assertThat(error.getCause().getCause()).hasToString("java.io.IOException: the disk");
        assertThat(error.getCause().getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("broken"));
    }

    @Test
    void await_ofWorkThatFailed_throwsTheExceptionItself() throws Exception {
        Exception failure = new BundleLoader().broken("no space");
        JobFuture<Void> work = jobs.run(JobType.MODIFY, "work", job -> {
            throw failure;
        });
        assertThatThrownBy(work::await)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isSameAs(failure);
    }

    @Test
    void abort_withACauseOfABundle_isStillAnAbort() throws Exception {
        JobAbortedException aborted = new JobAbortedException(7, "told to end");
        aborted.initCause(new BundleLoader().broken("no space"));
        long id = fail(aborted);
        assertThat(control.job(id).orElseThrow().outcome()).contains(JobOutcome.ABORTED);
        assertThat(control.job(id).orElseThrow().error().orElseThrow())
                .isInstanceOf(JobAbortedException.class)
                .hasMessage("told to end")
                .hasRootCauseMessage("the disk");
    }

    /** One whose own code fails must not keep the job from its end. */
    @Test
    void failure_thatCannotSayWhatItIs_isItsType() throws Exception {
        class Mute extends RuntimeException {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new IllegalStateException("not now");
            }
        }
        JobFuture<Void> work = jobs.run(JobType.MODIFY, "work", job -> {
            throw new Mute();
        });
        await().until(work.toCompletableFuture()::isDone);
        assertThat(control.history(1).get(0).error().orElseThrow())
                .hasMessage(Mute.class.getName());
    }

    @Test
    void failure_ofTheJdk_isKeptItself() throws Exception {
        IOException failure = new IOException("the disk");
        long id = fail(failure);
        assertThat(control.job(id).orElseThrow().error()).containsSame(failure);
    }
}
