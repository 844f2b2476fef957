package org.jobcontrol.shell;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobType;
import org.jobcontrol.core.Target;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands in lines of Gogo: pipes, variables, closures, Ctrl-C. */
class GogoCommandsTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private final ThreadIOImpl threadIo = new ThreadIOImpl();
    private JobEngine engine;
    private JobObject web;
    private CommandProcessorImpl processor;
    private CommandSession session;
    private Terminal terminal;

    @BeforeEach
    void start() throws Exception {
        engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS);
        Target.addAdapters(engine);
        JobControl control = engine.control("com.acme.backup", 7);
        web = control.of(Target.domain("web-01"));
        CommandRunner runner = new CommandRunner(new Services(control, engine.admin()));
        threadIo.start();
        processor = new CommandProcessorImpl(threadIo);
        for (String name : runner.descriptions().keySet()) {
            processor.addCommand(CommandRunner.SCOPE, GogoCommands.command(runner, name), name);
        }
        // what other commands do with what is piped to them
        processor.addCommand("test", (Function) (s, arguments) -> upperCase(), "upper");
        ByteArrayInputStream keys = new ByteArrayInputStream(new byte[0]);
        // a real terminal keeps what is written until it is flushed, too
        PrintStream out = new PrintStream(new BufferedOutputStream(screen), false, UTF_8);
        session = processor.createSession(keys, out, out);
        terminal = TerminalBuilder.builder()
                .system(false)
                .type("xterm")
                .streams(keys, screen)
                .size(new Size(100, 40))
                .build();
        session.put(".terminal", terminal);
    }

    @AfterEach
    void stop() throws Exception {
        session.close();
        processor.stop();
        threadIo.stop();
        terminal.close();
        engine.close();
    }

    private static Object upperCase() throws Exception {
        System.out.print(
                new String(System.in.readAllBytes(), UTF_8).toUpperCase(java.util.Locale.ROOT));
        return null;
    }

    private String screen() {
        session.getConsole().flush();
        return screen.toString(UTF_8);
    }

    // ---- where the output goes ------------------------------------------------------------------

    @Test
    void output_atTheEndOfALine_isOnTheScreen() throws Exception {
        assertThat(session.execute("jobctl:list")).isNull();
        assertThat(screen()).startsWith("TARGET").contains("domain web-01");
    }

    @Test
    void output_inAPipe_isReadByTheNextCommand() throws Exception {
        session.execute("jobctl:list domain | test:upper");
        assertThat(screen()).contains("DOMAIN WEB-01").doesNotContain("domain web-01");
    }

    @Test
    void output_redirected_isInTheFile(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("out.txt");
        session.execute("jobctl:list > " + file);
        assertThat(file).content().contains("domain web-01");
        assertThat(screen()).isEmpty();
    }

    @Test
    void output_inParentheses_isTheValue() throws Exception {
        session.execute("x = (jobctl:explain domain web-01 MODIFY)");
        assertThat(session.get("x"))
                .hasToString("domain web-01: MODIFY may begin now\n  rule: " + rule());
        assertThat(screen()).isEmpty();
    }

    private String rule() {
        return web.explain(JobType.MODIFY).rule();
    }

    @Test
    void help_inAPipe_isReadByTheNextCommand() throws Exception {
        session.execute("jobctl:list --help | test:upper");
        assertThat(screen()).contains("USAGE: JOBCTL:LIST").doesNotContain("Usage:");
    }

    @Test
    void bars_onTheTerminal_areDrawnInPlace() throws Exception {
        try (Job job = web.begin(JobType.MODIFY, "domain.setMemory", LONG)) {
            CompletableFuture<Object> typed = type("jobctl:watch");
            await().atMost(LONG)
                    .until(() -> screen().contains("#" + job.id() + " domain.setMemory"));
            job.close();
            typed.get(LONG.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(screen()).contains("\u001b[1A\u001b[J");
    }

    @Test
    void bars_inAPipe_arePlainLines() throws Exception {
        watch("jobctl:watch | test:upper");
        assertThat(screen()).contains("#1 DOMAIN.SETMEMORY WEB-01: ").doesNotContain("\u001b");
    }

    @Test
    void bars_inAClosureInAPipe_arePlainLines() throws Exception {
        session.execute("look = { jobctl:watch }");
        watch("look | test:upper");
        assertThat(screen()).contains("#1 DOMAIN.SETMEMORY WEB-01: ").doesNotContain("\u001b");
    }

    /** Watches a job until it is running for all to see, and then to its end. */
    private void watch(String line) throws Exception {
        CompletableFuture<Object> typed;
        try (Job job = web.begin(JobType.MODIFY, "domain.setMemory", LONG)) {
            typed = type(line);
            await().atMost(LONG)
                    .until(() ->
                            engine.control("com.acme.look").job(job.id()).isPresent() && awaited());
        }
        typed.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    /** Returns whether a thread of the session waits for the job's end. */
    private static boolean awaited() {
        return watching() > 0;
    }

    private static long watching() {
        return Thread.getAllStackTraces().values().stream()
                .filter(stack -> java.util.Arrays.stream(stack)
                        .anyMatch(frame -> frame.getMethodName().equals("untilDone")))
                .count();
    }

    private CompletableFuture<Object> type(String line) {
        CompletableFuture<Object> typed = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        typed.complete(session.execute(line));
                    } catch (Exception e) {
                        typed.completeExceptionally(e);
                    }
                })
                .start();
        return typed;
    }

    // ---- what is typed --------------------------------------------------------------------------

    @Test
    void argument_ofAnUndefinedVariable_isRefusedByItsPlace() {
        assertThatThrownBy(() -> session.execute("jobctl:explain domain $nosuch MODIFY"))
                .isInstanceOf(CommandException.class)
                .hasMessage("argument 2 of jobctl:explain is a variable that is not defined");
    }

    @Test
    void file_relative_isInTheDirectoryOfTheSession(@TempDir Path directory) throws Exception {
        session.currentDir(directory);
        assertThatThrownBy(() -> session.execute("jobctl:domain-define x --xml no.xml"))
                .hasMessage(directory.resolve("no.xml")
                        + " cannot be read: there is no such file or directory");
        Files.createDirectory(directory.resolve("closed"));
        assertThatThrownBy(() -> session.execute("jobctl:domain-define x --xml '~/no.xml'"))
                .hasMessage(Path.of(System.getProperty("user.home"), "no.xml")
                        + " cannot be read: there is no such file or directory");
    }

    @Test
    void ctrlC_whileACommandWaits_interruptsIt() throws Exception {
        try (Job job = web.begin(JobType.MODIFY, "domain.setMemory", LONG)) {
            CompletableFuture<Object> typed = type("jobctl:watch " + job.id());
            await().atMost(LONG).until(GogoCommandsTest::awaited);
            terminal.raise(Signal.INT);
            typed.get(LONG.toSeconds(), TimeUnit.SECONDS);
            assertThat(screen()).contains("watches no more; nothing was aborted");
        }
    }

    @Test
    void ctrlC_whileAnAbortIsAwaited_isToldInWords() throws Exception {
        try (Job job = web.begin(JobType.MODIFY, "domain.setMemory", LONG)) {
            CompletableFuture<Object> typed = type("jobctl:abort " + job.id() + " --timeout 1h");
            await().atMost(LONG).until(job::abortRequested);
            terminal.raise(Signal.INT);
            assertThatThrownBy(() -> typed.get(LONG.toSeconds(), TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .hasToString("interrupted");
        }
    }

    @Test
    void ctrlC_inAPipe_interruptsEveryCommandInIt() throws Exception {
        AtomicInteger shell = new AtomicInteger();
        terminal.handle(Signal.INT, signal -> shell.incrementAndGet());
        try (Job job = web.begin(JobType.MODIFY, "domain.setMemory", LONG)) {
            CompletableFuture<Object> typed =
                    type("jobctl:watch " + job.id() + " | jobctl:watch " + job.id());
            await().atMost(LONG).until(() -> watching() == 2);
            terminal.raise(Signal.INT);
            typed.get(LONG.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(shell).hasValue(0);
        terminal.raise(Signal.INT);
        assertThat(shell).hasValue(1);
    }
}
