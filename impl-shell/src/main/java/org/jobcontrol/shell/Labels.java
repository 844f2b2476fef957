package org.jobcontrol.shell;

/** What the help says of arguments that mean the same in every command. */
final class Labels {
    static final String DOMAIN = "The name of a domain.";
    static final String POOL = "The name of a pool.";
    static final String VOLUME = "The name of a volume in that pool.";
    static final String SNAPSHOT = "The name of a snapshot.";
    static final String DISK = "The target name of a disk, such as vda.";
    static final String KIND = "The kind of a target: domain, pool or volume.";
    static final String KIND_OR_ID = "The kind of a target, or the number of a job.";
    static final String NAME = "The name of the target; of a volume, POOL/VOLUME.";
    static final String ID = "The number of a job, as jobctl:list shows it.";

    private Labels() {}
}
