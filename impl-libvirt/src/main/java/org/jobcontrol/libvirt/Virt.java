package org.jobcontrol.libvirt;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.PointerType;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;

import org.jspecify.annotations.Nullable;

/**
 * The functions of libvirt that are used here, as its headers declare them: pointers that it owns are
 * of a type of their own, flags and codes are numbers that {@link Flags} names. What fails returns -1 or
 * null, and the calling thread's error says why: {@link Libvirt} looks at both.
 */
interface Virt extends Library {
    /** A {@code virConnectPtr}. */
    final class ConnectPtr extends PointerType {}

    /** A {@code virDomainPtr}. */
    final class DomainPtr extends PointerType {}

    /** A {@code virDomainSnapshotPtr}. */
    final class SnapshotPtr extends PointerType {}

    /** A {@code virStoragePoolPtr}. */
    final class PoolPtr extends PointerType {}

    /** A {@code virStorageVolPtr}. */
    final class VolumePtr extends PointerType {}

    /** A {@code virStreamPtr}. */
    final class StreamPtr extends PointerType {}

    // ---- the library, its errors and its events -------------------------------------------------

    int virInitialize();

    @Nullable
    Pointer virGetLastError();

    void virSetErrorFunc(@Nullable Pointer userData, @Nullable Pointer handler);

    int virEventRegisterDefaultImpl();

    int virEventRunDefaultImpl();

    int virEventAddTimeout(int millis, Timer timer, @Nullable Pointer data, @Nullable Pointer free);

    void virEventUpdateTimeout(int timer, int millis);

    int virEventRemoveTimeout(int timer);

    // ---- connections ----------------------------------------------------------------------------

    @Nullable
    ConnectPtr virConnectOpen(String uri);

    int virConnectClose(ConnectPtr connection);

    int virConnectIsAlive(ConnectPtr connection);

    int virConnectSetKeepAlive(ConnectPtr connection, int interval, int count);

    @Nullable
    String virConnectGetType(ConnectPtr connection);

    int virConnectRegisterCloseCallback(
            ConnectPtr connection, Closed callback, @Nullable Pointer data, @Nullable Pointer free);

    int virConnectUnregisterCloseCallback(ConnectPtr connection, Closed callback);

    int virConnectDomainEventRegisterAny(
            ConnectPtr connection,
            @Nullable DomainPtr domain,
            int event,
            Callback callback,
            @Nullable Pointer data,
            @Nullable Pointer free);

    int virConnectDomainEventDeregisterAny(ConnectPtr connection, int id);

    int virConnectStoragePoolEventRegisterAny(
            ConnectPtr connection,
            @Nullable PoolPtr pool,
            int event,
            Callback callback,
            @Nullable Pointer data,
            @Nullable Pointer free);

    int virConnectStoragePoolEventDeregisterAny(ConnectPtr connection, int id);

    int virConnectListAllDomains(ConnectPtr connection, PointerByReference domains, int flags);

    int virConnectListAllStoragePools(ConnectPtr connection, PointerByReference pools, int flags);

    // ---- domains --------------------------------------------------------------------------------

    @Nullable
    DomainPtr virDomainLookupByUUID(ConnectPtr connection, byte[] uuid);

    @Nullable
    DomainPtr virDomainDefineXMLFlags(ConnectPtr connection, String xml, int flags);

    int virDomainFree(DomainPtr domain);

    int virDomainGetUUID(DomainPtr domain, byte[] uuid);

    @Nullable
    String virDomainGetName(DomainPtr domain);

    int virDomainGetInfo(DomainPtr domain, Memory info);

    int virDomainGetState(DomainPtr domain, IntByReference state, IntByReference reason, int flags);

    @Nullable
    Pointer virDomainGetXMLDesc(DomainPtr domain, int flags);

    int virDomainUndefineFlags(DomainPtr domain, int flags);

    int virDomainCreateWithFlags(DomainPtr domain, int flags);

    int virDomainShutdownFlags(DomainPtr domain, int flags);

