package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A connection is configured for as long as the file of its configuration is there. */
class DeletedConfigurationTest {
    @TempDir
    private Path directory;

    private static Map<String, Object> of(Path file) {
        return Map.of(LibvirtConnection.FILE, file.toUri().toString());
    }

    @Test
    void deletedFile_ofAFileThatIsThere_isEmpty() throws Exception {
        Path file = Files.createFile(directory.resolve("org.jobcontrol.libvirt-a b.cfg"));
        assertThat(LibvirtConnection.deletedFile(of(file))).isEmpty();
    }

    @Test
    void deletedFile_ofAFileThatWasDeleted_isTheFile() {
        Path file = directory.resolve("org.jobcontrol.libvirt-a b.cfg");
        assertThat(LibvirtConnection.deletedFile(of(file))).contains(file);
    }

    @Test
    void deletedFile_ofAConfigurationWithoutAFile_isEmpty() {
        assertThat(LibvirtConnection.deletedFile(Map.of())).isEmpty();
    }
}
