package org.jobcontrol.storage.directory;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jobcontrol.api.storage.VolumeState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers which files hold half of something. A mark is put before the first byte is overwritten and
 * taken away after the last, as an extended attribute of the file, so that it outlives this process.
 * Where the file system has none, it lasts as long as this.
 */
final class Marks {
    private static final Logger log = LoggerFactory.getLogger(Marks.class);
    private static final String ATTRIBUTE = "jobcontrol.state";
    private static final int LONGEST = 64;

    private final Map<Path, VolumeState> remembered = new ConcurrentHashMap<>();

    void put(Path file, VolumeState state) {
        remembered.put(file, state);
        try {
            view(file).write(ATTRIBUTE, ByteBuffer.wrap(bytes(state)));
        } catch (IOException | UnsupportedOperationException e) {
            log.debug("{}: the mark {} will not outlive this process", file, state, e);
        }
    }

    /** Takes the mark away, or forgets a file that is gone. */
    void clear(Path file) throws IOException {
        remembered.remove(file);
        if (Files.exists(file, NOFOLLOW_LINKS) && attribute(file) != VolumeState.INTACT) {
            view(file).delete(ATTRIBUTE);
        }
    }

    /** Returns whether a mark of a file would outlive this process. */
    static boolean outlive(Path file) {
        try {
            var unused = view(file).list();
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            log.debug("{} can have no mark that outlives this process", file, e);
            return false;
        }
    }

    VolumeState of(Path file) {
        VolumeState known = remembered.get(file);
        return known == null ? attribute(file) : known;
    }

    private static VolumeState attribute(Path file) {
        try {
            UserDefinedFileAttributeView view = view(file);
            if (!view.list().contains(ATTRIBUTE) || view.size(ATTRIBUTE) > LONGEST) {
                return VolumeState.INTACT;
            }
            ByteBuffer value = ByteBuffer.allocate(LONGEST);
            view.read(ATTRIBUTE, value);
            String name = StandardCharsets.UTF_8.decode(value.flip()).toString();
            return VolumeState.valueOf(name);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            log.debug("{} has no mark that can be read", file, e);
            return VolumeState.INTACT;
        }
    }

    private static UserDefinedFileAttributeView view(Path file) {
        UserDefinedFileAttributeView view = Files.getFileAttributeView(
                file, UserDefinedFileAttributeView.class, NOFOLLOW_LINKS);
        if (view == null) {
            throw new UnsupportedOperationException("no extended attributes");
        }
        return view;
    }

    private static byte[] bytes(VolumeState state) {
        return state.name().getBytes(StandardCharsets.UTF_8);
    }
}
