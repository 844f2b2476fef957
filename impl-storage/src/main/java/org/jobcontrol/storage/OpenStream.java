package org.jobcontrol.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jspecify.annotations.Nullable;

/**
 * A volume that is open, and the job that holds it for as long. An abort ends both at once, whatever
 * the user does: it closes what the driver opened, which ends a read or write that goes on, and then
 * the job.
 */
abstract class OpenStream implements Channel {
    private final Job job;
    private final Channel opened;
    private final AtomicBoolean ended = new AtomicBoolean();

    /** Done when all is closed and the job has ended, whoever does that. */
    private final CountDownLatch over = new CountDownLatch(1);

    private volatile @Nullable Thread closer;
    private volatile @Nullable IOException failure;

    OpenStream(Job job, Channel opened) {
        this.job = job;
        this.opened = opened;
    }

    /** To be called when everything is there that an abort needs. */
    final void begin() {
        job.onAbort(this::abort);
    }

    /** Does what is to be done at a close to which nothing failed. */
    abstract void complete() throws IOException;

    /** Does what is to be done when all is closed, however that came about, and the job not ended. */
    abstract void closed();

    @Override
    public final boolean isOpen() {
        return !ended.get();
    }

    final void checkOpen() throws IOException {
        if (!isOpen()) {
            IOException known = failure;
            throw known == null ? new ClosedChannelException() : again(known);
        }
    }

    /** Remembers why a read or write failed, and returns it for the user. */
    final IOException failed(Exception e) {
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        IOException known = failure;
        if (known != null) {
            // An abort in this moment has closed the file under the user, and says so.
            return again(known);
        }
        IOException first = new IOException(job.target() + ": " + e.getMessage(), e);
        failure = first;
        return first;
    }

    @Override
    public final void close() throws IOException {
        if (!ended.compareAndSet(false, true)) {
            awaitOver();
            IOException known = failure;
            if (known != null) {
                throw again(known);
            }
            return;
        }
        closer = Thread.currentThread();
        try (opened) {
            IOException known = failure;
            if (known != null) {
                fail(known);
                throw again(known);
            }
            complete();
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
            throw e;
        } finally {
            end();
        }
    }

    private void abort() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        closer = Thread.currentThread();
        JobAbortedException cause =
                new JobAbortedException(job.id(), job.operation() + " was asked to abort");
        IOException told = new IOException(cause.getMessage(), cause);
        failure = told;
        try (opened) {
            fail(cause);
        } catch (IOException e) {
            told.addSuppressed(e);
        } finally {
            end();
        }
    }

    private void end() {
        try {
            closed();
        } finally {
            job.close();
            over.countDown();
        }
    }

    /** Waits until an abort that was quicker has closed all; not for itself, within what it calls. */
    private void awaitOver() throws IOException {
        if (Thread.currentThread() == closer) {
            return;
        }
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + job + " is being ended");
        }
    }

    /** Another one each time: one that closes after a failure adds this to that. */
    private static IOException again(IOException known) {
        return new IOException(known.getMessage(), known);
    }

    private void fail(Throwable cause) {
        try {
            job.fail(cause);
        } catch (IllegalStateException taken) {
            // The job was taken from its owner; how it ended is known.
            cause.addSuppressed(taken);
        }
    }
}
