package org.jobcontrol.core.engine;

import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jobcontrol.api.spi.JobJournal;
import org.jobcontrol.api.spi.JobJournal.Numbers;
import org.jobcontrol.api.spi.JobRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal as the engine uses it, with the contents it had when the engine started.
 *
 * @param journal where jobs are recorded, or null if they are not recorded
 * @param contents what was read, or null if there is no journal or it could not be read
 */
record OpenedJournal(@Nullable JobJournal journal, JobJournal.@Nullable Contents contents) {
    private static final Logger LOG = LoggerFactory.getLogger(OpenedJournal.class);

    /**
     * Reads a journal. One that cannot be read is not written either: its records would be replaced by
     * those of new jobs with the same ids.
     */
    static OpenedJournal of(@Nullable JobJournal journal) {
        if (journal == null) {
            return new OpenedJournal(null, null);
        }
        try {
            return new OpenedJournal(journal, journal.read());
        } catch (IOException | RuntimeException | LinkageError e) {
            LOG.error(
                    "the journal cannot be read; async and DESTROY jobs are refused JOURNAL until"
                            + " the core is restarted: {}",
                    e.getMessage(),
                    e);
            return new OpenedJournal(new Unreadable(e), null);
        }
    }

    /**
     * Returns the numbers to go on above: those reserved, or in use where damage lost the reservation.
     * With a journal that could not be read they are unknown; ids are then counted from the time of day
     * in microseconds, which is above all ids that are counted from 1.
     */
    Numbers last(Instant now) {
        if (contents != null) {
            long id = contents.numbers().id();
            long fence = contents.numbers().fence();
            for (JobRecord job : contents.jobs()) {
                id = Math.max(id, job.id());
                fence = Math.max(fence, job.fence());
            }
            return new Numbers(id, fence);
        }
        return new Numbers(journal == null ? 0 : micros(now), 0);
    }

    private static long micros(Instant time) {
        return TimeUnit.MILLISECONDS.toMicros(time.toEpochMilli());
    }

    /** Takes the place of a journal that could not be read: refuses each begin with the cause. */
    private record Unreadable(Throwable cause) implements JobJournal {
        @Override
        public Contents read() throws IOException {
            throw failure();
        }

        @Override
        public void write(List<JobRecord> records) throws IOException {
            throw failure();
        }

        @Override
        public void note(JobRecord record) {
            // No job of this start was recorded.
        }

        @Override
        public void forget(Collection<Long> ids) {
            // No job of this start was recorded.
        }

        @Override
        public void reserve(Numbers numbers) {
            // The ids of this start are from another range than those of the journal.
        }

        private IOException failure() {
            String why = cause.getMessage() == null ? cause.toString() : cause.getMessage();
            return new IOException(
                    "the journal could not be read when the core started: " + why, cause);
        }
    }
}
