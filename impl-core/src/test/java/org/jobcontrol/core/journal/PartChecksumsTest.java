package org.jobcontrol.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checksums of parts are those of the JDK, and what only looks like records is read in a short time. */
class PartChecksumsTest {
    private static final int MIB = 1 << 20;

    @Test
    void update_ofAnyPart_givesWhatTheJdkGives() {
        SplittableRandom random = new SplittableRandom(20261126);
        byte[] bytes = new byte[10_000];
        random.nextBytes(bytes);
        int longest = 1000;
        PartChecksums sums = new PartChecksums(ByteBuffer.wrap(bytes), longest);
        for (int i = 0; i < 5_000; i++) {
            int length = random.nextInt(longest + 1);
            int from = random.nextInt(bytes.length - length + 1);
            CRC32C expected = new CRC32C();
            expected.update(i);
            int before = (int) expected.getValue();
            expected.update(bytes, from, length);
            assertThat(sums.update(before, from, length))
                    .as("%d bytes from %d on", length, from)
                    .isEqualTo((int) expected.getValue());
        }
    }

    /** Summing up each of these parts takes more than a minute, and all of them in one pass a second. */
    @Test
    @Timeout(value = 40, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void headersOfLongRecords_areSkippedInOnePass_andWhatFollowsIsRead(@TempDir Path directory)
            throws Exception {
        Path file = directory.resolve("jobs.journal");
        try (FileJournal journal = new FileJournal(directory)) {
            journal.write(List.of(Records.running(1)));
        }
        byte[] whole = Files.readAllBytes(file);
        ByteBuffer damaged = ByteBuffer.allocate(12 * MIB + 2 * whole.length);
        damaged.put(whole);
        ByteBuffer header = new Frame(Frame.JOB, new byte[MIB - 11]).bytes();
        while (damaged.remaining() > whole.length + 11) {
            damaged.put(header.array(), 0, 11);
        }
        damaged.position(damaged.limit() - whole.length);
        damaged.put(whole);
        Files.write(file, damaged.array());
        try (FileJournal journal = new FileJournal(directory)) {
            assertThat(journal.read().jobs()).containsExactly(Records.running(1));
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void partsBehindOneAnother_areSummedUpInAWindow() {
        byte[] bytes = new byte[3 * MIB];
        new SplittableRandom(7).nextBytes(bytes);
        PartChecksums sums = new PartChecksums(ByteBuffer.wrap(bytes), MIB);
        for (int from = 0; from + MIB <= bytes.length; from += MIB / 2 + 1) {
            CRC32C expected = new CRC32C();
            expected.update(bytes, from, MIB);
            assertThat(sums.update(0, from, MIB)).isEqualTo((int) expected.getValue());
        }
    }
}
