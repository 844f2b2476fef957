/** The journal: its file whole, torn and damaged, and what the core makes of it after a crash. */
@NullMarked
package org.jobcontrol.core.journal;

import org.jspecify.annotations.NullMarked;
