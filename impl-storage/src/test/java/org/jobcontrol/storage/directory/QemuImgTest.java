package org.jobcontrol.storage.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.core.Target;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.jobcontrol.storage.directory.VolumeRecords.Format;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A header that is written over after the chain was checked leads qemu-img nowhere. */
@Timeout(60)
class QemuImgTest {
    private static final int SIZE = 1 << 16;

    private final JobEngine engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS);

    @TempDir
    private Path home;

    private Path directory;
    private Path secret;
    private Job job;

    @BeforeEach
    void beginJob() throws Exception {
        assumeTrue(ToolProcess.isInstalled("qemu-img"), "qemu-img is not installed");
        directory = Files.createDirectory(home.resolve("images"));
        secret = Files.write(home.resolve("secret"), "secret".repeat(SIZE).getBytes("US-ASCII"));
        Target.addAdapters(engine);
        job = engine.control("com.acme.test")
                .of(Target.pool("p"))
                .begin(JobType.MODIFY, "tool", Duration.ofSeconds(20));
    }

    @AfterEach
    void endJob() {
        if (job != null) {
            job.close();
        }
        engine.close();
    }

    private Path image(String name, String... options) throws Exception {
        Path image = directory.resolve(name);
        List<String> command = new ArrayList<>(List.of("create", "-q", "-f", "qcow2"));
        command.addAll(List.of(options));
        command.addAll(List.of(image.toString(), String.valueOf(SIZE)));
        qemuImg(command);
        return image;
    }

    private void qemuImg(List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("qemu-img"));
        command.addAll(arguments);
        ToolProcess.run(
                command, new ToolProcess.Limits(Duration.ofMinutes(1), 1L << 30), job, text -> {});
    }

    private void nameTheSecret(Path image) throws Exception {
        qemuImg(List.of("rebase", "-u", "-b", secret.toString(), "-F", "raw", image.toString()));
    }

    private ImageChain chain(Path image) throws Exception {
        return ImageChain.of(image, directory, file -> new Format("qcow2", false), false);
    }

    @Test
    void image_whoseHeaderNamesABackingFileByNow_readsNothingOfIt() throws Exception {
        Path image = image("a.qcow2");
        ImageChain chain = chain(image);
        nameTheSecret(image);
        Path copy = Files.createFile(directory.resolve("copy"));
        QemuImg.convert(chain, SIZE, copy, VolumeSpec.RAW, job);
        assertThat(copy).hasBinaryContent(new byte[SIZE]);
    }

    @Test
    void base_whoseHeaderNamesABackingFileByNow_readsNothingOfIt() throws Exception {
        Path base = image("base.qcow2");
        Path image = image("a.qcow2", "-b", base.toString(), "-F", "qcow2");
        ImageChain chain = chain(image);
        nameTheSecret(base);
        Path copy = Files.createFile(directory.resolve("copy"));
        QemuImg.convert(chain, SIZE, copy, VolumeSpec.RAW, job);
        assertThat(copy).hasBinaryContent(new byte[SIZE]);
    }

    /** qemu-img cannot open this base; where it need not, it does not notice. */
    @Test
    void create_doesNotOpenTheBackingFile() throws Exception {
        Path base = Files.writeString(directory.resolve("base.qcow2"), "no image");
        Path image = Files.createFile(directory.resolve("a.qcow2"));
        QemuImg.create(image, SIZE, new QemuImg.Backing(base, VolumeSpec.QCOW2), job);
        assertThat(Qcow2Header.read(image).backing()).isEqualTo(base.toString());
    }
}
