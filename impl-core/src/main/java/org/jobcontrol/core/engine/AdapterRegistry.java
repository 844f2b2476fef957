package org.jobcontrol.core.engine;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.api.spi.TargetAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The adapters present. They come and go at any time; job objects keep the rules they were made with.
 * Safe for use by many threads.
 */
public final class AdapterRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(AdapterRegistry.class);

    private record Entry(TargetAdapter<?> adapter, Class<?> type, String kind, int ranking) {}

    /** A target under the adapter that was chosen for it. */
    record Identified(TargetId id, TargetAdapter<?> adapter, Object target) {
        /** Returns the rules for the target, or says who failed to give them. */
        AdmissionPolicy policy() {
            return policyOf(adapter, () -> policyUnchecked(adapter, target));
        }
    }

    private final JobEngine engine;
    private final List<Entry> entries = new CopyOnWriteArrayList<>();

    AdapterRegistry(JobEngine engine) {
        this.engine = engine;
    }

    /**
     * Adds an adapter. One that cannot even name its class is reported and left out.
     *
     * @param adapter the adapter
     * @param kind the kind of its targets
     * @param ranking of two for one class, the higher serves new job objects
     */
    public void add(TargetAdapter<?> adapter, String kind, int ranking) {
        Entry added;
        try {
            Class<?> type = Objects.requireNonNull(adapter.type(), "type");
            added = new Entry(adapter, type, kind, ranking);
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("adapter {} for kind {} is left out", adapter.getClass().getName(), kind, e);
            return;
        }
        for (Entry other : entries) {
            if (other.type == added.type) {
                Entry serves = other.ranking >= ranking ? other : added;
                LOG.warn(
                        "two adapters for {}: {} (ranking {}) serves new job objects",
                        added.type.getName(),
                        serves.adapter.getClass().getName(),
                        serves.ranking);
            }
        }
        entries.add(added);
        engine.recoveries().wantAll(kind);
    }

    /**
     * Removes an adapter.
     *
     * @param adapter the adapter
     */
    public void remove(TargetAdapter<?> adapter) {
        entries.removeIf(entry -> entry.adapter == adapter);
    }

    /** Names a target and gives its rules. */
    Identified identify(Object target) {
        Objects.requireNonNull(target, "target");
        Entry best = null;
        for (Entry entry : entries) {
            if (entry.type.isInstance(target) && (best == null || better(entry, best))) {
                best = entry;
            }
        }
        if (best == null) {
            throw new IllegalArgumentException("no adapter for "
                    + target.getClass().getName() + "; there are adapters for " + kinds());
        }
        return identify(best, target);
    }

    private static Identified identify(Entry entry, Object target) {
        String adapter =
                "adapter " + entry.adapter.getClass().getName() + " for kind " + entry.kind;
        TargetId id;
        try {
            id = identifyUnchecked(entry.adapter, target);
        } catch (RuntimeException | LinkageError e) {
            throw new IllegalStateException(adapter + " failed to name a target: " + e, e);
        }
        if (id == null || !id.kind().equals(entry.kind)) {
            throw new IllegalStateException(adapter + " named a target " + id);
        }
        return new Identified(id, entry.adapter, target);
    }

    @SuppressWarnings("unchecked") // its type() is what the target is an instance of
    private static <T> @Nullable TargetId identifyUnchecked(
            TargetAdapter<T> adapter, Object target) {
        return adapter.identify((T) target);
    }

    /** The most specific class wins, and of one class the higher ranking, and then the older. */
    private static boolean better(Entry one, Entry other) {
        if (one.type != other.type) {
            return other.type.isAssignableFrom(one.type);
        }
        return one.ranking > other.ranking;
    }

    @SuppressWarnings("unchecked") // its type() is what the target is an instance of
    private static <T> AdmissionPolicy policyUnchecked(TargetAdapter<T> adapter, Object target) {
        return adapter.policy((T) target);
    }

    private static AdmissionPolicy policyOf(
            TargetAdapter<?> adapter, Supplier<AdmissionPolicy> policy) {
        try {
            return Objects.requireNonNull(policy.get(), "policy");
        } catch (RuntimeException | LinkageError e) {
            String name = adapter.getClass().getName();
            throw new IllegalStateException(
                    "adapter " + name + " failed to give a policy: " + e, e);
        }
    }

    AdmissionPolicy policyOf(String kind) {
        return ofKind(kind)
                .map(adapter -> policyOf(adapter, adapter::policy))
                .orElseThrow(() -> new IllegalArgumentException(
                        "no adapter for kind " + kind + "; there are adapters for " + kinds()));
    }

    /** Passes an abort on to the driver of a target. */
    void abort(TargetId target, JobInfo job) {
        ofKind(target.kind())
                .ifPresent(adapter -> engine.runForeign(
                        "abort of job #" + job.id() + " by the adapter for " + target.kind(),
                        () -> adapter.abort(target, job)));
    }

    /** Asks the driver of a target how far a job has got. */
    Optional<Progress> progress(TargetId target, JobInfo job) {
        try {
            return ofKind(target.kind()).flatMap(adapter -> adapter.progress(target, job));
        } catch (RuntimeException | LinkageError e) {
            LOG.warn(
                    "progress of job #{} by the adapter for {} failed", job.id(), target.kind(), e);
            return Optional.empty();
        }
    }

    Optional<TargetAdapter<?>> ofKind(String kind) {
        Optional<Entry> best = entries.stream()
                .filter(entry -> entry.kind.equals(kind))
                .max(Comparator.comparingInt(Entry::ranking));
        return best.map(Entry::adapter);
    }

    private String kinds() {
        return entries.isEmpty()
                ? "nothing"
                : entries.stream()
                        .map(Entry::kind)
                        .distinct()
                        .sorted()
                        .collect(Collectors.joining(", "));
    }
}
