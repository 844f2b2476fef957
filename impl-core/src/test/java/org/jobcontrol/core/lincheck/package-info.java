/**
 * Lincheck explores interleavings: that what can be done without waiting is linearizable, against a
 * sequential model, and that whoever waits is woken.
 */
@NullMarked
package org.jobcontrol.core.lincheck;

import org.jspecify.annotations.NullMarked;
