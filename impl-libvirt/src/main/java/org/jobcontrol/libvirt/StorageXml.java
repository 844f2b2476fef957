package org.jobcontrol.libvirt;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.api.storage.VolumeState;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/** What libvirt is told, and tells, in XML about storage. */
final class StorageXml {
    private StorageXml() {}

    /**
     * Returns the definition that a pool has with it, or that of a directory.
     *
     * @throws IllegalArgumentException if that is of another pool
     */
    static String of(PoolSpec pool) {
        String whole = pool.attributes().get(PoolSpec.XML);
        if (whole == null) {
            return "<pool type='dir'><name>" + Xml.escape(pool.name()) + "</name><target><path>"
                    + Xml.escape(pool.path().toAbsolutePath()) + "</path></target></pool>";
        }
        String name = Xml.text(Xml.parse(whole), "name").orElse("");
        if (!name.equals(pool.name())) {
            throw new IllegalArgumentException(
                    "pool " + pool.name() + ": its XML is of a pool '" + name + "'");
        }
        return whole;
    }

    /** Reads a pool of a libvirt. */
    static PoolSpec pool(String uri, String xml) {
        Element pool = Xml.parse(xml);
        String path = Xml.text(pool, "target", "path").orElse("/");
        return new PoolSpec(
                Xml.text(pool, "name").orElse(""),
                uri,
                Path.of(path),
                Map.of(PoolSpec.LIBVIRT_TYPE, pool.getAttribute("type")));
    }

    /**
     * Returns the definition of a volume.
     *
     * @param backing the XML of the volume below, or null
     */
    static String of(VolumeSpec volume, @Nullable String backing) {
        StringBuilder xml = new StringBuilder("<volume><name>")
                .append(Xml.escape(volume.name()))
                .append("</name><capacity>")
                .append(volume.capacity())
                .append("</capacity><allocation>")
                .append(volume.allocation())
                .append("</allocation><target><format type='")
                .append(Xml.escape(volume.format()))
                .append("'/></target>");
        if (backing != null) {
            Element below = Xml.parse(backing);
            xml.append("<backingStore><path>")
                    .append(Xml.escape(Xml.text(below, "target", "path").orElse("")))
                    .append("</path><format type='")
                    .append(Xml.escape(format(below)))
                    .append("'/></backingStore>");
        }
        return xml.append("</volume>").toString();
    }

    /** Reads a volume. */
    static VolumeInfo volume(String xml, long capacity, long allocation) {
        Element volume = Xml.parse(xml);
        return new VolumeInfo(
                Xml.text(volume, "name").orElse(""),
                format(volume),
                capacity,
                allocation,
                VolumeState.INTACT,
                Instant.now());
    }

    static String volumeName(String xml) {
        return Xml.text(Xml.parse(xml), "name").orElse("");
    }

    /** Returns whether the image of a volume reads from that of another. */
    static boolean liesOn(String overlay, String base) {
        Optional<String> below = Xml.text(Xml.parse(overlay), "backingStore", "path");
        return below.isPresent() && below.equals(Xml.text(Xml.parse(base), "target", "path"));
    }

    private static String format(Element volume) {
        return Xml.element(volume, "target", "format")
                .map(format -> format.getAttribute("type"))
                .filter(type -> !type.isEmpty())
                .orElse(VolumeSpec.RAW);
    }
}
