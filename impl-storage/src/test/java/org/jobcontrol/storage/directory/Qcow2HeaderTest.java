package org.jobcontrol.storage.directory;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read of a header is what QEMU wrote there; any other bytes are refused, and nothing else. */
class Qcow2HeaderTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "compat=0.10,",
        "compat=1.1,",
        "cluster_size=512,",
        "cluster_size=2M,",
        "'compat=1.1,lazy_refcounts=on,extended_l2=on,cluster_size=128k',",
        "compat=0.10,base.img",
        "compat=1.1,base.img",
        "cluster_size=512,base.img",
        "cluster_size=2M,αβγ ",
    })
    void image_ofQemuImg_isRead(String options, String backing) throws Exception {
        Path image = directory.resolve("a.qcow2");
        List<String> command =
                new ArrayList<>(List.of("qemu-img", "create", "-q", "-f", "qcow2", "-o", options));
        if (backing != null) {
            command.addAll(List.of("-u", "-b", backing, "-F", "raw"));
        }
        command.addAll(List.of(image.toString(), "10G"));
        run(command);
        assertThat(Qcow2Header.isAt(image)).isTrue();
        assertThat(Qcow2Header.read(image))
                .isEqualTo(new Qcow2Header(
                        10L << 30, backing, backing == null ? null : "raw", false, 0));
        run(List.of("qemu-img", "snapshot", "-c", "one", image.toString()));
        if (backing == null) {
            assertThat(Qcow2Header.read(image).snapshots()).isEqualTo(1);
        }
    }

    @Test
    void image_withItsDataElsewhere_isRead() throws Exception {
        Path image = directory.resolve("a.qcow2");
        String data = "data_file=" + directory.resolve("data");
        run(List.of("qemu-img", "create", "-q", "-f", "qcow2", "-o", data, image.toString(), "1M"));
        assertThat(Qcow2Header.read(image).externalData()).isTrue();
    }

    private static void run(List<String> command) throws Exception {
        assumeTrue(ToolProcess.isInstalled("qemu-img"), "qemu-img is not installed");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        process.waitFor();
    }

    @Test
    void shortFile_isNoImage() throws Exception {
        assertThat(Qcow2Header.isAt(Files.write(directory.resolve("a"), new byte[0])))
                .isFalse();
        assertThat(Qcow2Header.isAt(
                        Files.write(directory.resolve("a"), new byte[] {'Q', 'F', 'I'})))
                .isFalse();
        assertThatThrownBy(() -> Qcow2Header.read(directory.resolve("a")))
                .isInstanceOf(Qcow2Header.Damaged.class)
                .hasMessageContaining("does not begin as a qcow2 image does");
    }

    @ParameterizedTest
    @CsvSource({
        "4, 4, 1, its version is 1",
        "4, 4, -1, its version is 4294967295",
        "24, 8, -1, its capacity is 18446744073709551615",
        "16, 4, 1024, name has 1024 bytes at 200",
        "16, 4, -1, name has 4294967295 bytes at 200",
        "8, 8, 65530, name has 8 bytes at 65530",
        "8, 8, -8, name has 8 bytes at 18446744073709551608",
        "8, 8, 9223372036854775807, name has 8 bytes at 9223372036854775807",
        "100, 4, 72, its length is 72",
        "100, 4, -1, its length is 4294967295",
        "100, 4, 2147483647, its length is 2147483647",
        "108, 4, -1, an extension has 4294967295 bytes",
        "108, 4, 2147483647, an extension has 2147483647 bytes",
    })
    void field_outOfRange_isNamed(int at, int size, long value, String message) throws Exception {
        ByteBuffer bytes = header();
        if (size == 4) {
            bytes.putInt(at, (int) value);
        } else {
            bytes.putLong(at, value);
        }
        Path file = Files.write(directory.resolve("a"), bytes.array());
        assertThatThrownBy(() -> Qcow2Header.read(file))
                .isInstanceOf(Qcow2Header.Damaged.class)
                .hasMessageContaining(message);
    }

    /** Returns a header with a backing file, its format, and 64 KiB behind it. */
    private static ByteBuffer header() {
        ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
        bytes.putInt(0, 0x514649fb).putInt(4, 3).putLong(8, 200).putInt(16, 8).putLong(24, 1 << 20);
        bytes.putInt(100, 104);
        bytes.putInt(104, 0xe2792aca).putInt(108, 3).put(112, new byte[] {'r', 'a', 'w'});
        bytes.put(200, new byte[] {'b', 'a', 's', 'e', '.', 'i', 'm', 'g'});
        return bytes;
    }

    @Test
    void header_madeByHand_isRead() throws Exception {
        Path file = Files.write(directory.resolve("a"), header().array());
        assertThat(Qcow2Header.read(file))
                .isEqualTo(new Qcow2Header(1 << 20, "base.img", "raw", false, 0));
    }

    @Test
    void extensions_arePaddedToEightBytes() throws Exception {
        ByteBuffer bytes = header();
        bytes.putInt(104, 0x6803f857).putInt(108, 5).putLong(112, -1);
        bytes.putInt(120, 0xe2792aca).putInt(124, 5).put(128, "qcow2".getBytes(US_ASCII));
        Path file = Files.write(directory.resolve("a"), bytes.array());
        assertThat(Qcow2Header.read(file).backingFormat()).isEqualTo("qcow2");
    }

    @Test
    void extension_behindTheLast_isNone() throws Exception {
        ByteBuffer bytes = header();
        bytes.putInt(104, 0).putInt(108, 0);
        bytes.putInt(112, 0xe2792aca).putInt(116, 3).put(120, "raw".getBytes(US_ASCII));
        Path file = Files.write(directory.resolve("a"), bytes.array());
        assertThat(Qcow2Header.read(file).backingFormat()).isNull();
    }

    /** Any bytes give a header or the one exception. */
    @Test
    void anyBytes_areReadOrDamaged() throws Exception {
        SplittableRandom random = new SplittableRandom(4711);
        Path file = directory.resolve("a");
        int read = 0;
        for (int i = 0; i < 3000; i++) {
            byte[] bytes = header().array();
            for (int change = random.nextInt(6); change >= 0; change--) {
                bytes[random.nextInt(4, 220)] = (byte) random.nextInt(256);
            }
            Files.write(file, Arrays.copyOf(bytes, random.nextInt(4, 400)));
            read += isRead(file) ? 1 : 0;
        }
        assertThat(read).isBetween(100, 2900);
    }

    private static boolean isRead(Path file) throws IOException {
        try {
            Qcow2Header.read(file);
            return true;
        } catch (Qcow2Header.Damaged e) {
            return false;
        }
    }
}
