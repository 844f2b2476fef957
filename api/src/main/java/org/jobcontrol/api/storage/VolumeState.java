package org.jobcontrol.api.storage;

/** Whether the data of a volume is whole. Values may be added in a minor version. */
public enum VolumeState {
    /** It is being made; its job says how far that is. If that fails, it is gone. */
    BUILDING,
    /** Nothing that was begun on it was left half done. */
    INTACT,
    /** A wipe ended early: part of the data is overwritten. */
    PARTLY_WIPED,
    /** An upload ended early: part of the data is new. */
    PARTLY_WRITTEN
}
