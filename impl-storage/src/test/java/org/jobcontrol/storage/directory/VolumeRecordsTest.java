package org.jobcontrol.storage.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;
import org.jobcontrol.api.storage.VolumeState;
import org.jobcontrol.storage.directory.VolumeRecords.Format;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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
            throw new Unsupported(file, new IOException("for a test"));
        }

        @Override
        public void put(Path file, String name, String text) throws IOException {
            throw new Unsupported(file, new IOException("for a test"));
        }

        @Override
        public void remove(Path file, String name) throws IOException {
            throw new Unsupported(file, new IOException("for a test"));
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
            return new VolumeRecords(
                    new NoAttributes(), new StateDirectory(state.toString(), null));
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
        records.recordFormat(file, new Format("qcow2", false));
        records.recordState(file, VolumeState.PARTLY_WIPED);
        records.force(file);
        assertThat(records(kept).format(file)).isEqualTo(new Format("qcow2", false));
        assertThat(records(kept).state(file)).isEqualTo(VolumeState.PARTLY_WIPED);
        records.recordFormat(file, new Format("raw", true));
        records.recordState(file, VolumeState.INTACT);
        records.force(file);
        assertThat(records(kept).format(file)).isEqualTo(new Format("raw", true));
        assertThat(records(kept).state(file)).isEqualTo(VolumeState.INTACT);
    }

    @ParameterizedTest
    @EnumSource
    void record_followsTheFileToAnotherName(Kept kept) throws Exception {
        VolumeRecords records = records(kept);
        records.recordState(file, VolumeState.PARTLY_WRITTEN);
        Path moved = Files.move(file, directory.resolve("b.img"));
        assertThat(records.state(moved)).isEqualTo(VolumeState.PARTLY_WRITTEN);
    }

    @ParameterizedTest
    @EnumSource
    void newFile_ofTheSameName_hasNoRecord(Kept kept) throws Exception {
        VolumeRecords records = records(kept);
        records.recordFormat(file, new Format("qcow2", false));
        records.recordState(file, VolumeState.PARTLY_WRITTEN);
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
        records.recordState(file, VolumeState.PARTLY_WRITTEN);
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
        records.recordFormat(file, new Format("raw", false));
        records.force(file);
        records.delete(file);
        assertThat(file).doesNotExist();
        Path table = state.resolve("volumes.properties");
        assertThat(!Files.exists(table) || DurableFiles.read(table).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void file_thatIsGone_isSaid(Kept kept) throws Exception {
        VolumeRecords records = records(kept);
        records.recordFormat(file, new Format("raw", true));
        Files.delete(file);
        assertThatThrownBy(() -> records.format(file)).isInstanceOf(IOException.class);
    }

    /** Tools copy attributes, and archives bring them along: a copy of an image was not made here. */
    @Test
    void recordOfAnImage_onACopyOfItsFile_saysFound() throws Exception {
        VolumeRecords records = records(Kept.AS_ATTRIBUTE);
        records.recordFormat(file, new Format("qcow2", false));
        Path copy = Files.copy(file, directory.resolve("copy"), StandardCopyOption.COPY_ATTRIBUTES);
        assertThat(records.format(copy)).isEqualTo(new Format("qcow2", true));
        records.recordFormat(file, new Format("raw", false));
        Path raw = Files.copy(file, directory.resolve("raw"), StandardCopyOption.COPY_ATTRIBUTES);
        assertThat(records.format(raw)).isEqualTo(new Format("raw", false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "vmdk",
                "qcow2",
                "qcow2\",\"backing.file.filename\":\"/etc/shadow",
                "qcow2 found ",
                "raw\nfound"
            })
    void record_thatNobodyHereWrites_isRefused(String text) throws Exception {
        VolumeRecords records = records(Kept.AS_ATTRIBUTE);
        new AttributeNotes().put(file, "jobcontrol.format", text);
        assertThatThrownBy(() -> records.format(file)).isInstanceOf(VolumeRecords.Unknown.class);
    }

    /** A process that has no descriptor left must not take a volume for one without a record. */
    @Test
    void record_thatCannotBeReadNow_isNoMissingOne() throws Exception {
        FileNotes failing = new FileNotes() {
            @Override
            public @Nullable String get(Path file, String name) throws IOException {
                throw new IOException("too many open files");
            }

            @Override
            public void put(Path file, String name, String text) throws IOException {
                throw new IOException("too many open files");
            }

            @Override
            public void remove(Path file, String name) throws IOException {
                throw new IOException("too many open files");
            }

            @Override
            public void force(Path file) {}
        };
        VolumeRecords records =
                new VolumeRecords(failing, new StateDirectory(state.toString(), null));
        assertThatThrownBy(() -> new Volumes(records).format(file))
                .hasMessage("too many open files");
        assertThatThrownBy(() -> records.state(file)).hasMessage("too many open files");
        assertThatThrownBy(() -> records.mark(file, VolumeState.PARTLY_WIPED))
                .hasMessage("too many open files");
    }

    @Test
    void mark_thatCannotBeWrittenToTheDisk_isTakenBack() throws Exception {
        Path occupied = state.resolve("volumes.properties.new");
        VolumeRecords records = records(Kept.IN_TABLE);
        Files.createDirectory(occupied);
        assertThatThrownBy(() -> records.mark(file, VolumeState.PARTLY_WIPED))
                .isInstanceOf(IOException.class);
        assertThat(records.state(file)).isEqualTo(VolumeState.INTACT);
        Files.delete(occupied);
        records.mark(file, VolumeState.PARTLY_WIPED);
        assertThat(records(Kept.IN_TABLE).state(file)).isEqualTo(VolumeState.PARTLY_WIPED);
    }

    @Test
    void table_thatIsDamaged_isKeptBeside() throws Exception {
        Files.writeString(state.resolve("volumes.properties"), "a=\\u12");
        VolumeRecords records = records(Kept.IN_TABLE);
        assertThat(records.format(file)).isNull();
        records.recordFormat(file, new Format("raw", false));
        records.force(file);
        assertThat(records(Kept.IN_TABLE).format(file)).isEqualTo(new Format("raw", false));
        try (Stream<Path> files = Files.list(state)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .anyMatch(name -> name.startsWith("volumes.properties.damaged-"));
        }
    }

    /** A real file system without extended attributes. */
    @Test
    void ramfs_hasItsRecordsInTheTable() throws Exception {
        Path mount = Files.createDirectory(home.resolve("ramfs"));
        assumeTrue(
                run("mount", "-t", "ramfs", "none", mount.toString()), "needs the right to mount");
        try {
            Path volume = Files.writeString(mount.resolve("a.img"), "a");
            VolumeRecords records = new VolumeRecords(new StateDirectory(state.toString(), null));
            records.recordFormat(volume, new Format("raw", false));
            records.mark(volume, VolumeState.PARTLY_WRITTEN);
            assertThat(DurableFiles.read(state.resolve("volumes.properties"))).hasSize(2);
            assertThat(new VolumeRecords(new StateDirectory(state.toString(), null)).state(volume))
                    .isEqualTo(VolumeState.PARTLY_WRITTEN);
        } finally {
            assertThat(run("umount", mount.toString())).isTrue();
        }
    }

    private static boolean run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor() == 0;
    }

    /** An inode can be guessed, a time of birth cannot. */
    @Test
    void recordOfAnImage_withoutBirth_saysFound() throws Exception {
        assumeTrue(LinuxSupport.linux().isPresent(), "only Linux tells when a file was made");
        VolumeRecords records = records(Kept.AS_ATTRIBUTE);
        Object inode = Files.getAttribute(file, "unix:ino");
        new AttributeNotes().put(file, "jobcontrol.format", "qcow2 made " + inode + "@");
        assertThat(records.format(file)).isEqualTo(new Format("qcow2", true));
    }

    @Test
    void record_thatIsTooLong_isRefused() throws Exception {
        VolumeRecords records = records(Kept.AS_ATTRIBUTE);
        new AttributeNotes().put(file, "jobcontrol.format", "x".repeat(500));
        assertThatThrownBy(() -> records.format(file)).isInstanceOf(VolumeRecords.Unknown.class);
    }

    /** A table that cannot be read now is neither damaged nor empty. */
    @Test
    void table_thatCannotBeRead_isNotSetAside() throws Exception {
        Path table = Files.createDirectory(state.resolve("volumes.properties"));
        assertThatThrownBy(() -> records(Kept.IN_TABLE).format(file))
                .isInstanceOf(IOException.class);
        assertThat(table).isDirectory();
    }

    /** Another process may just be making it. */
    @Test
    void file_thatIsStillEmpty_isProbedAgain() throws Exception {
        Volumes volumes = new Volumes(records(Kept.AS_ATTRIBUTE));
        Path image = Files.createFile(directory.resolve("b.img"));
        assertThat(volumes.format(image)).isEqualTo(new Format("raw", true));
        byte[] header = new byte[100];
        header[0] = 'Q';
        header[1] = 'F';
        header[2] = 'I';
        header[3] = (byte) 0xfb;
        Files.write(image, header);
        assertThat(volumes.format(image)).isEqualTo(new Format("qcow2", true));
    }
}
