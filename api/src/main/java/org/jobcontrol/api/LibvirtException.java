package org.jobcontrol.api;

import java.util.Objects;

/**
 * An error of libvirt, as its library gave it: the cause of a {@link
 * org.jobcontrol.api.domain.DomainException} or a {@link
 * org.jobcontrol.api.storage.StorageException} of a driver that talks to one.
 */
public final class LibvirtException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final int origin;
    private final String text;

    /**
     * Describes an error.
     *
     * @param code libvirt's {@code virErrorNumber}
     * @param origin libvirt's {@code virErrorDomain}: the part of it that failed
     * @param text what libvirt says of it
     */
    public LibvirtException(int code, int origin, String text) {
        super("libvirt error " + code + ": " + text);
        this.code = code;
        this.origin = origin;
        this.text = Objects.requireNonNull(text, "text");
    }

    /**
     * Returns what went wrong.
     *
     * @return the {@code virErrorNumber}, such as 55 for OPERATION_INVALID
     */
    public int code() {
        return code;
    }

    /**
     * Returns which part of libvirt failed.
     *
     * @return the {@code virErrorDomain}, such as 10 for its QEMU driver
     */
    public int origin() {
        return origin;
    }

    /**
     * Returns libvirt's own words.
     *
     * @return the text
     */
    public String text() {
        return text;
    }
}
