/**
 * The {@code jobctl} commands. Each is one annotated method over the services; {@link
 * org.jobcontrol.shell.CommandRunner} runs and completes them, and two components offer them to the
 * shells there are: Gogo's own and Karaf's.
 */
@NullMarked
package org.jobcontrol.shell;

import org.jspecify.annotations.NullMarked;
