package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobcontrol.storage.QemuTools.image;
import static org.jobcontrol.storage.StorageFixture.LONG;
import static org.jobcontrol.storage.StorageFixture.MIB;
import static org.jobcontrol.storage.StorageFixture.files;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StorageException.Reason;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Neither a guest nor a prepared image makes the host read a file that it was not given. */
@Timeout(120)
class HostileImagesTest {
    private static final String SECRET = "the secret of the host";

    private final StorageFixture storage = new StorageFixture();

    @TempDir
    private Path home;

    private Path directory;
    private Path secret;
    private StoragePool pool;

    @BeforeEach
    void startPool() throws Exception {
        QemuTools.assumeInstalled();
        directory = Files.createDirectory(home.resolve("images"));
        secret = Files.writeString(home.resolve("secret"), SECRET + " ".repeat(MIB));
        pool = storage.pool("images", directory);
    }

    @AfterEach
    void stop() {
        storage.close();
    }

    private static VolumeSpec spec(String name, String format) {
        return new VolumeSpec(name, format, 0, 0, Map.of());
    }

    /** Looks at the pool again, with a pool that follows the chains of images that it finds, or not. */
    private StorageVolume found(String name, boolean follow) throws Exception {
        if (follow) {
            pool.stop(LONG);
            pool.undefine(LONG);
            pool = storage.pools.define(new PoolSpec(
                    "images",
                    PoolSpec.DIRECTORY,
                    directory,
                    Map.of(PoolSpec.FOLLOW_PROBED_CHAINS, "true")));
            pool.start(LONG).await();
        }
        pool.refresh(LONG).await();
        return pool.volume(name).orElseThrow();
    }

