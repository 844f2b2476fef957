package org.jobcontrol.karaf.itests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.jobcontrol.karaf.itests.Karaf.Answer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** From one version of the features to the next, made here of the same bundles. */
@Tag("slow")
@EnabledForJreRange(
        max = JRE.JAVA_23,
        disabledReason = "Karaf 4.4.10 does not run on Java 24 and later")
class UpgradeIT {
    private static final String THIS = System.getProperty("project.version");
    private static final String NEXT = "99.0.0";
    private static final String OURS = "system/org/jobcontrol";

    @Test
    void upgrade_leavesOneVersionAndWhatWasTyped() throws Exception {
        try (Karaf karaf = new Karaf().withoutJobControl()) {
            makeNext(karaf.home.resolve(OURS));
            karaf.start();
            karaf.type("feature:repo-add " + repository(THIS));
            karaf.type("feature:install jobcontrol-shell");
            Path images = Files.createDirectory(karaf.home.resolve("images"));
            karaf.typeUntil("jobctl:pool-define images " + images, "pool images is defined");
            karaf.type("jobctl:pool-start images");
            karaf.edit("etc/org.jobcontrol.cfg", "^history_size = .*", "history_size = 77");
            karaf.edit(
                    "etc/org.apache.karaf.command.acl.jobctl.cfg", "^abort = .*", "abort = admin");

            karaf.type("feature:repo-add " + repository(NEXT));
            assertSecondDoesNotStart(karaf);

            Answer upgrade = karaf.type("karaf", "feature:install --upgrade jobcontrol-shell");
            assertThat(upgrade.status()).as(upgrade.text()).isZero();
            karaf.typeUntil("jobctl:pool-list", "images");
            assertThat(bundles(karaf)).hasSize(5).allMatch(line -> line.contains(NEXT));
            assertThat(karaf.type("feature:list -i --no-format | grep jobcontrol")
                            .lines())
                    .hasSize(3)
                    .allMatch(line -> line.contains(NEXT));
            assertThat(karaf.type("jobctl:history")).contains("POOL_START", "images");
            assertThat(karaf.home.resolve("etc/org.jobcontrol.cfg"))
                    .content()
                    .contains("history_size = 77");
            assertThat(karaf.home.resolve("etc/org.apache.karaf.command.acl.jobctl.cfg"))
                    .content()
                    .contains("\nabort = admin\n");
        }
    }

    /** The next version without the upgrade: its bundles do not start, and this one goes on. */
    private static void assertSecondDoesNotStart(Karaf karaf) throws Exception {
        Answer second = karaf.type("karaf", "feature:install jobcontrol-shell/" + NEXT);
        assertThat(second.text()).contains("Singleton conflict");
        assertThat(second.status()).isNotZero();
        assertThat(bundles(karaf).filter(line -> line.contains("Active")))
                .filteredOn(line -> line.contains(NEXT))
                .allMatch(line -> line.contains("API"));
        assertThat(karaf.type("jobctl:pool-list")).contains("images");
    }

    private static Stream<String> bundles(Karaf karaf) throws Exception {
        return karaf.type("bundle:list --no-format | grep jobcontrol").lines();
    }

    private static String repository(String version) {
        return "mvn:org.jobcontrol/org.jobcontrol.karaf/" + version + "/xml/features";
    }

    /** Adds the next version of all artifacts to a directory that has this one. */
    private static void makeNext(Path group) throws IOException {
        try (Stream<Path> all = Files.walk(group)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String path = group.relativize(file).toString();
                if (path.endsWith(".jar") || path.endsWith("features.xml")) {
                    Path next = group.resolve(path.replace(THIS, NEXT));
                    Files.createDirectories(next.getParent());
                    try (InputStream in = Files.newInputStream(file);
                            OutputStream out = Files.newOutputStream(next)) {
                        makeNext(in, out, path.endsWith(".jar"));
                    }
                }
            }
        }
    }

    private static void makeNext(InputStream in, OutputStream out, boolean bundle)
            throws IOException {
        if (!bundle) {
            String text = new String(in.readAllBytes(), UTF_8);
            out.write(text.replace(THIS, NEXT).getBytes(UTF_8));
            return;
        }
        JarInputStream jar = new JarInputStream(in);
        Manifest manifest = jar.getManifest();
        manifest.getMainAttributes().put(new Attributes.Name("Bundle-Version"), NEXT);
        JarOutputStream copy = new JarOutputStream(out, manifest);
        for (ZipEntry entry = jar.getNextEntry(); entry != null; entry = jar.getNextEntry()) {
            copy.putNextEntry(new ZipEntry(entry.getName()));
            jar.transferTo(copy);
        }
        copy.finish();
    }
}
