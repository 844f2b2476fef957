package org.jobcontrol.libvirt;

/** Numbers of libvirt's headers, under their names there. */
final class Flags {
    static final int DOMAIN_AFFECT_CURRENT = 0;
    static final int DOMAIN_XML_SECURE = 1;
    static final int DOMAIN_SHUTDOWN_ACPI_POWER_BTN = 1;
    static final int DOMAIN_SHUTDOWN_GUEST_AGENT = 2;
    static final int DOMAIN_DESTROY_GRACEFUL = 1;
    static final int DOMAIN_JOB_STATS_COMPLETED = 1;
    static final int DOMAIN_JOB_STATS_KEEP_COMPLETED = 2;

    static final int DOMAIN_PAUSED = 3;
    static final int DOMAIN_PAUSED_MIGRATION = 2;
    static final int DOMAIN_PAUSED_SAVE = 3;
    static final int DOMAIN_PAUSED_DUMP = 4;
    static final int DOMAIN_PAUSED_SNAPSHOT = 9;
    static final int DOMAIN_SHUTOFF = 5;
    static final int DOMAIN_SHUTOFF_SAVED = 5;
    static final int DOMAIN_CRASHED = 6;
    static final int DOMAIN_PAUSED_STARTING_UP = 11;

    static final int DUMP_CRASH = 1;
    static final int DUMP_LIVE = 1 << 1;
    static final int DUMP_BYPASS_CACHE = 1 << 2;
    static final int DUMP_RESET = 1 << 3;
    static final int DUMP_MEMORY_ONLY = 1 << 4;

    static final int MIGRATE_LIVE = 1;
    static final int MIGRATE_PEER2PEER = 1 << 1;
    static final int MIGRATE_PERSIST_DEST = 1 << 3;
    static final int MIGRATE_UNDEFINE_SOURCE = 1 << 4;
    static final int MIGRATE_NON_SHARED_DISK = 1 << 6;
    static final int MIGRATE_UNSAFE = 1 << 9;
    static final int MIGRATE_AUTO_CONVERGE = 1 << 13;
    static final int MIGRATE_POSTCOPY = 1 << 15;

    static final int DOMAIN_STATS_STATE = 1;
    static final int DOMAIN_STATS_CPU_TOTAL = 1 << 1;
    static final int DOMAIN_STATS_BALLOON = 1 << 2;
    static final int DOMAIN_STATS_VCPU = 1 << 3;
    static final int DOMAIN_STATS_INTERFACE = 1 << 4;
    static final int DOMAIN_STATS_BLOCK = 1 << 5;
    static final int DOMAIN_STATS_PERF = 1 << 6;

    static final int DOMAIN_SNAPSHOT_CREATE_DISK_ONLY = 1 << 4;
    static final int DOMAIN_SNAPSHOT_CREATE_ATOMIC = 1 << 7;

    static final int BLOCK_JOB_ABORT_ASYNC = 1;
    static final int BLOCK_JOB_ABORT_PIVOT = 1 << 1;
    static final int BLOCK_JOB_BANDWIDTH_BYTES = 1;
    static final int BLOCK_PULL_BANDWIDTH_BYTES = 1 << 6;
    static final int BLOCK_COPY_TRANSIENT_JOB = 1 << 2;
    static final int BLOCK_COMMIT_SHALLOW = 1;
    static final int BLOCK_COMMIT_ACTIVE = 1 << 2;
    static final int BLOCK_COMMIT_BANDWIDTH_BYTES = 1 << 4;

    static final int BLOCK_JOB_TYPE_PULL = 1;
    static final int BLOCK_JOB_TYPE_COPY = 2;
    static final int BLOCK_JOB_TYPE_ACTIVE_COMMIT = 4;

    static final int DOMAIN_BLOCK_JOB_COMPLETED = 0;
    static final int DOMAIN_BLOCK_JOB_CANCELED = 2;
    static final int DOMAIN_BLOCK_JOB_READY = 3;

    static final int DOMAIN_EVENT_ID_LIFECYCLE = 0;
    static final int DOMAIN_EVENT_ID_BLOCK_JOB_2 = 16;
    static final int DOMAIN_EVENT_ID_MIGRATION_ITERATION = 20;
    static final int DOMAIN_EVENT_ID_JOB_COMPLETED = 21;

    static final int DOMAIN_EVENT_SUSPENDED = 3;
    static final int DOMAIN_EVENT_STOPPED = 5;
    static final int DOMAIN_EVENT_SUSPENDED_POSTCOPY = 7;
    static final int DOMAIN_EVENT_SUSPENDED_POSTCOPY_FAILED = 8;

    static final int STORAGE_POOL_EVENT_ID_LIFECYCLE = 0;

    static final int STORAGE_POOL_BUILD_NEW = 0;
    static final int STORAGE_POOL_RUNNING = 2;
    static final int STORAGE_VOL_RESIZE_SHRINK = 1 << 2;

    /** Error numbers. */
    static final int ERR_INTERNAL_ERROR = 1;

    static final int ERR_NO_SUPPORT = 3;
    static final int ERR_DOM_EXIST = 28;
    static final int ERR_SYSTEM_ERROR = 38;
    static final int ERR_RPC = 39;
    static final int ERR_NO_DOMAIN = 42;
    static final int ERR_NO_STORAGE_POOL = 49;
    static final int ERR_NO_STORAGE_VOL = 50;
    static final int ERR_OPERATION_INVALID = 55;
    static final int ERR_CONFIG_UNSUPPORTED = 67;
    static final int ERR_OPERATION_TIMEOUT = 68;
    static final int ERR_OPERATION_ABORTED = 78;
    static final int ERR_NO_DOMAIN_SNAPSHOT = 72;
    static final int ERR_OPERATION_UNSUPPORTED = 84;
    static final int ERR_AGENT_UNRESPONSIVE = 86;
    static final int ERR_STORAGE_VOL_EXIST = 90;
    static final int ERR_STORAGE_POOL_BUILT = 76;

    private Flags() {}
}
