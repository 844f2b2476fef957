/**
 * The built-in driver, for pools whose volumes are the files of a local directory.
 *
 * <p>{@link org.jobcontrol.storage.directory.DirectoryDriver} is the service. {@link
 * org.jobcontrol.storage.directory.PoolDirectory} finds files and turns their errors into typed ones.
 * {@link org.jobcontrol.storage.directory.Volumes} describes volumes, by what {@link
 * org.jobcontrol.storage.directory.VolumeRecords} has recorded of them; {@link
 * org.jobcontrol.storage.directory.VolumeBuilder} makes them, through {@link
 * org.jobcontrol.storage.directory.AtomicFiles}; {@link
 * org.jobcontrol.storage.directory.CrashCleanup} cleans up after a process that died. {@link
 * org.jobcontrol.storage.directory.Bytes} moves raw bytes at the {@link org.jobcontrol.storage.Pace} of a
 * job. {@link org.jobcontrol.storage.directory.ImageChain} checks what a qcow2 image reads from, before
 * {@link org.jobcontrol.storage.directory.QemuImg} works on it.
 */
@NullMarked
package org.jobcontrol.storage.directory;

import org.jspecify.annotations.NullMarked;
