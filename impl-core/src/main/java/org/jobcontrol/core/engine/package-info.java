/**
 * The engine: what runs now and what waits, with no framework around it. {@link
 * org.jobcontrol.core.engine.JobEngine} is the way in; {@link
 * org.jobcontrol.core.engine.CoreJobObject} decides who is admitted, by the rule in {@link
 * org.jobcontrol.core.engine.Slots}; {@link org.jobcontrol.core.engine.Request} is one begin, over as
 * many job objects as it needs.
 */
@NullMarked
package org.jobcontrol.core.engine;

import org.jspecify.annotations.NullMarked;
