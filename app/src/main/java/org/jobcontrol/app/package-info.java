/**
 * The demo. {@link org.jobcontrol.app.DemoSwitch} turns {@link org.jobcontrol.app.Demo} on, which
 * plays its scenes and checks what they show; {@link org.jobcontrol.shell.text.Screen}, {@link
 * org.jobcontrol.app.Watch} and {@link org.jobcontrol.shell.text.JobLines} draw it.
 */
@NullMarked
package org.jobcontrol.app;

import org.jspecify.annotations.NullMarked;
