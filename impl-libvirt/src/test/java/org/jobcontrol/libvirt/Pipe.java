package org.jobcontrol.libvirt;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A pipe with a reader that reads nothing until it is told to: what is written into it lasts. */
final class Pipe implements AutoCloseable {
    private final Path path;
    private final CountDownLatch open = new CountDownLatch(1);
    private final CountDownLatch flows = new CountDownLatch(1);
    private final CompletableFuture<Long> read = new CompletableFuture<>();

    Pipe(Path path) throws IOException, InterruptedException {
        this.path = path;
        if (new ProcessBuilder("mkfifo", path.toString()).start().waitFor() != 0) {
            throw new IOException(path + " is not made");
        }
        Thread reader = new Thread(this::readAll, "reader of " + path);
        reader.setDaemon(true);
        reader.start();
    }

    Path path() {
        return path;
    }

    /** For ever: whoever has written all opens it again to finish, and would wait for a reader. */
    private void readAll() {
        try {
            while (true) {
                read.complete(read());
            }
        } catch (IllegalStateException e) {
            read.completeExceptionally(e);
        }
    }

    private long read() {
        try (InputStream in = Files.newInputStream(path)) {
            open.countDown();
            flows.await();
            return in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until somebody writes into it. */
    void awaitWriter() throws InterruptedException {
        if (!open.await(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("nobody writes into " + path);
        }
    }

    /** Lets it flow, and returns how many bytes came until its writer closed it. */
    long drain() {
        flows.countDown();
        return read.join();
    }

    /** Lets it flow, and waits for nobody. */
    @Override
    public void close() {
        flows.countDown();
    }
}
