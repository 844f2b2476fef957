package org.jobcontrol.storage.directory;

import java.io.IOException;
import java.nio.file.Path;
import org.jobcontrol.api.storage.VolumeState;

/** Marks files as the driver does. */
public final class TestMarks {
    private TestMarks() {}

    /** Marks a file as partly wiped. */
    public static void partlyWiped(Path file) throws IOException {
        new VolumeRecords(null).recordState(file, VolumeState.PARTLY_WIPED);
    }
}
