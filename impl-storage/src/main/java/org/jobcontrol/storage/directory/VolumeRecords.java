package org.jobcontrol.storage.directory;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records, with the file of a volume, its format and whether it is whole. A record belongs to the file:
 * it is gone with the file, and a new file of that name has none. Safe for use by many threads.
 */
final class VolumeRecords {
    /*
     *   note               | value                       | written                        | removed
     *   -------------------+-----------------------------+--------------------------------+------------
     *   jobcontrol.format  | raw, qcow2 made FILE        | before a volume gets its name  | never
     *                      | raw found, qcow2 found      | when a file is first seen; for |
     *                      |                             | qcow2 also before an upload    |
     *   jobcontrol.state   | PARTLY_WIPED,               | before the first byte is       | after the
     *                      | PARTLY_WRITTEN              | overwritten; of a copy: before | whole volume
     *                      |                             | it gets its name               | was written
     *
     * "found" means: the content comes from elsewhere, so the names of other files in it are not this
     * driver's own. FILE is the identity of the file (see TableNotes): tools copy extended attributes,
     * from an archive too, and a copy of an image was not made here.
     *
     * Both notes are extended attributes. Only where the file system has none, or no room for them, they
     * are in a table; a note is looked for there after the attributes.
     */
    private static final Logger log = LoggerFactory.getLogger(VolumeRecords.class);
    private static final String FORMAT = "jobcontrol.format";
    private static final String STATE = "jobcontrol.state";
    static final String FOUND = " found";
    private static final String MADE_QCOW2 = VolumeSpec.QCOW2 + " made ";

    private final FileNotes attributes;
    private final TableNotes table;

    /**
     * The format of a volume.
     *
     * @param name {@code raw} or {@code qcow2}
     * @param found whether the content comes from elsewhere
     */
    record Format(String name, boolean found) {}

    /** Thrown when a record says what no version of this driver writes. */
    static final class Unknown extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        Unknown(Path file, String text) {
            super(file + " has a record of its format that is not known: "
                    + ImageChain.shown(text));
        }
    }

    /**
     * Makes records.
     *
     * @param state where those are kept that the file system cannot keep; null to forget them
     */
    VolumeRecords(@Nullable StateDirectory state) {
        this(new AttributeNotes(), state);
    }

    VolumeRecords(FileNotes attributes, @Nullable StateDirectory state) {
        this.attributes = attributes;
        this.table = new TableNotes(state);
    }

    /**
     * Returns the recorded format, or null if none is recorded.
     *
     * @throws Unknown if the record is none of this driver's
     */
    @Nullable
    Format format(Path file) throws IOException {
        String text = get(file, FORMAT);
        if (text == null) {
            return null;
        }
        if (text.startsWith(MADE_QCOW2)) {
            boolean here = TableNotes.isIdentity(file, text.substring(MADE_QCOW2.length()));
            return new Format(VolumeSpec.QCOW2, !here);
        }
        return switch (text) {
            case VolumeSpec.RAW -> new Format(VolumeSpec.RAW, false);
            case VolumeSpec.RAW + FOUND -> new Format(VolumeSpec.RAW, true);
            case VolumeSpec.QCOW2 + FOUND -> new Format(VolumeSpec.QCOW2, true);
            default -> throw new Unknown(file, text);
        };
    }

    /** Records the format of a file; {@link #force} writes that to the disk. */
    void recordFormat(Path file, Format format) throws IOException {
        boolean made = format.name().equals(VolumeSpec.QCOW2) && !format.found();
        put(
                file,
                FORMAT,
                made
                        ? MADE_QCOW2 + TableNotes.identity(file)
                        : format.name() + (format.found() ? FOUND : ""));
    }

    /** Returns whether a volume is whole; a record that is not known says that it is not. */
    VolumeState state(Path file) throws IOException {
        String text = get(file, STATE);
        if (text == null) {
            return VolumeState.INTACT;
        }
        try {
            return VolumeState.valueOf(text);
        } catch (IllegalArgumentException e) {
            log.warn("{}: the recorded state '{}' is not known", file, text, e);
            return VolumeState.PARTLY_WRITTEN;
        }
    }

    /** Records whether a volume is whole; {@link #force} writes that to the disk. */
    void recordState(Path file, VolumeState state) throws IOException {
        if (state == VolumeState.INTACT) {
            remove(file, STATE);
        } else {
            put(file, STATE, state.name());
        }
    }

    /**
     * Records that a volume is not whole from now on; that is on the disk when this returns.
     *
     * @throws IOException if it cannot be recorded; then the volume is as it was before
     */
    void mark(Path file, VolumeState state) throws IOException {
        VolumeState before = state(file);
        try {
            recordState(file, state);
            force(file);
        } catch (IOException e) {
            try {
                recordState(file, before);
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /** Waits until what is recorded of a file is on the disk. */
    void force(Path file) throws IOException {
        attributes.force(file);
        table.flush();
    }

    /** Waits until what is in the table is on the disk. */
    void flush() throws IOException {
        table.flush();
    }

    /** Deletes a file and its record. */
    void delete(Path file) throws IOException {
        String owner = TableNotes.owner(file);
        Files.delete(file);
        try {
            table.forget(owner);
        } catch (IOException e) {
            log.warn("the record of {} stays, though the file is deleted", file, e);
        }
    }

    /** Forgets a file that is discarded; a failure is logged, for the caller has another one to report. */
    void forget(Path file) {
        try {
            table.forget(TableNotes.owner(file));
        } catch (IOException e) {
            log.warn("the record of {} stays, though the file is discarded", file, e);
        }
    }

    /** Returns whether the record of a file outlives this process. */
    boolean outlive(Path file) throws IOException {
        try {
            var unused = attributes.get(file, STATE);
            return true;
        } catch (FileNotes.Unsupported e) {
            return table.outlives();
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
            log.debug("{} takes no attribute: its {} goes into the table", file, name, e);
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
        } catch (FileNotes.Unsupported e) {
            return null;
        }
    }
}
