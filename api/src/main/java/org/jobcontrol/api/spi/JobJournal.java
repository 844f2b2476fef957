package org.jobcontrol.api.spi;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Where the core records the jobs that a crash must not lose: a service. The core has one of its own,
 * a directory; one of a higher service ranking takes its place when the core starts, or the one that
 * the property {@code journal.target} of the configuration {@code org.jobcontrol} selects.
 *
 * <p>Safe for use by many threads. A call may take as long as a disk does. Whatever it throws, a begin
 * that was to be recorded is refused for it, and everything else goes on.
 */
@ConsumerType
public interface JobJournal {
    /**
     * The numbers that were given out, or may have been: the next start begins above them.
     *
     * @param id the largest id of a job
     * @param fence the largest fence
     */
    record Numbers(long id, long fence) {}

    /**
     * What a journal holds.
     *
     * @param jobs one record for each job that was not forgotten, in the order of their ids
     * @param numbers the last that were reserved; zero if none were
     */
    record Contents(List<JobRecord> jobs, Numbers numbers) {
        /**
         * Copies the list.
         *
         * @param jobs see the record
         * @param numbers see the record
         */
        public Contents {
            jobs = List.copyOf(jobs);
        }
    }

    /**
     * Returns what is there. Records that are damaged are left out, and that is logged. The core calls
     * this once, when it starts.
     *
     * @return the contents
     * @throws IOException if the journal cannot be used: it is that of another process, or cannot be
     *     read or written. No other method is called then, and every begin that would have to be recorded
     *     is refused, until the core is restarted
     */
    Contents read() throws IOException;

    /**
     * Keeps records. When this returns they outlive a crash of the process and of the machine. Records
     * that are written at the same time may share one write of the disk.
     *
     * @param records the records, which are kept all or, should it fail, none
     * @throws IOException if they cannot be kept, such as on a full disk; what was kept before is, and
     *     a later call may succeed
     */
    void write(List<JobRecord> records) throws IOException;

    /**
     * Keeps a record if that costs little: a crash may lose it. Does not wait.
     *
     * @param record the record
     */
    void note(JobRecord record);

    /**
     * Forgets jobs that have ended. A crash may bring them back. Does not wait.
     *
     * @param ids the ids of the jobs
     */
    void forget(Collection<Long> ids);

    /**
     * Reserves numbers. When this returns, that outlives a crash.
     *
     * @param numbers the numbers, which take the place of those that were reserved before
     * @throws IOException if that cannot be kept
     */
    void reserve(Numbers numbers) throws IOException;
}
