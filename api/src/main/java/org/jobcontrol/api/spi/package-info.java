/**
 * What stands behind the jobs: adapters bring kinds of targets and their rules, and services begin
 * jobs in the name of the bundle that uses them.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.jobcontrol.api.spi;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
