package org.jobcontrol.libvirt;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.SnapshotDriver;
import org.jobcontrol.api.domain.SnapshotSpec;
import org.jobcontrol.libvirt.Virt.DomainPtr;
import org.jobcontrol.libvirt.Virt.SnapshotPtr;

/** What is done with the snapshots of a domain. */
final class Snapshots implements SnapshotDriver {
    /** What libvirt lets in while it writes memory to a file. */
    private static final JobMask WRITING_MEMORY =
            JobMask.DEFAULT.with(JobType.SUSPEND).with(JobType.MIGRATION_OP);

    private final DomainCalls calls;
    private final RunningJobs running;
    private final Libvirt libvirt;
    private final Virt virt;

    /** What is done with one snapshot. */
    private interface Function {
        int on(SnapshotPtr snapshot);
    }

    Snapshots(DomainCalls calls, RunningJobs running) {
        this.calls = calls;
        this.running = running;
        this.libvirt = calls.libvirt();
        this.virt = libvirt.virt();
    }

    @Override
    public List<String> list(UUID domain) throws DomainException {
        return calls.ask(domain, pointer -> {
            PointerByReference array = new PointerByReference();
            int count = libvirt.check(virt.virDomainListAllSnapshots(pointer, array, 0));
            List<String> names = new ArrayList<>();
            for (Pointer each : libvirt.take(array.getValue(), count)) {
                SnapshotPtr snapshot = new SnapshotPtr();
                snapshot.setPointer(each);
                names.add(String.valueOf(virt.virDomainSnapshotGetName(snapshot)));
                virt.virDomainSnapshotFree(snapshot);
            }
            return names;
        });
    }

    @Override
    public void create(UUID domain, SnapshotSpec snapshot, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        int flags = snapshot.diskOnly() || snapshot.memory() != null
                ? Flags.DOMAIN_SNAPSHOT_CREATE_ATOMIC
                : 0;
        int all = flags | (snapshot.diskOnly() ? Flags.DOMAIN_SNAPSHOT_CREATE_DISK_ONLY : 0);
        String xml = DomainXml.of(snapshot);
        running.run(
                domain,
                job,
                DomainOperation.SNAPSHOT,
                () -> calls.run(domain, pointer -> take(pointer, xml, all)));
    }

    private int take(DomainPtr domain, String xml, int flags) {
        SnapshotPtr made = virt.virDomainSnapshotCreateXML(domain, xml, flags);
        return made == null ? -1 : virt.virDomainSnapshotFree(made);
    }

    @Override
    public void revert(UUID domain, String snapshot, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        // the domain starts anew, and libvirt does not take that back
        job.abortable(false);
        on(
                domain,
                snapshot,
                job,
                DomainOperation.SNAPSHOT_REVERT,
                pointer -> virt.virDomainRevertToSnapshot(pointer, 0));
    }

    @Override
    public void delete(UUID domain, String snapshot, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        on(
                domain,
                snapshot,
                job,
                DomainOperation.SNAPSHOT_DELETE,
                pointer -> virt.virDomainSnapshotDelete(pointer, 0));
    }

    private void on(
            UUID domain, String name, AsyncJob job, DomainOperation operation, Function function)
            throws DomainException, JobAbortedException, InterruptedException {
        running.run(
                domain,
                job,
                operation,
                () -> calls.call(domain, pointer -> {
                    SnapshotPtr snapshot =
                            libvirt.check(virt.virDomainSnapshotLookupByName(pointer, name, 0));
                    try {
                        return libvirt.check(function.on(snapshot));
                    } finally {
                        virt.virDomainSnapshotFree(snapshot);
                    }
                }));
    }

    /** Memory is being written: from now on libvirt lets others in beside a snapshot. */
    static void writesMemory(RunningCall call) {
        if (call.job instanceof AsyncJob async && call.operation == DomainOperation.SNAPSHOT) {
            async.mask(WRITING_MEMORY);
        }
    }
}
