/**
 * Job control as a bundle: {@link org.jobcontrol.core.CoreComponent} starts the {@link
 * org.jobcontrol.core.engine.JobEngine} and connects it with the framework. What decides is in the
 * engine and knows no framework.
 */
@NullMarked
package org.jobcontrol.core;

import org.jspecify.annotations.NullMarked;
