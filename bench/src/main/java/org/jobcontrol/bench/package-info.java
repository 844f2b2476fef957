/**
 * What jobs cost, in the same run as the locks and job managers that others use. {@link
 * org.jobcontrol.bench.Main} runs everything and prints one table; what each figure is compared with,
 * and what it is to be, is in {@link org.jobcontrol.bench.Figures}.
 */
@NullMarked
package org.jobcontrol.bench;

import org.jspecify.annotations.NullMarked;
