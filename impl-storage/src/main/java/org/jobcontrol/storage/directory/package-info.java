/**
 * The built-in driver, for pools whose volumes are the files of a local directory. {@link
 * org.jobcontrol.storage.directory.DirectoryDriver} does what is asked; {@link
 * org.jobcontrol.storage.directory.PoolDirectory} finds files and says what went wrong with them;
 * {@link org.jobcontrol.storage.directory.Parts} makes a file whole or not at all; {@link
 * org.jobcontrol.storage.directory.Bytes} moves them at the {@link
 * org.jobcontrol.storage.Pace} of a job; {@link org.jobcontrol.storage.directory.QemuImg}
 * does what concerns qcow2.
 */
@NullMarked
package org.jobcontrol.storage.directory;

import org.jspecify.annotations.NullMarked;