    int virDomainReboot(DomainPtr domain, int flags);

    int virDomainReset(DomainPtr domain, int flags);

    int virDomainDestroyFlags(DomainPtr domain, int flags);

    int virDomainSuspend(DomainPtr domain);

    int virDomainResume(DomainPtr domain);

    int virDomainSetMemoryFlags(DomainPtr domain, long kib, int flags);

    int virDomainSetVcpusFlags(DomainPtr domain, int count, int flags);

    int virDomainAttachDeviceFlags(DomainPtr domain, String xml, int flags);

    int virDomainDetachDeviceFlags(DomainPtr domain, String xml, int flags);

    int virDomainListGetStats(Pointer[] domains, int groups, PointerByReference records, int flags);

    void virDomainStatsRecordListFree(Pointer records);

    @Nullable
    Pointer virDomainScreenshot(DomainPtr domain, StreamPtr stream, int screen, int flags);

    int virDomainSaveFlags(DomainPtr domain, String to, @Nullable String xml, int flags);

    int virDomainManagedSave(DomainPtr domain, int flags);

    int virDomainRestoreFlags(ConnectPtr connection, String from, @Nullable String xml, int flags);

    @Nullable
    Pointer virDomainSaveImageGetXMLDesc(ConnectPtr connection, String file, int flags);

    int virDomainCoreDump(DomainPtr domain, String to, int flags);

    // ---- jobs of domains ------------------------------------------------------------------------

    int virDomainGetJobStats(
            DomainPtr domain,
            IntByReference type,
            PointerByReference parameters,
            IntByReference count,
            int flags);

    int virDomainAbortJob(DomainPtr domain);

    void virTypedParamsFree(Pointer parameters, int count);

    int virDomainMigrateToURI3(
            DomainPtr domain, String destination, Pointer parameters, int count, int flags);

    @Nullable
    DomainPtr virDomainMigrate3(
            DomainPtr domain, ConnectPtr destination, Pointer parameters, int count, int flags);

    int virDomainMigrateSetMaxSpeed(DomainPtr domain, long mibPerSecond, int flags);

    int virDomainMigrateSetMaxDowntime(DomainPtr domain, long millis, int flags);

    int virDomainMigrateStartPostCopy(DomainPtr domain, int flags);

    int virDomainBackupBegin(
            DomainPtr domain, String backup, @Nullable String checkpoint, int flags);

    @Nullable
    Pointer virDomainBackupGetXMLDesc(DomainPtr domain, int flags);

    int virDomainBlockCopy(
            DomainPtr domain,
            String disk,
            String destination,
            @Nullable Pointer parameters,
            int count,
            int flags);

    int virDomainBlockCommit(
            DomainPtr domain,
            String disk,
            @Nullable String base,
            @Nullable String top,
            long bandwidth,
            int flags);

    int virDomainBlockPull(DomainPtr domain, String disk, long bandwidth, int flags);

    int virDomainBlockJobAbort(DomainPtr domain, String disk, int flags);

    int virDomainGetBlockJobInfo(DomainPtr domain, String disk, Memory info, int flags);

    int virDomainBlockJobSetSpeed(DomainPtr domain, String disk, long bandwidth, int flags);

    // ---- snapshots ------------------------------------------------------------------------------

    int virDomainListAllSnapshots(DomainPtr domain, PointerByReference snapshots, int flags);

    @Nullable
    SnapshotPtr virDomainSnapshotCreateXML(DomainPtr domain, String xml, int flags);

    @Nullable
    SnapshotPtr virDomainSnapshotLookupByName(DomainPtr domain, String name, int flags);

    @Nullable
    String virDomainSnapshotGetName(SnapshotPtr snapshot);

    int virDomainRevertToSnapshot(SnapshotPtr snapshot, int flags);

    int virDomainSnapshotDelete(SnapshotPtr snapshot, int flags);

    int virDomainSnapshotFree(SnapshotPtr snapshot);

