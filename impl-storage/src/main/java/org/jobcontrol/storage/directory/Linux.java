package org.jobcontrol.storage.directory;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;

import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What Linux can do with files and the JDK cannot ask for: through JNA, where that is there. Everything
 * here has another way, which takes longer or says less.
 */
final class Linux {
    private static final int O_RDONLY = 0;
    private static final int O_RDWR = 2;
    private static final int O_NOFOLLOW = Platform.isARM() ? 0x8000 : 0x20000;
    private static final int O_CLOEXEC = 0x80000;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final long FICLONE = 0x40049409;
    private static final int SYNC_WAIT_BEFORE = 1;
    private static final int SYNC_WRITE = 2;
    private static final int SYNC_WAIT_AFTER = 4;
    private static final int F_OFD_GETLK = 36;
    private static final int F_OFD_SETLK = 37;
    private static final short F_RDLCK = 0;
    private static final short F_WRLCK = 1;
    private static final short F_UNLCK = 2;
    private static final int FLOCK_SIZE = 32;
    private static final int FLOCK_START_AT = 8;
    private static final int FLOCK_LENGTH_AT = 16;
    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int FALLOC_FL_PUNCH_HOLE = 2;
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int STATX_BLOCKS = 0x400;
    private static final int STATX_BIRTH = 0x800;
    private static final int STATX_SIZE = 256;
    private static final int STATX_MASK_AT = 0;
    private static final int STATX_BLOCKS_AT = 48;
    private static final int STATX_BIRTH_SECONDS_AT = 80;
    private static final int STATX_BIRTH_NANOS_AT = 88;
    private static final int BLOCK = 512;

    private static final int EPERM = 1;
    private static final int ENOENT = 2;
    private static final int ENXIO = 6;
    private static final int EAGAIN = 11;
    private static final int EACCES = 13;

    /** The functions, as in their manual pages. */
    interface C extends Library {
        int open(String path, int flags) throws LastErrorException;

        int close(int fd) throws LastErrorException;

        long lseek(int fd, long offset, int whence) throws LastErrorException;

        long copy_file_range(
                int from,
                LongByReference fromOffset,
                int to,
                LongByReference toOffset,
                long length,
                int flags)
                throws LastErrorException;

        int fallocate(int fd, int mode, long offset, long length) throws LastErrorException;

        long llistxattr(String path, Pointer names, long size) throws LastErrorException;

        int fcntl(int fd, int command, Pointer argument) throws LastErrorException;

        int ioctl(int fd, long request, long argument) throws LastErrorException;

        int sync_file_range(int fd, long offset, long length, int flags) throws LastErrorException;

        int statx(int directory, String path, int flags, int mask, Pointer result)
                throws LastErrorException;
    }

    /** Thrown when the kernel or the file system cannot do something: there is another way. */
    static final class Unsupported extends IOException {
        private static final long serialVersionUID = 1L;

        Unsupported(LastErrorException e) {
            super(e.getMessage(), e);
        }
    }

    private final C c;

    private Linux(C c) {
        this.c = c;
    }

    /** Binds the C library; a LinkageError says that this cannot be. */
    static Linux load() {
        String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
        // Not by Native.load, which keeps the interface for good, and so every class of this
        // bundle.
        InvocationHandler functions =
                new Library.Handler("c", C.class, Map.of(Library.OPTION_STRING_ENCODING, encoding));
        ClassLoader loader = C.class.getClassLoader();
        return new Linux((C) Proxy.newProxyInstance(loader, new Class<?>[] {C.class}, functions));
    }

    /** Returns how much disk a file takes, in bytes. */
    long allocation(Path file) throws IOException {
        try (Memory result = new Memory(STATX_SIZE)) {
            c.statx(AT_FDCWD, file.toString(), AT_SYMLINK_NOFOLLOW, STATX_BLOCKS, result);
            return result.getLong(STATX_BLOCKS_AT) * BLOCK;
        } catch (LastErrorException e) {
            throw failure(file, e);
        }
    }

    /** Returns when a file was made, as seconds and nanoseconds; empty if the file system does not know. */
    Optional<String> birth(Path file) throws IOException {
        try (Memory result = new Memory(STATX_SIZE)) {
            c.statx(AT_FDCWD, file.toString(), AT_SYMLINK_NOFOLLOW, STATX_BIRTH, result);
            boolean known = (result.getInt(STATX_MASK_AT) & STATX_BIRTH) != 0;
            return known
                    ? Optional.of(result.getLong(STATX_BIRTH_SECONDS_AT) + "."
                            + result.getInt(STATX_BIRTH_NANOS_AT))
                    : Optional.empty();
        } catch (LastErrorException e) {
            throw failure(file, e);
        }
    }

    /** Returns whether the file system of a file has extended attributes. */
    boolean hasAttributes(Path file) throws IOException {
        try {
            c.llistxattr(file.toString(), Pointer.NULL, 0);
            return true;
        } catch (LastErrorException e) {
            IOException failure = failure(file, e);
            if (failure instanceof Unsupported) {
                return false;
            }
            throw failure;
        }
    }

