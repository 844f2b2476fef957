package org.jobcontrol.libvirt;

import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions to libvirt about many domains, beside one another: of each domain at most one at a time, so
 * that a guest which does not answer keeps one thread and holds up no other. Safe for use by many
 * threads.
 *
 * <p>Those that are asked of all domains in turn ({@link #probeInTurn}) are bounded: a place is free again
 * when the answer is there, or is late.
 */
final class DomainProbes {
    private static final Logger LOG = LoggerFactory.getLogger(DomainProbes.class);

    private static final int AT_ONCE = 16;
    private static final long LATE_MILLIS = 1_000;

    private final Hypervisor hypervisor;
    private final Consumer<UUID> question;
    private final ConcurrentHashMap<UUID, Probe> running = new ConcurrentHashMap<>();
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final Queue<UUID> queue = new ConcurrentLinkedQueue<>();
    private final Set<UUID> queued = ConcurrentHashMap.newKeySet();

    /** One question, from when it was asked. */
    static final class Probe {
        private final long begunNanos = System.nanoTime();
        private final CompletableFuture<Void> answered = new CompletableFuture<>();

        /** Returns what completes when there is an answer, or a failure; never exceptionally. */
        CompletableFuture<Void> answered() {
            return answered;
        }

        long seconds() {
            return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begunNanos);
        }
    }

    /**
     * Makes probes.
     *
     * @param question asks about a domain, on a thread of the hypervisor's
     */
    DomainProbes(Hypervisor hypervisor, Consumer<UUID> question) {
        this.hypervisor = hypervisor;
        this.question = question;
    }

    /** Asks about a domain, or returns the question that is not answered yet. */
    Probe probe(UUID domain) {
        Probe probe = new Probe();
        Probe earlier = running.putIfAbsent(domain, probe);
        if (earlier != null) {
            return earlier;
        }
        try {
            hypervisor.threads().execute(() -> ask(domain, probe));
        } catch (RejectedExecutionException e) {
            LOG.debug("domain {} is not asked: the connection is being closed", domain, e);
            over(domain, probe);
        }
        return probe;
    }

    private void ask(UUID domain, Probe probe) {
        try {
            question.accept(domain);
        } catch (RuntimeException e) {
            LOG.warn("domain {} of {} is not watched", domain, hypervisor.uri(), e);
        } finally {
            over(domain, probe);
        }
    }

    private void over(UUID domain, Probe probe) {
        running.remove(domain, probe);
        probe.answered.complete(null);
    }

    /** Asks about a domain after something happened to it: a question from before may not have seen it. */
    @SuppressWarnings("FutureReturnValueIgnored") // a probe never fails
    void probeAgain(UUID domain) {
        Probe earlier = running.get(domain);
        if (earlier == null) {
            probe(domain);
        } else {
            earlier.answered.whenComplete((answer, failure) -> probe(domain));
        }
    }

    /** Asks about domains in turn, but not about those of which an answer is still missing. */
    void probeInTurn(Iterable<UUID> domains) {
        for (UUID domain : domains) {
            if (!running.containsKey(domain) && queued.add(domain)) {
                queue.add(domain);
            }
        }
        askQueued();
    }

    private void askQueued() {
        while (!queue.isEmpty() && places.tryAcquire()) {
            UUID next = queue.poll();
            if (next == null) {
                places.release();
            } else {
                queued.remove(next);
                askInPlace(next);
            }
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it frees a place, and fails never
    private void askInPlace(UUID domain) {
        AtomicBoolean free = new AtomicBoolean();
        Runnable leave = () -> {
            if (free.compareAndSet(false, true)) {
                places.release();
                askQueued();
            }
        };
        try {
            hypervisor.timer().schedule(leave, LATE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("domain {} is not asked: the connection is being closed", domain, e);
            free.set(true);
            return;
        }
        probe(domain).answered.whenComplete((answer, failure) -> leave.run());
    }
}
