package org.jobcontrol.storage.directory;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jspecify.annotations.Nullable;

/**
 * An image with all files it reads from, each of which was found to be in the pool's directory. The
 * chain is handed to qemu-img file by file with its driver, so that qemu-img opens these files and no
 * others, whatever the headers say by then.
 */
final class ImageChain {
    /*
     *   a file of the chain                         | the chain is
     *   --------------------------------------------+---------------------------------------------
     *   is raw                                      | complete
     *   is qcow2, with its data in another file     | refused
     *   is qcow2 and names no backing file          | complete
     *   is qcow2 whose content was found, not made  | refused, unless the pool follows such chains
     *   its backing file is not a plain path, is no | refused
     *   volume in the pool's directory (by its real |
     *   path), or was in the chain before           |
     *   names another format than is recorded for   | refused
     *   its backing file                            |
     *   is the 200th and names a backing file       | refused
     *   otherwise                                   | continued with the backing file
     */
    private static final int LONGEST = 200;

    private static final String FILE_PROTOCOL = "file:";

    private static final int LONGEST_SHOWN = 200;

    /** The files from the top down. */
    private final List<Image> images = new ArrayList<>();

    /** A file and its format. */
    private record Image(Path file, String format) {}

    /** Tells the format of a file, which is recorded or else probed. */
    interface Formats {
        VolumeRecords.Format of(Path file) throws IOException;
    }

