package org.jobcontrol.storage.directory;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import org.jspecify.annotations.Nullable;

/** Notes as extended attributes: they go with the file when it is renamed, linked or deleted. */
final class AttributeNotes implements FileNotes {
    private static final int LONGEST = 64;

    @Override
    public @Nullable String get(Path file, String name) throws IOException {
        UserDefinedFileAttributeView view = view(file);
        if (!view.list().contains(name) || view.size(name) > LONGEST) {
            return null;
        }
        ByteBuffer value = ByteBuffer.allocate(LONGEST);
        view.read(name, value);
        return StandardCharsets.UTF_8.decode(value.flip()).toString();
    }

    @Override
    public void put(Path file, String name, String text) throws IOException {
        view(file).write(name, StandardCharsets.UTF_8.encode(text));
    }

    @Override
    public void remove(Path file, String name) throws IOException {
        UserDefinedFileAttributeView view = view(file);
        if (view.list().contains(name)) {
            view.delete(name);
        }
    }

    @Override
    public void force(Path file) throws IOException {
        try (FileChannel channel = Bytes.openToRead(file)) {
            channel.force(true);
        }
    }

    private static UserDefinedFileAttributeView view(Path file) throws IOException {
        UserDefinedFileAttributeView view = Files.getFileAttributeView(
                file, UserDefinedFileAttributeView.class, NOFOLLOW_LINKS);
        if (view == null) {
            throw new IOException(file + ": the platform has no extended attributes");
        }
        return view;
    }
}
