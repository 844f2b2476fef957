package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobcontrol.storage.StorageFixture.LONG;
import static org.jobcontrol.storage.StorageFixture.MIB;
import static org.jobcontrol.storage.StorageFixture.assertIdle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.Progress.Amount;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeDownload;
import org.jobcontrol.storage.directory.DirectoryDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Downloads give the bytes of the file: not those that it takes, nor those that an image stands for. */
@Timeout(120)
class DownloadsTest {
    private static final byte[] QCOW2_MAGIC = {'Q', 'F', 'I', (byte) 0xfb};
    private static final int SIZE = 5 * MIB + 17;

    private final HookedDriver driver = new HookedDriver(new DirectoryDriver((Path) null));
    private final StorageFixture storage = new StorageFixture(driver);

    @TempDir
    Path directory;

    private StoragePool pool;
    private StorageVolume volume;
    private byte[] bytes;

    /** A file that begins as an image does, with a hole between that and its last bytes. */
    @BeforeEach
    void makeVolume() throws Exception {
        pool = storage.pool("images", directory);
        Path file = Files.write(directory.resolve("a.qcow2"), QCOW2_MAGIC);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}), SIZE - 5);
        }
        bytes = Files.readAllBytes(file);
        volume = volume("a.qcow2");
        assertThat(volume.info().format()).isEqualTo("qcow2");
    }

    @AfterEach
    void stop() {
        storage.close();
    }

    private StorageVolume volume(String name) throws Exception {
        pool.refresh(LONG).await();
        return pool.volume(name).orElseThrow();
    }

    /** Hides that a channel knows how long it is, as a stream of libvirt does not. */
    private static ReadableByteChannel withoutLength(ReadableByteChannel channel) {
        return Channels.newChannel(Channels.newInputStream(channel));
    }

    private static byte[] download(StorageVolume volume, long offset, long length)
            throws Exception {
        try (VolumeDownload download = volume.openDownload(offset, length, LONG);
                InputStream stream = Channels.newInputStream(download)) {
            return stream.readAllBytes();
        }
    }

    private Amount finished() {
        assertThat(volume.jobs().completed().orElseThrow().outcome())
                .contains(JobOutcome.COMPLETED);
        return volume.jobs().completed().orElseThrow().progress().data();
    }

    @Test
    void openDownload_ofAFileWithHoles_givesAll() throws Exception {
        assertThat(volume.info().allocation()).isLessThan(MIB);
        byte[] all = download(volume, 0, Long.MAX_VALUE);
        assertThat(Arrays.mismatch(all, bytes)).isEqualTo(-1);
        assertThat(finished()).isEqualTo(Amount.of(SIZE, SIZE));
    }

    @Test
    void openDownload_behindTheAllocation_givesTheRest() throws Exception {
        assertThat(download(volume, SIZE - 6, Long.MAX_VALUE))
                .isEqualTo(new byte[] {0, 1, 2, 3, 4, 5});
        assertThat(download(volume, SIZE - 6, 4)).isEqualTo(new byte[] {0, 1, 2, 3});
        assertThat(finished()).isEqualTo(Amount.of(4, 4));
    }

    @Test
    void openDownload_behindTheEnd_givesNothing() throws Exception {
        assertThat(download(volume, SIZE, Long.MAX_VALUE)).isEmpty();
        assertThat(download(volume, SIZE + 1, 10)).isEmpty();
        driver.sources(DownloadsTest::withoutLength);
        assertThat(download(volume, SIZE + 1, 10)).isEmpty();
        assertThat(finished()).isEqualTo(Amount.NONE);
    }

    @Test
    void openDownload_whoseSourceTellsNoLength_givesAllWithoutATotal() throws Exception {
        driver.sources(DownloadsTest::withoutLength);
        try (VolumeDownload download = volume.openDownload(3, Long.MAX_VALUE, LONG);
                InputStream stream = Channels.newInputStream(download)) {
            assertThat(stream.read()).isEqualTo(0xfb);
            assertThat(download.job().info().progress().data()).isEqualTo(Amount.of(0, 1));
            assertThat(stream.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 4, SIZE));
        }
        assertThat(finished()).isEqualTo(Amount.of(SIZE - 3, SIZE - 3));
    }

    @Test
    void openDownload_ofARawVolumeWhoseSourceTellsNoLength_takesTheCapacity() throws Exception {
        StorageVolume raw = StorageFixture.volume(pool, "b.img", 100);
        driver.sources(DownloadsTest::withoutLength);
        try (VolumeDownload download = raw.openDownload(60, Long.MAX_VALUE, LONG)) {
            assertThat(download.read(ByteBuffer.allocate(10))).isEqualTo(10);
            assertThat(download.job().info().progress().data()).isEqualTo(Amount.of(40, 10));
        }
    }

    @Test
    void openDownload_ofAFileThatBecomesShorter_fails() throws Exception {
        VolumeDownload download = volume.openDownload(0, Long.MAX_VALUE, LONG);
        assertThat(download.read(ByteBuffer.allocate(10))).isEqualTo(10);
        try (FileChannel channel = FileChannel.open(volume.path(), StandardOpenOption.WRITE)) {
            channel.truncate(10);
        }
        assertThatThrownBy(() -> download.read(ByteBuffer.allocate(10)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("it ended after 10 of " + SIZE + " bytes");
        assertThatThrownBy(download::close).isInstanceOf(IOException.class);
        assertThat(volume.jobs().completed().orElseThrow().outcome()).contains(JobOutcome.FAILED);
        assertIdle(volume.jobs());
    }

    /** Remembers the progress at each write. */
    private final class Watched extends OutputStream {
        private final ByteArrayOutputStream all = new ByteArrayOutputStream();
        private final List<Amount> progress = new ArrayList<>();

        @Override
        public void write(int one) {
            throw new UnsupportedOperationException("blocks are expected");
        }

        @Override
        public void write(byte[] block, int offset, int length) {
            progress.add(volume.jobs().info().jobs().get(0).progress().data());
            all.write(block, offset, length);
        }
    }

    @Test
    void download_ofAFileWithHoles_countsToItsLength() throws Exception {
        Watched to = new Watched();
        assertThat(volume.download(to, LONG).await()).isEqualTo(SIZE);
        assertThat(to.all.toByteArray()).isEqualTo(bytes);
        assertThat(to.progress.get(0)).isEqualTo(Amount.of(SIZE, 0));
        assertThat(to.progress.get(1)).isEqualTo(Amount.of(SIZE, MIB));
        assertThat(finished()).isEqualTo(Amount.of(SIZE, SIZE));
    }

    @Test
    void download_whoseSourceTellsNoLength_hasNoTotalBeforeTheEnd() throws Exception {
        driver.sources(DownloadsTest::withoutLength);
        Watched to = new Watched();
        assertThat(volume.download(to, LONG).await()).isEqualTo(SIZE);
        assertThat(to.all.toByteArray()).isEqualTo(bytes);
        assertThat(to.progress).allMatch(progress -> progress.total() == 0);
        assertThat(finished()).isEqualTo(Amount.of(SIZE, SIZE));
    }

    @Test
    void download_ofAFileThatBecomesShorter_fails() {
        JobFuture<Long> download = volume.download(
                new OutputStream() {
                    @Override
                    public void write(int one) {
                        throw new UnsupportedOperationException("blocks are expected");
                    }

                    @Override
                    public void write(byte[] block, int offset, int length) throws IOException {
                        Files.write(volume.path(), QCOW2_MAGIC);
                    }
                },
                LONG);
        assertThatThrownBy(download::await)
                .hasCauseInstanceOf(StorageException.class)
                .hasMessageContaining("it ended after " + MIB + " of " + SIZE + " bytes");
    }

    @Test
    void openDownload_ofAnImageOfQemu_givesAll() throws Exception {
        Path image = directory.resolve("b.qcow2");
        Assumptions.assumeTrue(
                run("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), "1G")
                        && run(
                                "qemu-io",
                                "-f",
                                "qcow2",
                                "-c",
                                "write 0 4k",
                                "-c",
                                "write 200M 4k",
                                "-c",
                                "write 400M 4k",
                                "-c",
                                "write 600M 4k",
                                "-c",
                                "write 1000M 4k",
                                image.toString()),
                "qemu-img and qemu-io are not installed (package qemu-utils)");
        StorageVolume real = volume("b.qcow2");
        assertThat(real.info().allocation()).isLessThan(Files.size(image));
        byte[] all = download(real, 0, Long.MAX_VALUE);
        assertThat(Arrays.mismatch(all, Files.readAllBytes(image))).isEqualTo(-1);
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            return true;
        } catch (IOException e) {
            // There is no such program.
            return false;
        }
    }
}
