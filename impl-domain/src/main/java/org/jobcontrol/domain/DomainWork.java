package org.jobcontrol.domain;

import java.util.Objects;
import org.jobcontrol.api.AsyncOperation;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jspecify.annotations.Nullable;

/** Which job each operation on a domain takes. */
enum DomainWork {
    /*
     *   operation                          | job                       | beside it may run
     *   -----------------------------------+---------------------------+--------------------------
     *   query, statistics, screenshot      | QUERY                     | async jobs that let it in,
     *   suspend                            | SUSPEND                   | and agent jobs
     *   resume, reset, memory, vcpus,      | MODIFY                    |
     *   attach, detach, undefine,          |                           |
     *   shutdown and reboot by ACPI        |                           |
     *   destroy                            | DESTROY, once it is dead  | any async job
     *   migration: bandwidth, downtime,    | MIGRATION_OP              |
     *   post-copy                          |                           |
     *   agent command, shutdown and reboot | AGENT_MODIFY              | anything but agent jobs
     *   by the agent                       |                           |
     *   start, restore, revert             | async, mask DESTROY       | DESTROY
     *   snapshot                           | async, mask DESTROY, and  | while a driver writes
     *                                      | QUERY, DESTROY, SUSPEND,  | memory to a file
     *                                      | ABORT, MIGRATION_OP       |
     *   save, dump, delete a snapshot      | async, mask QUERY,        |
     *                                      | DESTROY, ABORT            |
     *   migrate                            | async, those and SUSPEND, |
     *                                      | MIGRATION_OP,             |
     *                                      | MODIFY_MIGRATION_SAFE     |
     *   backup; copy, commit, pull a disk  | async, mask QUERY,        |
     *                                      | DESTROY, SUSPEND, MODIFY, |
     *                                      | ABORT                     |
     *   definition, snapshots, list, info  | none                      |
     *
     * Where the policy knows no async jobs (libvirt's libxl), a start is a MODIFY job and the rest of
     * the async ones are refused; where it knows no SUSPEND, that is a MODIFY job too.
     */
    QUERY("domain.query", JobType.QUERY),
    STATISTICS("domain.statistics", JobType.QUERY),
    SCREENSHOT("domain.screenshot", JobType.QUERY),
    SUSPEND("domain.suspend", JobType.SUSPEND),
    RESUME("domain.resume", JobType.MODIFY),
    RESET("domain.reset", JobType.MODIFY),
    SET_MEMORY("domain.setMemory", JobType.MODIFY),
    SET_VCPUS("domain.setVcpus", JobType.MODIFY),
    ATTACH_DEVICE("domain.attachDevice", JobType.MODIFY),
    DETACH_DEVICE("domain.detachDevice", JobType.MODIFY),
    UNDEFINE("domain.undefine", JobType.MODIFY),
    SHUTDOWN("domain.shutdown", JobType.MODIFY),
    SHUTDOWN_BY_AGENT("domain.shutdown", JobType.AGENT_MODIFY),
    REBOOT("domain.reboot", JobType.MODIFY),
    REBOOT_BY_AGENT("domain.reboot", JobType.AGENT_MODIFY),
    AGENT_COMMAND("domain.agentCommand", JobType.AGENT_MODIFY),
    DESTROY("domain.destroy", JobType.DESTROY),
    MIGRATION_BANDWIDTH("domain.migrationBandwidth", JobType.MIGRATION_OP),
    MIGRATION_DOWNTIME("domain.migrationDowntime", JobType.MIGRATION_OP),
    START_POST_COPY("domain.startPostCopy", JobType.MIGRATION_OP),
    START(DomainOperation.START),
    SAVE(DomainOperation.SAVE),
    RESTORE(DomainOperation.RESTORE),
    DUMP(DomainOperation.DUMP),
    SNAPSHOT(DomainOperation.SNAPSHOT),
    SNAPSHOT_REVERT(DomainOperation.SNAPSHOT_REVERT),
    SNAPSHOT_DELETE(DomainOperation.SNAPSHOT_DELETE),
    MIGRATE(DomainOperation.MIGRATION_OUT),
    BACKUP(DomainOperation.BACKUP),
    BLOCK_COPY(DomainOperation.BLOCK_COPY),
    BLOCK_COMMIT(DomainOperation.BLOCK_COMMIT),
    BLOCK_PULL(DomainOperation.BLOCK_PULL);

    private final String operation;
    private final JobType type;
    private final @Nullable DomainOperation async;

    DomainWork(String operation, JobType type) {
        this.operation = operation;
        this.type = type;
        this.async = null;
    }

    DomainWork(DomainOperation async) {
        this.operation = async.name();
        this.type = JobType.ASYNC;
        this.async = async;
    }

    String operation() {
        return operation;
    }

    /** Returns the type of job that this is where a policy holds. */
    JobType type(AdmissionPolicy policy) {
        boolean plainer = (this == SUSPEND && !policy.supported().contains(JobType.SUSPEND))
                || (this == START && !policy.async());
        return plainer ? JobType.MODIFY : type;
    }

    AsyncOperation async() {
        return Objects.requireNonNull(async, () -> this + " is no async job");
    }
}
