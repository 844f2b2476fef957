package org.jobcontrol.libvirt;

import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.Domains;

/**
 * A real guest with a memory that it has written all of.
 *
 * @param name its name
 * @param memory its memory in bytes
 * @param directory where its disk and its serial port are
 */
record Guest(String name, long memory, Path directory) {
    static final Duration LONG = Duration.ofSeconds(30);
    static final long MIB = 1 << 20;

    private static final long DISK = 64 * MIB;

    /** Makes the files of a guest. */
    static Guest make(Path directory, String name, long memory, boolean again) throws Exception {
        Guest guest = new Guest(name, memory, directory);
        BootSector.write(guest.disk(), DISK, again);
        return guest;
    }

    Path disk() {
        return directory.resolve(name + ".raw");
    }

    private Path serial() {
        return directory.resolve(name + ".serial");
    }

    Path file(String what) {
        return directory.resolve(name + "." + what);
    }

    DomainSpec spec() {
        return spec(disk(), "raw");
    }

    DomainSpec spec(Path disk, String format) {
        String xml = "<domain type='qemu'><name>" + name + "</name><memory>" + memory / 1024
                + "</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='pc'>hvm</type></os>"
                + "<on_reboot>restart</on_reboot><features><acpi/></features><devices>"
                + "<emulator>/usr/bin/qemu-system-x86_64</emulator>"
                + "<disk type='file' device='disk'><driver name='qemu' cache='none' type='" + format
                + "'/><source file='" + disk + "'/><target dev='vda' bus='virtio'/></disk>"
                + "<serial type='file'><source path='" + serial() + "'/></serial>"
                + "<video><model type='vga'/></video><memballoon model='virtio'/>"
                + "</devices></domain>";
        return new DomainSpec(name, UUID.randomUUID(), memory, 1, Map.of(DomainSpec.XML, xml));
    }

    /** Defines and starts it, and waits until it has written its memory once. */
    Domain run(Domains domains) throws Exception {
        Domain domain = domains.define(spec());
        domain.start(LONG).await();
        awaitFilled();
        return domain;
    }

    void awaitFilled() {
        await("memory of " + name).atMost(LONG).until(() -> Files.size(serial()) > 0);
    }
}
