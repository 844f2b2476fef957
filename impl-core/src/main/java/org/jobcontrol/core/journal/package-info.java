/** The journal in a directory: an append-only file of checked records. */
@NullMarked
package org.jobcontrol.core.journal;

import org.jspecify.annotations.NullMarked;
