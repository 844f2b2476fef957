package org.jobcontrol.libvirt;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jobcontrol.api.domain.BackupSpec;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.SnapshotSpec;
import org.w3c.dom.Element;

/** What libvirt is told in XML about domains. */
final class DomainXml {
    private static final long KIB = 1024;

    private DomainXml() {}

    /**
     * Returns the definition that a specification has with it, or that of a plain domain.
     *
     * @throws IllegalArgumentException if the two disagree about the name or the uuid
     */
    static String of(DomainSpec spec, String hypervisor) {
        String whole = spec.attributes().get(DomainSpec.XML);
        return whole == null ? plain(spec, type(hypervisor)) : checked(spec, Xml.parse(whole));
    }

    private static String checked(DomainSpec spec, Element xml) {
        String name = Xml.text(xml, "name").orElse("");
        if (!name.equals(spec.name())) {
            throw new IllegalArgumentException(
                    "domain " + spec.name() + ": its XML is of a domain '" + name + "'");
        }
        String uuid = Xml.text(xml, "uuid").orElse(null);
        if (uuid == null) {
            Element element = xml.getOwnerDocument().createElement("uuid");
            element.setTextContent(spec.uuid().toString());
            xml.appendChild(element);
        } else if (!uuid.equalsIgnoreCase(spec.uuid().toString())) {
            throw new IllegalArgumentException("domain " + spec.name() + ": its XML has the uuid "
                    + uuid + ", not " + spec.uuid());
        }
        return Xml.write(xml);
    }

    private static String plain(DomainSpec spec, String type) {
        return "<domain type='" + type + "'><name>" + Xml.escape(spec.name()) + "</name><uuid>"
                + spec.uuid() + "</uuid><memory unit='KiB'>"
                + (spec.memory() + KIB - 1) / KIB + "</memory><vcpu>" + spec.vcpus()
                + "</vcpu><os><type>hvm</type></os></domain>";
    }

    private static String type(String hypervisor) {
        String name = hypervisor.toLowerCase(Locale.ROOT);
        return name.equals("qemu") && Files.exists(Path.of("/dev/kvm")) ? "kvm" : name;
    }

    static String of(SnapshotSpec snapshot) {
        String memory = snapshot.memory() == null
                ? ""
                : "<memory snapshot='external' file='" + Xml.escape(snapshot.memory()) + "'/>";
        return "<domainsnapshot><name>" + Xml.escape(snapshot.name()) + "</name>" + memory
                + "</domainsnapshot>";
    }

    static String of(BackupSpec backup) {
        boolean push = backup.mode() == BackupSpec.Mode.PUSH;
        StringBuilder xml = new StringBuilder();
        xml.append("<domainbackup mode='").append(push ? "push" : "pull").append("'>");
        if (!push) {
            String socket = backup.disks().values().iterator().next() + ".socket";
            xml.append("<server transport='unix' socket='")
                    .append(Xml.escape(socket))
                    .append("'/>");
        }
        xml.append("<disks>");
        for (Map.Entry<String, Path> disk : backup.disks().entrySet()) {
            String file = push ? "target" : "scratch";
            xml.append("<disk name='")
                    .append(Xml.escape(disk.getKey()))
                    .append("' backup='yes' type='file'><")
                    .append(file)
                    .append(" file='")
                    .append(Xml.escape(disk.getValue()))
                    .append("'/></disk>");
        }
        return xml.append("</disks></domainbackup>").toString();
    }
}
