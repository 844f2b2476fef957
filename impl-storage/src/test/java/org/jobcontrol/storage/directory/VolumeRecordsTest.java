package org.jobcontrol.storage.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import org.jobcontrol.api.storage.VolumeState;
import org.jobcontrol.storage.directory.VolumeRecords.Format;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A record belongs to its file, whether it is an attribute of it or a line in the table. */
class VolumeRecordsTest {
    @TempDir
    private Path home;

    private Path directory;
    private Path state;
    private Path file;

    enum Kept {
        AS_ATTRIBUTE,
        IN_TABLE
    }

    /** A file system without extended attributes. */
    private static final class NoAttributes implements FileNotes {
        @Override
        public @Nullable String get(Path file, String name) throws IOException {
            throw new IOException("no attributes");
        }

        @Override
        public void put(Path file, String name, String text) throws IOException {
            throw new IOException("no attributes");
        }

        @Override
        public void remove(Path file, String name) throws IOException {
            throw new IOException("no attributes");
        }

        @Override
        public void force(Path file) {}
    }

    @BeforeEach
    void makeFile() throws IOException {
        directory = Files.createDirectory(home.resolve("images"));
        state = Files.createDirectory(home.resolve("state"));
        file = Files.writeString(directory.resolve("a.img"), "a");
    }

    /** Returns records as another process has them. */
    private VolumeRecords records(Kept kept) throws IOException {
        if (kept == Kept.IN_TABLE) {
            return new VolumeRecords(new NoAttributes(), state);
        }
        VolumeRecords records = new VolumeRecords(null);
        assumeTrue(records.outlive(file), "no extended attributes in " + directory);
        return records;
    }

    @ParameterizedTest
    @EnumSource
    void record_outlivesItsProcess(Kept kept) throws Exception {
        VolumeRecords records = records(kept);
        assertThat(records.outlive(file)).isTrue();
        records.format(file, new Format("qcow2", false));
        records.state(file, VolumeState.PARTLY_WIPED);
        records.force(file);
        assertThat(records(kept).format(file)).isEqualTo(new Format("qcow2", false));
        assertThat(records(kept).state(file)).isEqualTo(VolumeState.PARTLY_WIPED);
        records.format(file, new Format("raw", true));
        records.state(file, VolumeState.INTACT);
        records.force(file);
        assertThat(records(kept).format(file)).isEqualTo(new Format("raw", true));
        assertThat(records(kept).state(file)).isEqualTo(VolumeState.INTACT);
    }

    @ParameterizedTest
    @EnumSource
    void record_followsTheFileToAnotherName(Kept kept) throws Exception {
        VolumeRecords records = records(kept);
        records.state(file, VolumeState.PARTLY_WRITTEN);
        Path moved = Files.move(file, directory.resolve("b.img"));
        assertThat(records.state(moved)).isEqualTo(VolumeState.PARTLY_WRITTEN);
    }

    @ParameterizedTest
    @EnumSource
    void newFile_ofTheSameName_hasNoRecord(Kept kept) throws Exception {
        VolumeRecords records = records(kept);
        records.format(file, new Format("qcow2", false));
        records.state(file, VolumeState.PARTLY_WRITTEN);
        Path other = Files.writeString(directory.resolve("other"), "whole");
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        assertThat(records.state(file)).isEqualTo(VolumeState.INTACT);
        assertThat(records.format(file)).isNull();
    }

    /** ext4 gives the inode that was freed last to the next file. */
    @ParameterizedTest
    @EnumSource
    void newFile_ofTheSameInode_hasNoRecord(Kept kept) throws Exception {
        assumeTrue(LinuxSupport.linux().isPresent(), "only Linux tells when a file was made");
        VolumeRecords records = records(kept);
        records.state(file, VolumeState.PARTLY_WRITTEN);
        Object inode = Files.getAttribute(file, "unix:ino");
        boolean same = false;
        for (int i = 0; i < 100 && !same; i++) {
            Files.delete(file);
            Files.writeString(file, "whole");
            same = inode.equals(Files.getAttribute(file, "unix:ino"));
        }
        assumeTrue(same, "the file system does not use inodes again at once");
        assertThat(records.state(file)).isEqualTo(VolumeState.INTACT);
    }

    @ParameterizedTest
    @EnumSource
    void file_thatIsDeleted_takesItsRecordWithIt(Kept kept) throws Exception {
        VolumeRecords records = records(kept);
        records.format(file, new Format("raw", false));
        records.force(file);
        records.delete(file);
        assertThat(file).doesNotExist();
        Path table = state.resolve("volumes.properties");
        assertThat(!Files.exists(table) || DurableFiles.read(table).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void retain_dropsFilesThatOthersHaveDeleted(Kept kept) throws Exception {
        VolumeRecords records = records(kept);
        Path stays = Files.writeString(directory.resolve("b.img"), "b");
        Path elsewhere = Files.writeString(home.resolve("c.img"), "c");
        for (Path each : Set.of(file, stays, elsewhere)) {
            records.format(each, new Format("raw", true));
        }
        Files.delete(file);
        records.retain(directory, Set.of(file, stays));
        assertThat(records(kept).format(stays)).isEqualTo(new Format("raw", true));
        assertThat(records(kept).format(elsewhere)).isEqualTo(new Format("raw", true));
        if (kept == Kept.IN_TABLE) {
            assertThat(DurableFiles.read(state.resolve("volumes.properties"))).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void file_thatIsGone_isSaid(Kept kept) throws Exception {
        VolumeRecords records = records(kept);
        records.format(file, new Format("raw", true));
        Files.delete(file);
        assertThatThrownBy(() -> records.format(file)).isInstanceOf(IOException.class);
    }
}
