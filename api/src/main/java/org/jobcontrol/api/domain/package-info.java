/**
 * Domains (virtual machines): the service that gives them, the operations they have, and the driver
 * that does the work.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.jobcontrol.api.domain;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
