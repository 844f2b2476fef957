package org.jobcontrol.storage.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.Target;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Programs that do not behave: each ends with its job, and within its limits. */
@Timeout(60)
@EnabledOnOs(value = OS.LINUX, disabledReason = "the programs are scripts of a POSIX shell")
class ToolProcessTest {
    private static final ToolProcess.Limits WIDE =
            new ToolProcess.Limits(Duration.ofMinutes(1), 1L << 30);

    private final JobEngine engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS);
    private final JobControl control = engine.control("com.acme.test");

    @TempDir
    private Path directory;

    @BeforeEach
    void addAdapters() {
        Target.addAdapters(engine);
    }

    @AfterEach
    void close() {
        engine.close();
    }

    /** Runs a script under a job; returns all that it has printed when it ends. */
    private JobFuture<String> run(String script, ToolProcess.Limits limits) {
        return control.of(Target.pool("p")).run(JobType.MODIFY, "tool", job -> {
            AtomicReference<String> printed = new AtomicReference<>("");
            ToolProcess.run(
                    List.of("/bin/sh", "-c", script),
                    limits,
                    job,
                    text -> printed.set(text.toString()));
            return printed.get();
        });
    }

    /** Waits until the script has written its process id, and returns that process. */
    private ProcessHandle started(Path file) {
        await().until(() -> Files.exists(file) && Files.readString(file).endsWith("\n"));
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(file).strip()))
                    .orElseThrow();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void output_isSeen() throws Exception {
        assertThat(run("printf 'αβγ (12.00/100%%)'; exit 0", WIDE).await())
                .isEqualTo("αβγ (12.00/100%)");
    }

    @Test
    void failure_hasStatusAndOutput() {
        assertThatThrownBy(run("echo it is broken >&2; exit 3", WIDE)::await)
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("/bin/sh ended with 3: it is broken");
    }

    @Test
    void abort_endsAProgramThatIgnoresIt_itsChildrenToo() throws Exception {
        Path pid = directory.resolve("pid");
        Path child = directory.resolve("child");
        JobFuture<String> future = run(
                "trap '' TERM; (trap '' TERM; sleep 1000) & echo $! >" + child + "; echo $$ >" + pid
                        + "; while :; do sleep 1000; done",
                WIDE);
        ProcessHandle process = started(pid);
        ProcessHandle itsChild = started(child);
        assertThat(control.abort(future.id(), Duration.ofSeconds(20))).isEqualTo(AbortResult.ENDED);
        assertThatThrownBy(future::await).isInstanceOf(JobAbortedException.class);
        await().until(() -> !process.isAlive() && !itsChild.isAlive());
    }

    /** A child that keeps the pipe open must not keep the job. */
    @Test
    void program_whoseChildStays_endsAllTheSame() throws Exception {
        Path pid = directory.resolve("pid");
        assertThat(run("sleep 1000 & echo $! >" + pid + "; echo done", WIDE).await())
                .isEqualTo("done\n");
        started(pid).destroyForcibly();
    }

    @Test
    void program_thatTakesTooLong_isEnded() {
        assertThatThrownBy(run(
                        "echo begins; sleep 1000",
                        new ToolProcess.Limits(Duration.ofMillis(300), 1L << 30))::await)
                .hasRootCauseMessage("/bin/sh has not ended within PT0.3S: begins");
    }

    @Test
    void program_thatPrintsWithoutEnd_isEnded() {
        assertThatThrownBy(run("while :; do printf %4096s x; done", WIDE)::await)
                .rootCause()
                .hasMessageStartingWith("/bin/sh prints without end: ")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(5000));
    }

    @Test
    void program_thatTakesTooMuchMemory_fails() {
        String script = "dd if=/dev/zero of=/dev/null bs=512M count=1 2>&1";
        assertThatThrownBy(
                        run(script, new ToolProcess.Limits(Duration.ofMinutes(1), 256L << 20))
                                ::await)
                .rootCause()
                .hasMessageContaining("memory");
    }

    @Test
    void pause_stopsTheProgram_andItsTime() throws Exception {
        Path pid = directory.resolve("pid");
        Path go = directory.resolve("go");
        JobFuture<String> future = run(
                "echo $$ >" + pid + "; while [ ! -e " + go + " ]; do :; done",
                new ToolProcess.Limits(Duration.ofSeconds(30), 1L << 30));
        ProcessHandle process = started(pid);
        engine.admin().pause(future.id());
        await().until(() -> state(process) == 'T');
        assertThat(control.job(future.id()).orElseThrow().state()).isEqualTo(JobState.PAUSED);
        engine.admin().resume(future.id());
        await().until(() -> state(process) != 'T');
        Files.createFile(go);
        future.await();
    }

    @Test
    void abort_endsAProgramThatIsPaused() throws Exception {
        Path pid = directory.resolve("pid");
        JobFuture<String> future = run("echo $$ >" + pid + "; while :; do :; done", WIDE);
        ProcessHandle process = started(pid);
        engine.admin().pause(future.id());
        await().until(() -> state(process) == 'T');
        assertThat(control.abort(future.id(), Duration.ofSeconds(20))).isEqualTo(AbortResult.ENDED);
        await().until(() -> !process.isAlive());
    }

    /** Whoever releases a job whose work hangs gets the work's thread back, too. */
    @Test
    void release_endsTheProgramAndTheFuture() throws Exception {
        Path pid = directory.resolve("pid");
        JobFuture<String> future = run("echo $$ >" + pid + "; sleep 1000", WIDE);
        ProcessHandle process = started(pid);
        engine.admin().release(future.id(), "it hangs");
        assertThatThrownBy(future::await).isInstanceOf(Exception.class);
        await().until(() -> !process.isAlive());
    }

    private static char state(ProcessHandle process) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2);
    }
}
