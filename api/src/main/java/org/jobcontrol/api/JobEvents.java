package org.jobcontrol.api;

/**
 * Names of the events that are posted through the Event Admin service, where there is one. Each is posted
 * once, after what it tells of has happened, and never while a lock is held.
 *
 * <p>The topic is {@code org/jobcontrol/<kind>/<event>}, with the kind of the target, such as {@code
 * domain}, {@code pool} or {@code volume}. Beside the properties below it has those of the Event Admin
 * specification {@code bundle.symbolicName} (the owner's), {@code timestamp} (milliseconds since 1970) and
 * {@code message} (why).
 */
public final class JobEvents {
    /** Begins every topic. */
    public static final String TOPIC_PREFIX = "org/jobcontrol/";

    /**
     * A job has ended {@link JobOutcome#ORPHANED}: an operator released it, the bundle of its owner has
     * stopped, or a crash interrupted it and nothing was left of its work.
     */
    public static final String ORPHANED = "ORPHANED";

    /** The job's id: a {@code Long}. */
    public static final String JOB_ID = "job.id";

    /** The job's type, by name: a {@code String}. */
    public static final String JOB_TYPE = "job.type";

    /** The job's operation: a {@code String}. */
    public static final String JOB_OPERATION = "job.operation";

    /** The thread that owned the job, by name: a {@code String}. */
    public static final String OWNER_THREAD = "owner.thread";

    /** The job's target below its kind, such as {@code web-01} or {@code default/a.img}: a {@code String}. */
    public static final String TARGET_ID = "target.id";

    /** The kind of the job's target: a {@code String}. */
    public static final String TARGET_KIND = "target.kind";

    private JobEvents() {}

    /**
     * Returns a topic.
     *
     * @param kind the kind of the target, or {@code *} for all
     * @param event such as {@link #ORPHANED}
     * @return the topic
     */
    public static String topic(String kind, String event) {
        return TOPIC_PREFIX + kind + "/" + event;
    }
}
