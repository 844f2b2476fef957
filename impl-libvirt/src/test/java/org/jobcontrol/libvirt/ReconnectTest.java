package org.jobcontrol.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.libvirt.Guest.LONG;
import static org.jobcontrol.libvirt.Guest.MIB;

import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.domain.BlockCopySpec;
import org.jobcontrol.api.domain.Domain;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The daemon dies while it works for us, and QEMU goes on; then it is there again. */
@Tag("slow")
@Real
@Timeout(90)
class ReconnectTest {
    @Test
    void copy_daemonDied_isCancelledByTheNextConnection() throws Exception {
        try (Daemon daemon = Daemon.start("host-n");
                Lab lab = new Lab(daemon.uri())) {
            Guest guest = Guest.make(daemon.directory(), "web", 32 * MIB, false);
            Domain domain = guest.run(lab.domains());
            JobFuture<Void> copy;
            try (Job holder = domain.jobs().begin(JobType.MODIFY, "holder", LONG)) {
                copy = domain.disks()
                        .copy("vda", new BlockCopySpec(guest.file("first"), "raw", false), LONG);
                lab.admin().bandwidth(copy.id(), MIB);
                holder.close();
            }
            await().until(() -> daemon.virsh("blockjob", "web", "vda", "--info").contains("Copy"));
            daemon.kill();
            assertThatThrownBy(copy::await).hasMessageContaining("connection");
            assertThat(lab.ended(copy).outcome()).contains(JobOutcome.FAILED);
            lab.awaitLost();

            daemon.start();
            lab.awaitConnected();
            domain.disks()
                    .copy("vda", new BlockCopySpec(guest.file("second"), "raw", true), LONG)
                    .await();
            assertThat(domain.definition()).contains("web.second");
            domain.destroy(LONG);
        }
    }
}
