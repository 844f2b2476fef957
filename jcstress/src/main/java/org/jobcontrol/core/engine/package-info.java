/**
 * What the engine does without a lock, tried on this processor and this compiler in millions of
 * orders. In the engine's package, to get at its parts.
 */
package org.jobcontrol.core.engine;