    // ---- storage pools --------------------------------------------------------------------------

    @Nullable
    PoolPtr virStoragePoolLookupByName(ConnectPtr connection, String name);

    @Nullable
    PoolPtr virStoragePoolDefineXML(ConnectPtr connection, String xml, int flags);

    int virStoragePoolUndefine(PoolPtr pool);

    int virStoragePoolBuild(PoolPtr pool, int flags);

    int virStoragePoolCreate(PoolPtr pool, int flags);

    int virStoragePoolDestroy(PoolPtr pool);

    int virStoragePoolDelete(PoolPtr pool, int flags);

    int virStoragePoolRefresh(PoolPtr pool, int flags);

    int virStoragePoolIsActive(PoolPtr pool);

    int virStoragePoolGetInfo(PoolPtr pool, Memory info);

    @Nullable
    Pointer virStoragePoolGetXMLDesc(PoolPtr pool, int flags);

    int virStoragePoolListAllVolumes(PoolPtr pool, PointerByReference volumes, int flags);

    int virStoragePoolFree(PoolPtr pool);

    // ---- volumes --------------------------------------------------------------------------------

    @Nullable
    VolumePtr virStorageVolLookupByName(PoolPtr pool, String name);

    @Nullable
    VolumePtr virStorageVolCreateXML(PoolPtr pool, String xml, int flags);

    @Nullable
    VolumePtr virStorageVolCreateXMLFrom(PoolPtr pool, String xml, VolumePtr source, int flags);

    int virStorageVolWipePattern(VolumePtr volume, int algorithm, int flags);

    int virStorageVolResize(VolumePtr volume, long capacity, int flags);

    int virStorageVolDelete(VolumePtr volume, int flags);

    int virStorageVolGetInfo(VolumePtr volume, Memory info);

    @Nullable
    Pointer virStorageVolGetXMLDesc(VolumePtr volume, int flags);

    int virStorageVolUpload(
            VolumePtr volume, StreamPtr stream, long offset, long length, int flags);

    int virStorageVolDownload(
            VolumePtr volume, StreamPtr stream, long offset, long length, int flags);

    int virStorageVolFree(VolumePtr volume);

    // ---- streams --------------------------------------------------------------------------------

    @Nullable
    StreamPtr virStreamNew(ConnectPtr connection, int flags);

    int virStreamSend(StreamPtr stream, byte[] data, long length);

    int virStreamRecv(StreamPtr stream, byte[] data, long length);

    int virStreamFinish(StreamPtr stream);

    int virStreamAbort(StreamPtr stream);

    int virStreamFree(StreamPtr stream);

    // ---- what libvirt calls ---------------------------------------------------------------------

    /** A timer has run out. */
    interface Timer extends Callback {
        void expired(int timer, @Nullable Pointer data);
    }

    /** A connection was closed by the other side. */
    interface Closed extends Callback {
        void closed(Pointer connection, int reason, @Nullable Pointer data);
    }

    /** A domain was defined, started, stopped and so on. */
    interface Lifecycle extends Callback {
        int changed(
                Pointer connection, Pointer domain, int event, int detail, @Nullable Pointer data);
    }

    /** A block job has come to an end, or is ready to. */
    interface BlockJob extends Callback {
        void changed(
                Pointer connection,
                Pointer domain,
                String disk,
                int type,
                int status,
                @Nullable Pointer data);
    }

    /** A migration begins its next pass over memory. */
    interface Iteration extends Callback {
        void begins(Pointer connection, Pointer domain, int iteration, @Nullable Pointer data);
    }

    /** A job has ended, with these statistics. */
    interface JobCompleted extends Callback {
        void ended(
                Pointer connection,
                Pointer domain,
                Pointer parameters,
                int count,
                @Nullable Pointer data);
    }

    /** A pool was defined, started, stopped and so on. */
    interface PoolLifecycle extends Callback {
        void changed(
                Pointer connection, Pointer pool, int event, int detail, @Nullable Pointer data);
    }
}
