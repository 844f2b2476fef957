package org.jobcontrol.itests;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Set;
import javax.inject.Inject;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainDriver;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.api.storage.StorageDriver;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.ConfigurationAdmin;

/** A connection to libvirt's test driver, configured and taken away while everything runs. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class LibvirtIT {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int REDEPLOYS = 100;
    private static final String URI = "test:///default";

    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin configurations;

    @Inject
    private Domains domains;

    private org.osgi.service.cm.Configuration connection;

    @Configuration
    public Option[] framework() {
        return Framework.withAllBundles();
    }

    @Before
    public void connect() throws Exception {
        assumeTrue("libvirt's library is not installed", isInstalled());
        bundle().start();
        connection = configurations.createFactoryConfiguration("org.jobcontrol.libvirt", "?");
        Dictionary<String, Object> values = new Hashtable<>();
        values.put("uri", URI);
        connection.update(values);
        await().atMost(LONG).until(() -> drivers() == 2);
    }

    @After
    public void disconnect() throws IOException {
        if (connection != null) {
            connection.delete();
            await().atMost(LONG).until(() -> drivers() == 0);
        }
    }

    static boolean isInstalled() throws IOException, InterruptedException {
        Process list = new ProcessBuilder("/sbin/ldconfig", "-p").start();
        String libraries = new String(list.getInputStream().readAllBytes());
        list.waitFor();
        return libraries.contains("libvirt.so.0");
    }

    private int drivers() {
        String filter = "(jobcontrol.libvirt.uri=" + URI + ")";
        try {
            return context.getServiceReferences(DomainDriver.class, filter).size()
                    + context.getServiceReferences(StorageDriver.class, filter).size();
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private Bundle bundle() {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().equals("org.jobcontrol.libvirt"))
                .findFirst()
                .orElseThrow();
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.contains("libvirt") || name.startsWith("another client"))
                .collect(toSet());
    }

    @Test
    public void domain_ofAConfiguredConnection_isThere() throws Exception {
        Domain domain = domains.find("test").orElseThrow();
        assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
        domain.suspend(LONG);
        assertThat(domain.state()).isEqualTo(DomainState.PAUSED);
        domain.resume(LONG);
        assertThat(domain.jobs().completed().orElseThrow().operation()).isEqualTo("domain.resume");
    }

    @Test
    public void bundle_redeployedOftenUnderUse_leavesNothing() throws Exception {
        Bundle bundle = bundle();
        Domain domain = domains.define(DomainSpec.of("again", 64 << 20));
        for (int i = 0; i < REDEPLOYS; i++) {
            JobFuture<Void> start = domain.start(LONG);
            bundle.stop();
            // an executor has terminated a moment before its last thread is gone
            await().untilAsserted(() -> assertThat(threads()).isEmpty());
            assertThat(drivers()).isZero();
            start.toCompletableFuture().handle((done, failure) -> true).join();
            bundle.start();
            await().atMost(LONG).until(() -> drivers() == 2);
            // the test driver lives in the library, for as long as somebody is connected
            domain = domains.define(DomainSpec.of("again" + i, 64 << 20));
        }
        assertThat(domains.find("test").orElseThrow().state()).isEqualTo(DomainState.RUNNING);
    }
}
