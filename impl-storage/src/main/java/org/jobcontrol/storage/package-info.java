/**
 * Storage pools and volumes as targets of jobs. {@link
 * org.jobcontrol.storage.StoragePoolsService} gives each bundle its views ({@link
 * org.jobcontrol.storage.PoolView}, {@link org.jobcontrol.storage.VolumeView}) of what all share:
 * the {@link org.jobcontrol.storage.StorageCatalog} of drivers and pools, with one {@link
 * org.jobcontrol.storage.PoolRecord} for each pool. The adapters tell the core what a pool and a
 * volume are. {@link org.jobcontrol.storage.StorageWork} is the table of which job each operation takes.
 * The built-in driver is in {@link org.jobcontrol.storage.directory}.
 */
@NullMarked
package org.jobcontrol.storage;

import org.jspecify.annotations.NullMarked;