    private static void assertUnsafe(JobFuture<?> future, String why) {
        assertThatThrownBy(future::await)
                .cause()
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.UNSAFE))
                .hasMessageContaining(why);
    }

    /** Checks that a volume is shown with the reason, and that nothing reads what it names. */
    private void assertNotFollowed(StorageVolume volume, String why) throws Exception {
        assertThat(volume.info().problem()).contains(why);
        assertUnsafe(volume.cloneTo(pool, spec("out.img", "raw"), LONG), why);
        assertUnsafe(volume.cloneTo(pool, spec("out.qcow2", "qcow2"), LONG), why);
        assertUnsafe(volume.resize(8L * MIB, LONG), why);
        assertUnsafe(pool.create(VolumeSpec.qcow2("over.qcow2", MIB, volume.name()), LONG), why);
        assertThat(files(directory)).doesNotContain("out.img", "out.qcow2", "over.qcow2");
    }

    @Test
    void backing_outsideTwoLevelsDown_isNotFollowed() throws Exception {
        Path mid = image(directory.resolve("mid.qcow2"), "-b", "../secret", "-F", "raw");
        image(directory.resolve("top.qcow2"), "-b", mid.toString(), "-F", "qcow2");
        String outside = "reads from '../secret', which is not in its directory";
        assertNotFollowed(found("mid.qcow2", false), outside);
        assertNotFollowed(pool.volume("top.qcow2").orElseThrow(), "was not made here");
        assertNotFollowed(found("top.qcow2", true), outside);
    }

    @Test
    void dataFile_outsideTwoLevelsDown_isNotFollowed() throws Exception {
        Path mid = image(directory.resolve("mid.qcow2"), "-o", "data_file=" + home.resolve("data"));
        image(directory.resolve("top.qcow2"), "-b", mid.toString(), "-F", "qcow2");
        String elsewhere = "keeps its data in another file";
        assertNotFollowed(found("mid.qcow2", false), elsewhere);
        assertNotFollowed(found("top.qcow2", true), elsewhere);
    }

    @Test
    void backing_bySymbolicLink_isNotFollowed() throws Exception {
        Files.createSymbolicLink(directory.resolve("link.img"), secret);
        image(directory.resolve("top.qcow2"), "-b", "link.img", "-F", "raw");
        assertNotFollowed(found("top.qcow2", true), "which is not in its directory");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "json:{\"driver\":\"file\",\"filename\":\"../secret\"}",
                "nbd://127.0.0.1:1/x",
                "file:../secret",
                "/dev/zero",
                "/proc/self/environ",
                ".",
                "none.img"
            })
    void backing_thatIsNoFileOfThePool_isNotFollowed(String name) throws Exception {
        image(directory.resolve("top.qcow2"), "-u", "-b", name, "-F", "raw", "-o", "size=1M");
        assertNotFollowed(found("top.qcow2", true), "reads from '" + name + "', which ");
    }

    @Test
    void backing_thatIsItsOwn_isNotFollowed() throws Exception {
        image(directory.resolve("a.qcow2"), "-u", "-b", "b.qcow2", "-F", "qcow2", "-o", "size=1M");
        image(directory.resolve("b.qcow2"), "-u", "-b", "a.qcow2", "-F", "qcow2", "-o", "size=1M");
        assertNotFollowed(found("a.qcow2", true), "does not come to an end");
    }

    @Test
    void backing_takenForAnotherFormatThanItHas_isNotFollowed() throws Exception {
        StorageVolume raw = StorageFixture.volume(pool, "raw.img", MIB);
        image(raw.path().resolveSibling("x.qcow2"), "-b", secret.toString(), "-F", "raw");
        Files.copy(
                directory.resolve("x.qcow2"),
                Files.newOutputStream(raw.path(), StandardOpenOption.WRITE));
        image(
                directory.resolve("top.qcow2"),
                "-u",
                "-b",
                "raw.img",
                "-F",
                "qcow2",
                "-o",
                "size=1M");
        assertNotFollowed(found("top.qcow2", true), "for 'qcow2', which is raw");
    }

    // ---- whose format is known ------------------------------------------------------------------

    /** A guest can write what it likes into its disk. */
    @Test
    void rawVolume_overWhichAnImageIsWritten_staysRaw() throws Exception {
        StorageVolume volume = StorageFixture.volume(pool, "disk.img", MIB);
        Path hostile = image(home.resolve("hostile"), "-b", secret.toString(), "-F", "raw");
        overwriteBegin(volume.path(), Files.readAllBytes(hostile));
        assertStaysRaw(found("disk.img", false));
        pool.stop(LONG);
        pool.start(LONG).await();
        assertStaysRaw(pool.volume("disk.img").orElseThrow());
    }

    /** Nobody has recorded its format, but it was seen once. */
    @Test
    void rawFile_overWhichAnImageIsWrittenOnceItWasSeen_staysRaw() throws Exception {
        Path file = Files.write(directory.resolve("disk.img"), new byte[MIB]);
        assertThat(found("disk.img", false).info().format()).isEqualTo("raw");
        Path hostile = image(home.resolve("hostile"), "-b", secret.toString(), "-F", "raw");
        overwriteBegin(file, Files.readAllBytes(hostile));
        assertStaysRaw(found("disk.img", true));
    }

    private void assertStaysRaw(StorageVolume volume) throws Exception {
        assertThat(volume.info().format()).isEqualTo("raw");
        assertThat(volume.info().capacity()).isEqualTo(MIB);
        assertThat(volume.info().problem()).isNull();
        StorageVolume copy = volume.cloneTo(pool, spec("out.img", "raw"), LONG).await();
        assertThat(copy.path()).hasSameBinaryContentAs(volume.path());
        StorageVolume image =
                copy.cloneTo(pool, spec("out.qcow2", "qcow2"), LONG).await();
        assertThat(QemuTools.output(
                        "qemu-img",
                        "compare",
                        "-f",
                        "raw",
                        "-F",
                        "qcow2",
                        volume.path().toString(),
                        image.path().toString()))
                .contains("identical");
        copy.delete(LONG);
        image.delete(LONG);
    }

    private static void overwriteBegin(Path file, byte[] bytes) throws Exception {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), 0);
        }
    }

    @Test
    void rawVolume_overWhichAnImageIsUploaded_staysRaw() throws Exception {
        StorageVolume volume = StorageFixture.volume(pool, "disk.img", MIB);
        Path hostile = image(home.resolve("hostile"), "-b", secret.toString(), "-F", "raw");
        volume.upload(Files.newInputStream(hostile), LONG).await();
        assertStaysRaw(found("disk.img", false));
    }

    /** An image that is uploaded into a qcow2 volume is used, but what it names is not followed. */
    @Test
    void qcow2Volume_intoWhichAnImageIsUploaded_isNotFollowed() throws Exception {
        StorageVolume other = StorageFixture.volume(pool, "other.img", MIB);
        StorageVolume volume =
                pool.create(VolumeSpec.qcow2("up.qcow2", MIB), LONG).await();
        Path plain = image(home.resolve("plain"));
        volume.upload(Files.newInputStream(plain), LONG).await();
        assertThat(volume.info().problem()).isNull();
        volume.cloneTo(pool, spec("fine.img", "raw"), LONG).await();
        Path hostile = image(home.resolve("hostile"), "-b", other.path().toString(), "-F", "raw");
        volume.upload(Files.newInputStream(hostile), LONG).await();
        assertNotFollowed(found("up.qcow2", false), "was not made here");
        volume.upload(new ByteArrayInputStream("no image".getBytes(StandardCharsets.UTF_8)), LONG)
                .await();
        assertThat(volume.query(LONG).problem()).contains("header is damaged");
    }

    /** An attribute can come with the file, out of an archive. */
    @ParameterizedTest
    @ValueSource(
            strings = {"qcow2", "qcow2\",\"backing.file.filename\":\"SECRET", "qcow2 made 1@2.3"})
    void record_thatComesWithTheImage_isNotTrusted(String record) throws Exception {
        Path file = image(
                directory.resolve("a.qcow2"),
                "-b",
                "other.img",
                "-F",
                "raw",
                "-u",
                "-o",
                "size=1M");
        Files.write(directory.resolve("other.img"), bytes(MIB));
        Files.setAttribute(
                file,
                "user:jobcontrol.format",
                ByteBuffer.wrap(record.replace("SECRET", secret.toString())
                        .getBytes(StandardCharsets.UTF_8)));
        StorageVolume volume = found("a.qcow2", false);
        assertThat(volume.info().problem()).isNotNull();
        assertUnsafe(volume.cloneTo(pool, spec("out.img", "raw"), LONG), "");
        assertThat(files(directory)).doesNotContain("out.img");
    }

    /** The answer must not tell which files the host has. */
    @Test
    void image_thatIsNotFollowed_doesNotTellWhichFilesThereAre() throws Exception {
        String[] problems = new String[2];
        String[] names = {secret.toString(), home.resolve("none").toString()};
        for (int i = 0; i < names.length; i++) {
            String name = "probe" + i + ".qcow2";
            image(directory.resolve(name), "-u", "-b", names[i], "-F", "raw", "-o", "size=1M");
            problems[i] = found(name, false)
                    .info()
                    .problem()
                    .replace(name, "NAME")
                    .replace(names[i], "FILE");
        }
        assertThat(problems[0]).isEqualTo(problems[1]);
    }

    @Test
    void backing_inASubdirectory_isNotFollowed() throws Exception {
        Path nested = Files.createDirectory(directory.resolve("nested"));
        Files.write(nested.resolve("a.img"), bytes(MIB));
        image(directory.resolve("top.qcow2"), "-b", "nested/a.img", "-F", "raw");
        assertNotFollowed(found("top.qcow2", true), "which is not in its directory");
    }

    @Test
    void chain_thatIsTooLong_cannotGrow() throws Exception {
        Files.write(directory.resolve("0"), bytes(MIB));
        for (int i = 1; i < 200; i++) {
            Path file = image(
                    directory.resolve(String.valueOf(i)),
                    "-u",
                    "-b",
                    String.valueOf(i - 1),
                    "-F",
                    i == 1 ? "raw" : "qcow2",
                    "-o",
                    "size=1M");
            assertThat(file).exists();
        }
        StorageVolume longest = found("199", true);
        assertThat(longest.info().problem()).isNull();
        StorageVolume copy = longest.cloneTo(pool, spec("out.img", "raw"), LONG).await();
        assertThat(copy.path()).hasBinaryContent(bytes(MIB));
        assertThatThrownBy(() ->
                        pool.create(VolumeSpec.qcow2("200", MIB, "199"), LONG).await())
                .hasMessageContaining("has as many as 200 files already");
    }

    // ---- what may be followed -------------------------------------------------------------------

    @Test
    void foundChain_inThePool_isFollowedWhereThePoolSaysSo() throws Exception {
        Path base = Files.write(directory.resolve("base.img"), bytes(MIB));
        Path mid = image(directory.resolve("mid.qcow2"), "-b", "base.img", "-F", "raw");
        image(directory.resolve("top.qcow2"), "-b", mid.toString(), "-F", "qcow2");
        StorageVolume volume = found("top.qcow2", false);
        assertNotFollowed(volume, "follow_probed_chains");
        StorageVolume copy = found("top.qcow2", true)
                .cloneTo(pool, spec("out.img", "raw"), LONG)
                .await();
        assertThat(copy.path()).hasSameBinaryContentAs(base);
    }

    /** What can be done with a file, and reads nothing else, can be done. */
    @Test
    void volumeThatIsNotFollowed_isAFileAllTheSame() throws Exception {
        Path hostile =
                image(directory.resolve("hostile.qcow2"), "-b", secret.toString(), "-F", "raw");
        byte[] itself = Files.readAllBytes(hostile);
        StorageVolume volume = found("hostile.qcow2", false);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        volume.download(bytes, LONG).await();
        assertThat(bytes.toByteArray()).startsWith(itself[0], itself[1], itself[2], itself[3]);
        volume.wipe(LONG).await();
        volume.delete(LONG);
        assertThat(files(directory)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"αβγ", "a\"b", "comma,and=sign", "per%cent", "emoji \uD83D\uDE00", "json:x"})
    void ownChain_whoseNamesAreUnusual_isFollowed(String name) throws Exception {
        Path unusual = Files.createDirectory(home.resolve("Übungen \"x\\y\" {1}"));
        StoragePool other = storage.pool("unusual", unusual);
        StorageVolume base = StorageFixture.volume(other, name, MIB);
        StorageVolume top =
                other.create(VolumeSpec.qcow2("top", MIB, name), LONG).await();
        assertThat(top.info().problem()).isNull();
        StorageVolume higher =
                other.create(VolumeSpec.qcow2("higher", 2 * MIB, "top"), LONG).await();
        higher.resize(4L * MIB, LONG).await();
        StorageVolume copy = top.cloneTo(other, spec("out.img", "raw"), LONG).await();
        assertThat(copy.path()).hasSameBinaryContentAs(base.path());
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (i % 251);
        }
        return bytes;
    }
}
