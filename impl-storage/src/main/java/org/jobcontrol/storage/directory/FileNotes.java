package org.jobcontrol.storage.directory;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Small named texts that belong to a file, not to its name. Safe for use by many threads. */
interface FileNotes {
    /** Thrown where files cannot have notes, whatever is tried. */
    final class Unsupported extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        Unsupported(Path file, IOException cause) {
            super(file + " can have no extended attributes", cause);
        }
    }

    /**
     * Returns a note.
     *
     * @return its text, or null if the file has none of that name
     * @throws Unsupported if the file cannot have notes here
     * @throws IOException if it cannot be read whether there is one
     */
    @Nullable
    String get(Path file, String name) throws IOException;

    /**
     * Writes a note.
     *
     * @throws Unsupported if the file cannot have notes here
     * @throws IOException if it cannot be written
     */
    void put(Path file, String name, String text) throws IOException;

    /**
     * Removes a note; does nothing if there is none.
     *
     * @throws Unsupported if the file cannot have notes here
     * @throws IOException if the note is still there
     */
    void remove(Path file, String name) throws IOException;

    /**
     * Waits until the notes of a file are on the disk.
     *
     * @throws IOException if they cannot be written there
     */
    void force(Path file) throws IOException;
}