    OpenFile openToRead(Path file) throws IOException {
        return open(file, O_RDONLY);
    }

    OpenFile openToWrite(Path file) throws IOException {
        return open(file, O_RDWR);
    }

    private OpenFile open(Path file, int how) throws IOException {
        try {
            return new OpenFile(file, c.open(file.toString(), how | O_NOFOLLOW | O_CLOEXEC));
        } catch (LastErrorException e) {
            throw failure(file, e);
        }
    }

    private static IOException failure(Path file, LastErrorException e) {
        int errno = e.getErrorCode();
        if (errno == ENOENT) {
            return new NoSuchFileException(file.toString());
        }
        if (errno == EACCES || errno == EPERM) {
            return new AccessDeniedException(file.toString(), null, e.getMessage());
        }
        return switch (errno) {
            // EXDEV, EINVAL, ENOTTY, ENOSYS, EOPNOTSUPP
            case 18, 22, 25, 38, 95 -> new Unsupported(e);
            default -> new IOException(file + ": " + e.getMessage(), e);
        };
    }

    /** A file that is open. Used by one thread. */
    final class OpenFile implements Closeable {
        private final Path path;
        private final int fd;

        private OpenFile(Path path, int fd) {
            this.path = path;
            this.fd = fd;
        }

        /** Returns where data begins at or after a place; the end of all files if there is none. */
        long nextData(long at) throws IOException {
            try {
                return c.lseek(fd, at, SEEK_DATA);
            } catch (LastErrorException e) {
                if (e.getErrorCode() == ENXIO) {
                    return Long.MAX_VALUE;
                }
                throw failure(path, e);
            }
        }

        /** Returns where the data at a place ends. */
        long nextHole(long at) throws IOException {
            try {
                return c.lseek(fd, at, SEEK_HOLE);
            } catch (LastErrorException e) {
                throw failure(path, e);
            }
        }

        /** Makes this share all data with another file, until one of the two is written. */
        void shareWith(OpenFile source) throws IOException {
            try {
                c.ioctl(fd, FICLONE, source.fd);
            } catch (LastErrorException e) {
                throw failure(path, e);
            }
        }

        /** Copies bytes from another file to the same place here; returns how many. */
        long copy(OpenFile source, long at, long length) throws IOException {
            try {
                LongByReference from = new LongByReference(at);
                LongByReference to = new LongByReference(at);
                return c.copy_file_range(source.fd, from, fd, to, length, 0);
            } catch (LastErrorException e) {
                throw failure(path, e);
            }
        }

        /** Takes disk for the begin of the file, which becomes so long and reads as zeros. */
        void allocate(long length) throws IOException {
            try {
                c.fallocate(fd, 0, 0, length);
            } catch (LastErrorException e) {
                throw failure(path, e);
            }
        }

        /** Takes all data out of the file, which stays as long and reads as zeros. */
        void punch(long length) throws IOException {
            try {
                c.fallocate(fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, 0, length);
            } catch (LastErrorException e) {
                throw failure(path, e);
            }
        }

        /** Returns whether another open file has a lock on some of these bytes, a shared one included. */
        boolean isLocked(long first, long length) throws IOException {
            try (Memory lock = lock(F_WRLCK, first, length)) {
                c.fcntl(fd, F_OFD_GETLK, lock);
                return lock.getShort(0) != F_UNLCK;
            } catch (LastErrorException e) {
                throw failure(path, e);
            }
        }

        /**
         * Locks bytes until this is closed. Unlike a POSIX lock it belongs to this open file alone.
         *
         * @return false if another open file has a lock on some of them that excludes this one
         */
        boolean tryLock(long first, long length, boolean shared) throws IOException {
            try (Memory lock = lock(shared ? F_RDLCK : F_WRLCK, first, length)) {
                c.fcntl(fd, F_OFD_SETLK, lock);
                return true;
            } catch (LastErrorException e) {
                if (e.getErrorCode() == EAGAIN || e.getErrorCode() == EACCES) {
                    return false;
                }
                throw failure(path, e);
            }
        }

        private static Memory lock(short type, long first, long length) {
            Memory lock = new Memory(FLOCK_SIZE);
            lock.clear();
            lock.setShort(0, type);
            lock.setLong(FLOCK_START_AT, first);
            lock.setLong(FLOCK_LENGTH_AT, length);
            return lock;
        }

        /** Has a stretch of the file written to the disk, and does not wait for that. */
        void startWriting(long at, long length) throws IOException {
            sync(at, length, SYNC_WRITE);
        }

        /** Waits until a stretch of the file is written. */
        void awaitWritten(long at, long length) throws IOException {
            sync(at, length, SYNC_WAIT_BEFORE | SYNC_WRITE | SYNC_WAIT_AFTER);
        }

        private void sync(long at, long length, int flags) throws IOException {
            try {
                c.sync_file_range(fd, at, length, flags);
            } catch (LastErrorException e) {
                throw failure(path, e);
            }
        }

        @Override
        public void close() throws IOException {
            try {
                c.close(fd);
            } catch (LastErrorException e) {
                throw failure(path, e);
            }
        }
    }
}
