package org.jobcontrol.libvirt;

import org.jobcontrol.api.LibvirtException;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.storage.StorageException;
import org.jspecify.annotations.Nullable;

/** What libvirt's errors are for users of domains and of storage; libvirt's own is the cause. */
final class Failures {
    private Failures() {}

    static DomainException of(String domain, LibvirtException e) {
        DomainException.Reason reason = switch (e.code()) {
            case Flags.ERR_NO_DOMAIN, Flags.ERR_NO_DOMAIN_SNAPSHOT ->
                DomainException.Reason.NOT_FOUND;
            case Flags.ERR_DOM_EXIST -> DomainException.Reason.EXISTS;
            case Flags.ERR_OPERATION_INVALID -> DomainException.Reason.INVALID_STATE;
            case Flags.ERR_SYSTEM_ERROR -> DomainException.Reason.IO;
            case Flags.ERR_NO_SUPPORT,
                    Flags.ERR_OPERATION_UNSUPPORTED,
                    Flags.ERR_CONFIG_UNSUPPORTED -> DomainException.Reason.UNSUPPORTED;
            case Flags.ERR_RPC -> DomainException.Reason.CONNECTION_LOST;
            case Flags.ERR_AGENT_UNRESPONSIVE -> DomainException.Reason.AGENT_UNRESPONSIVE;
            default -> DomainException.Reason.FAILED;
        };
        return new DomainException(reason, domain, e.text(), e);
    }

    /** Says that a caller's deadline has passed before libvirt answered. */
    static DomainException unanswered(String domain, UnansweredException e) {
        LibvirtException timeout = new LibvirtException(
                Flags.ERR_OPERATION_TIMEOUT, 0, String.valueOf(e.getMessage()));
        timeout.initCause(e);
        return new DomainException(
                DomainException.Reason.FAILED, domain, timeout.text(), timeout, e.answer());
    }

    static StorageException of(String pool, @Nullable String volume, LibvirtException e) {
        StorageException.Reason reason = switch (e.code()) {
            case Flags.ERR_NO_STORAGE_POOL, Flags.ERR_NO_STORAGE_VOL ->
                StorageException.Reason.NOT_FOUND;
            case Flags.ERR_STORAGE_VOL_EXIST -> StorageException.Reason.EXISTS;
            case Flags.ERR_OPERATION_INVALID, Flags.ERR_STORAGE_POOL_BUILT ->
                StorageException.Reason.INVALID_STATE;
            case Flags.ERR_SYSTEM_ERROR -> StorageException.Reason.IO;
            case Flags.ERR_NO_SUPPORT,
                    Flags.ERR_OPERATION_UNSUPPORTED,
                    Flags.ERR_CONFIG_UNSUPPORTED -> StorageException.Reason.UNSUPPORTED;
            case Flags.ERR_RPC -> StorageException.Reason.CONNECTION_LOST;
            default -> StorageException.Reason.FAILED;
        };
        return new StorageException(reason, pool, volume, e.text(), e);
    }
}
