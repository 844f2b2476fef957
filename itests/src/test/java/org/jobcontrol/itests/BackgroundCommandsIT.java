package org.jobcontrol.itests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.Domains;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** What a command with --background has begun goes on when the bundle with the commands stops. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class BackgroundCommandsIT {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Inject
    private BundleContext context;

    @Inject
    private JobControl control;

    @Inject
    private Domains domains;

    @Configuration
    public Option[] framework() {
        return Framework.withAllBundles();
    }

    @Test
    public void background_shellStops_jobGoesOnToItsEnd() throws Exception {
        Path directory = Files.createTempDirectory("saves");
        Path file = directory.resolve("web.save");
        Domain web = domains.define(DomainSpec.of("web-" + UUID.randomUUID(), 1 << 20));
        web.start(LONG).toCompletableFuture().get(LONG.toSeconds(), TimeUnit.SECONDS);
        long id;
        try (Job held = web.jobs().begin(JobType.MODIFY, "held", LONG)) {
            String printed = run("jobctl:domain-save --background " + web.name() + " " + file);
            id = Long.parseLong(printed.strip());
            assertThat(control.job(id).orElseThrow().owner().bundle())
                    .isEqualTo("org.jobcontrol.domain");

            Bundle shell = shell();
            shell.stop();
            shell.start();

            // Waiting jobs of a bundle are refused before its stop returns.
            assertThat(web.jobs().info().queue()).extracting(JobInfo::id).containsExactly(id);
        }
        JobInfo end =
                control.ended(id).toCompletableFuture().get(LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(end.outcome()).as("%s", end.error()).contains(JobOutcome.COMPLETED);
        web.undefine(LONG);
        Files.deleteIfExists(file);
        Files.delete(directory);
    }

    private Bundle shell() {
        return Stream.of(context.getBundles())
                .filter(bundle -> "org.jobcontrol.shell".equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow();
    }

    /** Runs a line in Gogo, whose classes this bundle does not import. */
    private String run(String line) throws Exception {
        Object processor = context.getService(
                context.getServiceReference("org.apache.felix.service.command.CommandProcessor"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PrintStream print = new PrintStream(out, true, UTF_8)) {
            Object session = processor
                    .getClass()
                    .getMethod(
                            "createSession",
                            InputStream.class,
                            OutputStream.class,
                            OutputStream.class)
                    .invoke(processor, InputStream.nullInputStream(), print, print);
            session.getClass().getMethod("execute", CharSequence.class).invoke(session, line);
            session.getClass().getMethod("close").invoke(session);
        }
        return out.toString(UTF_8);
    }
}
