package org.jobcontrol.storage.directory;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Notes as extended attributes: they go with the file when it is renamed, linked or deleted. */
final class AttributeNotes implements FileNotes {
    private static final int LONGEST = 128;

    /** Stands for a text that nothing here writes. */
    private static final String TOO_LONG = "a text of more than " + LONGEST + " bytes";

    @Override
    public @Nullable String get(Path file, String name) throws IOException {
        UserDefinedFileAttributeView view = view(file);
        if (!names(file, view).contains(name)) {
            return null;
        }
        if (view.size(name) > LONGEST) {
            return TOO_LONG;
        }
        ByteBuffer value = ByteBuffer.allocate(LONGEST);
        view.read(name, value);
        return StandardCharsets.UTF_8.decode(value.flip()).toString();
    }

    @Override
    public void put(Path file, String name, String text) throws IOException {
        UserDefinedFileAttributeView view = view(file);
        List<String> unused = names(file, view);
        view.write(name, StandardCharsets.UTF_8.encode(text));
    }

    @Override
    public void remove(Path file, String name) throws IOException {
        UserDefinedFileAttributeView view = view(file);
        if (names(file, view).contains(name)) {
            view.delete(name);
        }
    }

    @Override
    public void force(Path file) throws IOException {
        try (FileChannel channel = Bytes.openToRead(file)) {
            channel.force(true);
        }
    }

    /**
     * Lists the attributes of a file. Only an answer that says so means that there are none: a process
     * that has no descriptor left, for example, must not take a volume for one that nobody recorded.
     */
    private static List<String> names(Path file, UserDefinedFileAttributeView view)
            throws IOException {
        try {
            return view.list();
        } catch (IOException e) {
            Optional<Linux> linux = LinuxSupport.linux();
            boolean none = linux.isPresent()
                    ? !linux.get().hasAttributes(file)
                    : String.valueOf(e.getMessage()).contains("not supported");
            throw none ? new Unsupported(file, e) : e;
        }
    }

    private static UserDefinedFileAttributeView view(Path file) throws IOException {
        UserDefinedFileAttributeView view = Files.getFileAttributeView(
                file, UserDefinedFileAttributeView.class, NOFOLLOW_LINKS);
        if (view == null) {
            throw new Unsupported(file, new IOException("the platform has none"));
        }
        return view;
    }
}
