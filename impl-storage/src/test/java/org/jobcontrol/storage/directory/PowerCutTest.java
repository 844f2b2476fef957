package org.jobcontrol.storage.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jobcontrol.api.storage.VolumeState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume that is about to be changed is marked on the disk before, not in memory only. */
class PowerCutTest {
    @TempDir
    private Path directory;

    /** Notes that a power cut takes back to what was forced. */
    private static final class Disk implements FileNotes {
        private final Map<String, String> memory = new HashMap<>();
        private final Map<String, String> disk = new HashMap<>();

        @Override
        public @Nullable String get(Path file, String name) {
            return memory.get(name);
        }

        @Override
        public void put(Path file, String name, String text) {
            memory.put(name, text);
        }

        @Override
        public void remove(Path file, String name) {
            memory.remove(name);
        }

        @Override
        public void force(Path file) {
            disk.clear();
            disk.putAll(memory);
        }

        void cutPower() {
            memory.clear();
            memory.putAll(disk);
        }
    }

    @Test
    void mark_isThereAfterAPowerCut() throws Exception {
        Path file = Files.createFile(directory.resolve("a.img"));
        Disk disk = new Disk();
        VolumeRecords records = new VolumeRecords(disk, null);
        records.mark(file, VolumeState.PARTLY_WIPED);
        disk.cutPower();
        assertThat(records.state(file)).isEqualTo(VolumeState.PARTLY_WIPED);
    }
}
