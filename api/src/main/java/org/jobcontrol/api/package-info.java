/**
 * Job control for the things a virtualization host manages: domains, storage pools and volumes.
 *
 * <p>Beside every <em>target</em> stands a <em>job object</em> ({@link
 * org.jobcontrol.api.JobObject}) that decides which work may run on it now: one job, one agent job,
 * and one async job with a mask of the job types allowed beside it. A bundle injects {@link
 * org.jobcontrol.api.JobControl}, asks it for a target's job object and begins jobs there; each
 * begun job is a handle that must be closed.
 *
 * <p>What holds for every type of this package:
 *
 * <ul>
 *   <li>A timeout of zero or less tries once and does not wait.
 *   <li>Bad arguments are {@link NullPointerException} or {@link IllegalArgumentException} at once,
 *       naming the value; misuse of a handle is {@link IllegalStateException}.
 *   <li>Whoever is interrupted gets {@link InterruptedException} and holds nothing.
 *   <li>Collections are unmodifiable and never null. Services and handles are safe for use by many
 *       threads; values are immutable.
 *   <li>What a thread did before it ended a job happens-before the begin of every job that had to
 *       wait for it.
 * </ul>
 */
@Export
@Version("1.0.0")
@NullMarked
package org.jobcontrol.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
