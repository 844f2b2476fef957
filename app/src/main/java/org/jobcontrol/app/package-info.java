/** The demo. */
@NullMarked
package org.jobcontrol.app;

import org.jspecify.annotations.NullMarked;
