package org.jobcontrol.storage.directory;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Small named texts that belong to a file, not to its name. Safe for use by many threads. */
interface FileNotes {
    /**
     * Returns a note.
     *
     * @return its text, or null if the file has none of that name
     * @throws IOException if the file cannot have notes here
     */
    @Nullable
    String get(Path file, String name) throws IOException;

    /**
     * Writes a note.
     *
     * @throws IOException if the file cannot have notes here
     */
    void put(Path file, String name, String text) throws IOException;

    /**
     * Removes a note; does nothing if there is none.
     *
     * @throws IOException if the file cannot have notes here, or the note is still there
     */
    void remove(Path file, String name) throws IOException;

    /**
     * Waits until the notes of a file are on the disk.
     *
     * @throws IOException if they cannot be written there
     */
    void force(Path file) throws IOException;
}
