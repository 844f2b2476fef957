package org.jobcontrol.core.engine;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logger {@code org.jobcontrol.audit}: one line each time that a job is steered, with the user, the
 * bundle and the thread that asked for it.
 */
final class Audit {
    private static final Logger LOG = LoggerFactory.getLogger("org.jobcontrol.audit");

    private Audit() {}

    /** Records what was asked of a job through the job control, or the handle, of a bundle. */
    static void record(String action, JobEntry job, String bundle) {
        if (LOG.isInfoEnabled()) {
            LOG.info(line(action + " of " + describe(job), ", bundle " + bundle));
        }
    }

    /** Records what was asked of a job through the job admin, which all bundles share. */
    static void record(String action, JobEntry job) {
        if (LOG.isInfoEnabled()) {
            LOG.info(line(action + " of " + describe(job), ""));
        }
    }

    /** Records what was asked of job control as a whole, or of a job that has no entry. */
    static void record(String action) {
        if (LOG.isInfoEnabled()) {
            LOG.info(line(action, ""));
        }
    }

    private static String describe(JobEntry job) {
        return "job #" + job.id + " " + job.operation + " on " + job.object.target;
    }

    /** A name that a caller has chosen must not begin a line of its own. */
    static String line(String what, String bundle) {
        String user = CallingUser.name().map(name -> "user " + name).orElse("no user");
        return (what + " by " + user + bundle + ", thread "
                        + Thread.currentThread().getName())
                .replaceAll("\\p{Cntrl}", "?");
    }
}
