/** Threads that do all at once what may be done, a checker of what must hold, and its mutants. */
package org.jobcontrol.core.stress;
