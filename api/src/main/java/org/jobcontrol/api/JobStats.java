package org.jobcontrol.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A job as libvirt's typed job parameters: the names and units of {@code virDomainGetJobStats}.
 *
 * @param parameters values by name, in a fixed order: times in milliseconds, amounts in bytes,
 *     rates in bytes per second, and {@code operation} as libvirt's number
 */
public record JobStats(Map<String, Object> parameters) {
    /**
     * Copies the map.
     *
     * @param parameters see the record
     */
    public JobStats {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /**
     * Renders a job.
     *
     * @param info the job
     * @return its parameters; only those are present that the job has reported or that libvirt
     *     always gives
     */
    public static JobStats of(JobInfo info) {
        Objects.requireNonNull(info, "info");
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("operation", operationCode(info));
        map.put("time_elapsed", info.held().toMillis());
        Progress progress = info.progress();
        put(map, "data", progress.data());
        put(map, "memory", progress.memory());
        put(map, "disk", progress.disk());
        if (progress.bandwidth() > 0) {
            boolean disk = progress.memory().total() == 0;
            map.put(disk ? "disk_bps" : "memory_bps", progress.bandwidth());
        }
        map.putAll(progress.parameters());
        if (info.state() == JobState.FINISHED) {
            map.put("success", info.outcome().orElse(null) == JobOutcome.COMPLETED);
            info.error().ifPresent(error -> map.put("errmsg", String.valueOf(error.getMessage())));
        }
        return new JobStats(map);
    }

    private static int operationCode(JobInfo info) {
        if (info.slot() == JobSlot.ASYNC) {
            for (DomainOperation operation : DomainOperation.values()) {
                if (operation.name().equals(info.operation())) {
                    return operation.libvirtCode();
                }
            }
        }
        return 0;
    }

    private static void put(Map<String, Object> map, String name, Progress.Amount amount) {
        if (!amount.equals(Progress.Amount.NONE)) {
            map.put(name + "_total", amount.total());
            map.put(name + "_processed", amount.processed());
            map.put(name + "_remaining", amount.remaining());
        }
    }
}