    /** Thrown when a chain is refused; the message says why. */
    static final class Unsafe extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        Unsafe(String message) {
            super(message);
        }
    }

    private ImageChain() {}

    /**
     * Follows the chain of a file.
     *
     * @param pool the directory that all files have to be in
     * @param follow whether the backing file of an image is followed whose content was found
     * @throws Unsafe if the chain is refused
     * @throws Qcow2Header.Damaged if a header is damaged
     */
    static ImageChain of(Path file, Path pool, Formats formats, boolean follow) throws IOException {
        ImageChain chain = new ImageChain();
        Path root = pool.toRealPath();
        for (Path next = file; next != null; ) {
            next = chain.add(next, root, formats, follow);
        }
        return chain;
    }

    /** Adds a file; returns its backing file, or null if there is none. */
    private @Nullable Path add(Path file, Path root, Formats formats, boolean follow)
            throws IOException {
        VolumeRecords.Format format = formats.of(file);
        images.add(new Image(representable(file.toRealPath()), format.name()));
        if (format.name().equals(VolumeSpec.RAW)) {
            return null;
        }
        Qcow2Header header = Qcow2Header.read(file);
        if (header.externalData()) {
            throw new Unsafe(file + " keeps its data in another file");
        }
        String name = header.backing();
        if (name == null) {
            return null;
        }
        if (format.found() && !follow) {
            // before the name is looked up: the answer must not tell which files there are
            throw new Unsafe(file + " reads from " + shown(name)
                    + (isIn(root, file, name)
                            ? " and was not made here; the pool's attribute follow_probed_chains allows that"
                            : ", which is not in its directory"));
        }
        Path backing = resolve(file, name, root);
        checkNew(file, name, backing);
        String named = header.backingFormat();
        String recorded = formats.of(backing).name();
        if (named != null && !named.equals(recorded)) {
            throw new Unsafe(file + " takes " + shown(name) + " for " + shown(named) + ", which is "
                    + recorded);
        }
        return backing;
    }

    private void checkNew(Path file, String name, Path backing) throws Unsafe {
        if (images.stream().anyMatch(image -> image.file.equals(backing))) {
            throw new Unsafe(
                    file + " reads from " + shown(name) + ", and so does not come to an end");
        }
        if (images.size() == LONGEST) {
            throw new Unsafe(file + " reads from " + shown(name) + ", but is file " + LONGEST
                    + " of its chain, the last that is allowed");
        }
    }

    /** Returns whether a name is in the directory, by its text alone. */
    private static boolean isIn(Path root, Path file, String name) {
        try {
            Path named = Path.of(name);
            Path directory = file.resolveSibling(named).normalize().getParent();
            boolean here = root.equals(directory) || Objects.equals(file.getParent(), directory);
            return isPlain(name) && here;
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Returns whether QEMU takes a name for a path, and not for a protocol such as json: or nbd:. */
    private static boolean isPlain(String name) {
        int colon = name.indexOf(':');
        int slash = name.indexOf('/');
        return colon < 0 || (slash >= 0 && slash < colon);
    }

    private static Path resolve(Path file, String name, Path root) throws IOException {
        try {
            Path backing = isPlain(name) ? file.resolveSibling(name).toRealPath() : null;
            if (backing != null && root.equals(backing.getParent()) && isVolume(backing)) {
                return backing;
            }
        } catch (NoSuchFileException | InvalidPathException e) {
            Unsafe missing =
                    new Unsafe(file + " reads from " + shown(name) + ", which cannot be found");
            missing.initCause(e);
            throw missing;
        }
        throw new Unsafe(file + " reads from " + shown(name) + ", which is not in its directory");
    }

    private static boolean isVolume(Path file) {
        return Files.isRegularFile(file) && !PartFile.isReserved(PoolDirectory.nameOf(file));
    }

    /**
     * Returns the file that an image names as its backing file, wherever that is; null if it names none,
     * or one that is no file of this machine.
     */
    static @Nullable Path backingOf(Path file) throws IOException {
        String name = Qcow2Header.read(file).backing();
        if (name == null) {
            return null;
        }
        String path =
                name.startsWith(FILE_PROTOCOL) ? name.substring(FILE_PROTOCOL.length()) : name;
        try {
            return isPlain(path) ? file.resolveSibling(path) : null;
        } catch (InvalidPathException e) {
            return null;
        }
    }

    /** JSON is UTF-8, so a path is the same there only if it is UTF-8 on disk. */
    private static Path representable(Path file) throws Unsafe {
        boolean ascii = file.toString().chars().allMatch(c -> c < 0x80);
        if (!ascii && !"UTF-8".equalsIgnoreCase(System.getProperty("sun.jnu.encoding"))) {
            throw new Unsafe(
                    file + " cannot be named to qemu-img: it is not ASCII, and the locale's"
                            + " encoding is " + System.getProperty("sun.jnu.encoding"));
        }
        return file;
    }

    /** Returns a name from a header for people: it may hold anything, and be long. */
    static String shown(String name) {
        StringBuilder shown = new StringBuilder("'");
        name.codePoints().limit(LONGEST_SHOWN).forEach(c -> {
            int type = Character.getType(c);
            boolean hidden = Character.isISOControl(c) || type == Character.FORMAT;
            shown.append(hidden ? String.format("\\u%04x", c) : Character.toString(c));
        });
        return shown.append(name.length() > LONGEST_SHOWN ? "...'" : "'").toString();
    }

    /** Returns the format of the topmost file. */
    String format() {
        return images.get(0).format;
    }

    /** Returns how many files there are. */
    int length() {
        return images.size();
    }

    /** Returns whether one more image may lie on this chain. */
    boolean mayGrow() {
        return images.size() < LONGEST;
    }

    /** Returns the files from the top down. */
    List<Path> files() {
        return images.stream().map(Image::file).toList();
    }

    /** Returns whether the topmost file reads from another one. */
    boolean hasBacking() {
        return images.size() > 1;
    }

    /** Returns the name under which qemu-img opens this chain and nothing else. */
    String toQemu() {
        StringBuilder json = new StringBuilder("json:");
        for (Image image : images) {
            json.append(json.length() == 5 ? "{" : ",\"backing\":{")
                    .append("\"driver\":")
                    .append(quoted(image.format))
                    .append(",\"file\":{\"driver\":\"file\",\"filename\":")
                    .append(quoted(image.file.toString()))
                    .append('}');
        }
        boolean open = images.get(images.size() - 1).format.equals(VolumeSpec.QCOW2);
        // and not what the header says by then
        json.append(open ? ",\"backing\":null" : "");
        return json.append("}".repeat(images.size())).toString();
    }

    /** Returns a JSON string in ASCII: the encoding of arguments depends on the locale. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
