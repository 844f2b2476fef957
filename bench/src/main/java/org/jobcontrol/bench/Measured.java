package org.jobcontrol.bench;

/**
 * One measured value.
 *
 * @param value nanoseconds, millions of pairs a second, or bytes
 * @param allocated bytes allocated by each pair; NaN where that was not measured
 */
record Measured(double value, double allocated) {
    static Measured of(double value) {
        return new Measured(value, Double.NaN);
    }
}
