package org.jobcontrol.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/** All our bundles redeployed a hundred times while jobs run and wait, and what that leaves: nothing. */
public class HundredRedeploysIT {
    private static final int ROUNDS = 100;

    private static final String SHELL = "org.jobcontrol.shell";
    private static final String LIBVIRT = "org.jobcontrol.libvirt";

    /** To start these two takes longer than all else: they are not in every round. */
    private static final int ROUNDS_PER_SLOW = 10;

    private final Path journal;

    /** The class loaders of every wiring that there was. */
    private final List<WeakReference<ClassLoader>> loaders = new ArrayList<>();

    public HundredRedeploysIT() throws Exception {
        journal = Files.createTempDirectory(Path.of("target"), "journal").toRealPath();
    }

    @Test
    public void bundles_redeployedAHundredTimes_leaveNothing() throws Exception {
        try (LaunchedFramework framework =
                new LaunchedFramework(new org.apache.felix.framework.FrameworkFactory())) {
            framework.startNeeded();
            List<Path> needed = Leftovers.openFiles(List.of(framework.storage()));
            framework.configure(Map.of("journal_dir", journal.toString()));
            if (LibvirtIT.isInstalled()) {
                framework.connect("test:///default");
            }
            framework.installOurs();
            start(framework, hasSlow(0));
            long last = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long id = runJobs(framework, hasSlow(round));
                assertThat(id).as("round %s", round).isGreaterThan(last);
                last = id;
                redeploy(framework, round);
                start(framework, hasSlow(round + 1));
            }
            runJobs(framework, hasSlow(ROUNDS));
            assertOneOfEach(framework.bundle("com.sun.jna"));
            framework.ours().forEach(this::remember);
            framework.uninstallOurs();
            assertNothing(framework.bundle("com.sun.jna"));
            assertThat(Leftovers.openFiles(List.of(framework.storage(), journal)))
                    .containsExactlyInAnyOrderElementsOf(needed);
        }
    }

    /** Has jobs run in a user's bundle, which stops while one runs and one waits; returns the last id. */
    private long runJobs(LaunchedFramework framework, boolean hasShell) throws Exception {
        Bundle consumer = Consumers.start(
                framework.context(), "com.acme.round", RoundOfJobs.class, RoundOfJobs.DECLARATION);
        long running = (Long) Consumers.call(consumer);
        if (hasShell) {
            assertThat(framework.type("jobctl:list")).contains("#" + running + " SAVE");
            assertThat(framework.type("jobctl:history -n 1")).contains("DUMP");
            connect(framework);
        }
        remember(consumer);
        consumer.uninstall();
        return running;
    }

    /** Last, for domains are defined in a libvirt that is there. */
    private static void connect(LaunchedFramework framework) throws Exception {
        framework.bundle(LIBVIRT).start();
        if (LibvirtIT.isInstalled()) {
            await().untilAsserted(() ->
                    assertThat(framework.type("jobctl:domain-list")).contains("test "));
        }
    }

    private static boolean hasSlow(int round) {
        return round % ROUNDS_PER_SLOW == 0;
    }

    private static void start(LaunchedFramework framework, boolean withSlow) throws Exception {
        for (Bundle bundle : framework.ours()) {
            String name = bundle.getSymbolicName();
            if (!name.equals(LIBVIRT) && (withSlow || !name.equals(SHELL))) {
                bundle.start();
            }
        }
    }

    /** Each time another way; nothing is started. */
    private void redeploy(LaunchedFramework framework, int round) throws Exception {
        framework.ours().forEach(this::remember);
        switch (round % 3) {
            case 0 -> {
                framework.uninstallOurs();
                framework.installOurs();
            }
            case 1 -> {
                framework.stopOurs();
                for (Bundle bundle : framework.ours()) {
                    bundle.update();
                }
                framework.refresh(null);
            }
            default -> {
                framework.stopOurs();
                framework.refresh(framework.ours());
            }
        }
    }

    private void remember(Bundle bundle) {
        if (bundle.getState() == Bundle.ACTIVE) {
            loaders.add(new WeakReference<>(bundle.adapt(BundleWiring.class).getClassLoader()));
        }
    }

    // ---- what is left ---------------------------------------------------------------------------

    private static void assertOneOfEach(Bundle jna) {
        await().untilAsserted(() -> {
            Leftovers.haveJnaForget(jna);
            Map<String, Long> counts = Leftovers.objectsOnceEach();
            assertThat(counts).containsEntry("org.jobcontrol.core.engine.JobEngine", 1L);
        });
        assertThat(Leftovers.journals()).hasSize(1);
    }

    private void assertNothing(Bundle jna) {
        await().untilAsserted(() -> {
            Leftovers.haveJnaForget(jna);
            assertThat(Leftovers.threads()).isEmpty();
            assertThat(Leftovers.objects()).isEmpty();
            assertThat(loaders.stream().map(WeakReference::get).filter(Objects::nonNull))
                    .isEmpty();
        });
        assertThat(loaders).hasSizeGreaterThan(ROUNDS);
        assertThat(Leftovers.jmxNames()).isEmpty();
        assertThat(Leftovers.journals()).isEmpty();
    }
}
