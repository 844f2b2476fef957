package org.jobcontrol.api;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How far a job has got: an immutable value that its owner reports with {@link
 * Job#progress(Progress)}. All amounts are bytes.
 */
public final class Progress {
    /** Nothing is known. */
    public static final Progress NONE = builder().build();

    private final Amount data;
    private final Amount memory;
    private final Amount disk;
    private final long bandwidth;
    private final Map<String, Object> parameters;

    private Progress(Builder builder) {
        this.data = builder.data;
        this.memory = builder.memory;
        this.disk = builder.disk;
        this.bandwidth = builder.bandwidth;
        this.parameters = Collections.unmodifiableMap(new TreeMap<>(builder.parameters));
    }

    /**
     * An amount of work.
     *
     * @param total what there is to do, in bytes; 0 if that is not known
     * @param processed what is done
     * @param remaining what is left; with memory that changes meanwhile, processed and remaining
     *     may add up to more than the total
     */
    public record Amount(long total, long processed, long remaining) {
        /** Nothing to do. */
        public static final Amount NONE = new Amount(0, 0, 0);

        /**
         * Checks the numbers.
         *
         * @param total see the record
         * @param processed see the record
         * @param remaining see the record
         * @throws IllegalArgumentException if a number is negative
         */
        public Amount {
            if (total < 0 || processed < 0 || remaining < 0) {
                throw new IllegalArgumentException("negative amount: total " + total
                        + ", processed " + processed + ", remaining " + remaining);
            }
        }

        /**
         * Returns an amount of which the rest remains.
         *
         * @param total what there is to do, in bytes
         * @param processed what is done, in bytes
         * @return the amount
         */
        public static Amount of(long total, long processed) {
            return new Amount(total, processed, Math.max(0, total - processed));
        }
    }

    /**
     * Returns progress of one amount of data.
     *
     * @param total what there is to do, in bytes
     * @param processed what is done, in bytes
     * @return the progress
     * @throws IllegalArgumentException if a number is negative
     */
    public static Progress ofData(long total, long processed) {
        return builder().data(Amount.of(total, processed)).build();
    }

    /**
     * Returns a builder that knows nothing yet.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns a builder that starts with these values.
     *
     * @return the builder
     */
    public Builder toBuilder() {
        Builder builder = builder().data(data).memory(memory).disk(disk).bandwidth(bandwidth);
        builder.parameters.putAll(parameters);
        return builder;
    }

    /**
     * Returns the progress over all kinds of data.
     *
     * @return the amount
     */
    public Amount data() {
        return data;
    }

    /**
     * Returns the progress over memory.
     *
     * @return the amount
     */
    public Amount memory() {
        return memory;
    }

    /**
     * Returns the progress over disks.
     *
     * @return the amount
     */
    public Amount disk() {
        return disk;
    }

    /**
     * Returns how fast the work goes.
     *
     * @return bytes per second, or 0 if that is not known
     */
    public long bandwidth() {
        return bandwidth;
    }

    /**
     * Estimates when the work will be done, from what is left of all kinds of data and how fast the
     * work goes.
     *
     * @return the time left, or empty if it is not known how fast the work goes or how much there is
     */
    public Optional<Duration> timeLeft() {
        boolean unknown = data.total() == 0 && memory.total() == 0 && disk.total() == 0;
        if (bandwidth == 0 || unknown) {
            return Optional.empty();
        }
        // Two amounts together need not fit into a long.
        double left = data.total() > 0
                ? data.remaining()
                : (double) memory.remaining() + disk.remaining();
        double seconds = left / bandwidth;
        return Optional.of(Duration.ofMillis((long) (seconds * 1000)));
    }

    /**
     * Returns what else is known, under libvirt's names for typed job parameters.
     *
     * @return numbers, booleans and strings by name, such as {@code memory_iteration}
     */
    public Map<String, Object> parameters() {
        return parameters;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Progress progress
                && progress.data.equals(data)
                && progress.memory.equals(memory)
                && progress.disk.equals(disk)
                && progress.bandwidth == bandwidth
                && progress.parameters.equals(parameters);
    }

    @Override
    public int hashCode() {
        return Objects.hash(data, memory, disk, bandwidth, parameters);
    }

    /** Returns the processed and total bytes, for logs. */
    @Override
    public String toString() {
        return data.processed() + "/" + data.total() + " bytes";
    }

    /** Gathers the values of a {@link Progress}. Not safe for use by several threads. */
    public static final class Builder {
        private Amount data = Amount.NONE;
        private Amount memory = Amount.NONE;
        private Amount disk = Amount.NONE;
        private long bandwidth;
        private final Map<String, Object> parameters = new TreeMap<>();

        private Builder() {}

        /**
         * Sets the progress over all kinds of data.
         *
         * @param amount the amount
         * @return this builder
         */
        public Builder data(Amount amount) {
            this.data = Objects.requireNonNull(amount, "data");
            return this;
        }

        /**
         * Sets the progress over memory.
         *
         * @param amount the amount
         * @return this builder
         */
        public Builder memory(Amount amount) {
            this.memory = Objects.requireNonNull(amount, "memory");
            return this;
        }

        /**
         * Sets the progress over disks.
         *
         * @param amount the amount
         * @return this builder
         */
        public Builder disk(Amount amount) {
            this.disk = Objects.requireNonNull(amount, "disk");
            return this;
        }

        /**
         * Sets how fast the work goes.
         *
         * @param bytesPerSecond bytes per second; 0 if that is not known
         * @return this builder
         * @throws IllegalArgumentException if the number is negative
         */
        public Builder bandwidth(long bytesPerSecond) {
            if (bytesPerSecond < 0) {
                throw new IllegalArgumentException("negative bandwidth: " + bytesPerSecond);
            }
            this.bandwidth = bytesPerSecond;
            return this;
        }

        /**
         * Sets one more parameter.
         *
         * @param name libvirt's name for it, or one of the driver's own
         * @param value a number, a boolean or a string
         * @return this builder
         * @throws IllegalArgumentException if the value is of another type
         */
        public Builder parameter(String name, Object value) {
            Objects.requireNonNull(name, "name");
            if (!(value instanceof Number || value instanceof Boolean || value instanceof String)) {
                throw new IllegalArgumentException(
                        "parameter " + name + " is neither number, boolean nor string: " + value);
            }
            parameters.put(name, value);
            return this;
        }

        /**
         * Returns the value.
         *
         * @return the progress
         */
        public Progress build() {
            return new Progress(this);
        }
    }
}
