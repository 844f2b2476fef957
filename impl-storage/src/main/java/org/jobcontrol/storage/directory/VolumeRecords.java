package org.jobcontrol.storage.directory;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jobcontrol.api.storage.VolumeState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is recorded with the file of a volume: its format, and whether something was left half done.
 * The record belongs to the file, so it is gone with the file and a new file of that name has none.
 * Safe for use by many threads.
 */
final class VolumeRecords {
    /*
     *   note               | value                       | written                        | removed
     *   -------------------+-----------------------------+--------------------------------+------------
     *   jobcontrol.format  | raw, qcow2                  | before a volume gets its name  | never
     *                      | raw found, qcow2 found      | when a file is first seen; for |
     *                      |                             | qcow2 also before an upload    |
     *   jobcontrol.state   | PARTLY_WIPED,               | before the first byte is       | after the
     *                      | PARTLY_WRITTEN              | overwritten; of a copy: before | whole volume
     *                      |                             | it gets its name               | was written
     *
     * "found" means: the content comes from elsewhere, so the names of other files in it are not this
     * driver's own. Both notes are extended attributes; where the file system has none, they are in a
     * table (see TableNotes). A note is looked for in both: the attribute counts.
     */
    private static final Logger log = LoggerFactory.getLogger(VolumeRecords.class);
    private static final String FORMAT = "jobcontrol.format";
    private static final String STATE = "jobcontrol.state";
    private static final String FOUND = " found";

    private final FileNotes attributes;
    private final TableNotes table;

    /**
     * The format of a volume.
     *
     * @param name {@code raw} or {@code qcow2}
     * @param found whether the content comes from elsewhere
     */
    record Format(String name, boolean found) {}

    /**
     * Makes records.
     *
     * @param stateDirectory where they are kept that the file system cannot keep; null to forget them
     */
    VolumeRecords(@Nullable Path stateDirectory) {
        this(new AttributeNotes(), stateDirectory);
    }

    VolumeRecords(FileNotes attributes, @Nullable Path stateDirectory) {
        this.attributes = attributes;
        this.table = new TableNotes(stateDirectory);
    }

    /** Returns the recorded format, or null if nobody has recorded one. */
    @Nullable
    Format format(Path file) throws IOException {
        String text = get(file, FORMAT);
        if (text == null) {
            return null;
        }
        boolean found = text.endsWith(FOUND);
        return new Format(found ? text.substring(0, text.length() - FOUND.length()) : text, found);
    }

    /** Records the format of a file; {@link #force} writes that to the disk. */
    void format(Path file, Format format) throws IOException {
        put(file, FORMAT, format.name() + (format.found() ? FOUND : ""));
    }

    /** Returns whether something was left half done on a file. */
    VolumeState state(Path file) {
        try {
            String text = get(file, STATE);
            return text == null ? VolumeState.INTACT : VolumeState.valueOf(text);
        } catch (IOException | IllegalArgumentException e) {
            log.warn("{}: the record of its state cannot be read", file, e);
            return VolumeState.INTACT;
        }
    }

    /** Records that something is half done on a file from now on; {@link #force} likewise. */
    void state(Path file, VolumeState state) throws IOException {
        if (state == VolumeState.INTACT) {
            remove(file, STATE);
        } else {
            put(file, STATE, state.name());
        }
    }

    /** Waits until what is recorded of a file is on the disk. */
    void force(Path file) throws IOException {
        attributes.force(file);
        table.flush();
    }

    /** Returns whether the record of a file outlives this process. */
    boolean outlive(Path file) {
        try {
            var unused = attributes.get(file, STATE);
            return true;
        } catch (IOException e) {
            log.debug("{} has no extended attributes", file, e);
            return table.outlives();
        }
    }

    /** Waits until what is in the table is on the disk. */
    void flush() throws IOException {
        table.flush();
    }

    /** Deletes a file and its record. */
    void delete(Path file) throws IOException {
        String owner = TableNotes.owner(file);
        Files.delete(file);
        table.forget(owner);
    }

    /** Forgets the files of a directory that are not among these: others have deleted them. */
    void retain(Path directory, Set<Path> files) {
        try {
            table.retain(directory, files);
            table.flush();
        } catch (IOException e) {
            log.warn("the records of files that are gone from {} stay", directory, e);
        }
    }

    private @Nullable String get(Path file, String name) throws IOException {
        String text = attribute(file, name);
        return text != null ? text : table.get(file, name);
    }

    private void put(Path file, String name, String text) throws IOException {
        try {
            attributes.put(file, name, text);
        } catch (IOException e) {
            if (attribute(file, name) != null) {
                // the table would not count
                throw e;
            }
            log.debug("{} has no extended attributes: its {} goes into a table", file, name, e);
            table.put(file, name, text);
        }
    }

    private void remove(Path file, String name) throws IOException {
        if (attribute(file, name) != null) {
            attributes.remove(file, name);
        }
        table.remove(file, name);
    }

    /** Returns an attribute, or null if there is none or the file system has none. */
    private @Nullable String attribute(Path file, String name) throws IOException {
        try {
            return attributes.get(file, name);
        } catch (IOException e) {
            if (!Files.exists(file, NOFOLLOW_LINKS)) {
                throw e;
            }
            log.debug("{} has no extended attributes", file, e);
            return null;
        }
    }
}
