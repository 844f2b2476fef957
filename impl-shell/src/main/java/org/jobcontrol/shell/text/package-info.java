/**
 * What people read on a screen: tables that fit, sizes and times, lines and bars of jobs. The demo has
 * a copy of this package in its bundle.
 */
@NullMarked
package org.jobcontrol.shell.text;

import org.jspecify.annotations.NullMarked;
