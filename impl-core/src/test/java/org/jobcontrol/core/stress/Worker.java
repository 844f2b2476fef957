package org.jobcontrol.core.stress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.AsyncOperation;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobGroup;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRequest;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.JobUnavailableException;
import org.jobcontrol.api.StorageOperation;
import org.jobcontrol.core.Target;

/** A thread that begins and ends whatever there is, and tells the checker. */
final class Worker {
    private static final int PROBE = 20;

    private final JobControl control;
    private final Checker checker;
    private final List<Target> targets;
    private final SplittableRandom random;

    Worker(JobControl control, Checker checker, List<Target> targets, SplittableRandom random) {
        this.control = control;
        this.checker = checker;
        this.targets = targets;
        this.random = random;
    }

    void run(int operations) {
        for (int i = 0; i < operations && checker.violation().isEmpty(); i++) {
            try {
                operate(targets.get(random.nextInt(targets.size())));
            } catch (InterruptedException | JobUnavailableException expected) {
                // Interrupts and closed targets are part of the game; nothing is held after them.
            } catch (JobRefusedException e) {
                checkRefusal(e);
            } catch (RuntimeException | ExecutionException | TimeoutException e) {
                checker.violated("a worker failed: " + e);
            }
        }
    }

    private void checkRefusal(JobRefusedException e) {
        boolean bare =
                e.reason() == JobRefusedException.Reason.TIMEOUT && e.blockers().isEmpty();
        if (bare && e.target().kind().equals("pool")) {
            checker.violated("refused though nobody was in the way: " + e.getMessage());
        }
        if (e.reason() == JobRefusedException.Reason.DEADLOCK) {
            checker.violated("a deadlock where nobody waits while holding: " + e.getMessage());
        }
    }

    private void operate(Target target)
            throws InterruptedException, JobRefusedException, ExecutionException, TimeoutException {
        JobObject jobs = control.of(target);
        int choice = random.nextInt(100);
        if (choice < 50) {
            plain(target, jobs);
        } else if (choice < 58) {
            long asked = checker.tick();
            Optional<Job> job = jobs.tryBegin(type(target), "try");
            if (job.isPresent()) {
                hold(job.get(), target, asked);
            }
        } else if (choice < 72) {
            if (!(target instanceof Target.Pool)) {
                async(target, jobs);
            }
        } else if (choice < 86) {
            later(target, jobs);
        } else if (choice < 92) {
            group();
        } else if (choice < 98) {
            for (JobInfo waiter : jobs.info().queue()) {
                control.abort(waiter.id(), Duration.ZERO);
            }
        } else if (!Stress.lasts(target)) {
            jobs.close();
        }
    }

    private void plain(Target target, JobObject jobs)
            throws JobRefusedException, InterruptedException {
        boolean ordered = target instanceof Target.Pool;
        List<Long> before = ordered ? Checker.waiters(jobs.info()) : List.of();
        long asked = checker.tick();
        try (Job job = jobs.begin(type(target), "plain", timeout())) {
            if (ordered) {
                checker.arrived(job, before);
            }
            hold(job, target, asked);
        }
    }

    private void async(Target target, JobObject jobs)
            throws JobRefusedException, InterruptedException {
        AsyncOperation operation = target instanceof Target.Domain
                ? DomainOperation.SAVE
                : StorageOperation.VOLUME_WIPE;
        long asked = checker.tick();
        try (AsyncJob job = jobs.beginAsync(operation, mask(), timeout())) {
            checker.entered(job, target.policy(), asked);
            try {
                pause();
                long steps = checker.tick();
                try (Job nested = job.beginNested("step", timeout())) {
                    hold(nested, target, steps);
                }
                checker.mask(job, mask());
                pause();
            } finally {
                checker.leaving(job);
            }
        }
    }

    private void later(Target target, JobObject jobs)
            throws InterruptedException, ExecutionException, TimeoutException {
        long asked = checker.tick();
        JobFuture<Job> later = jobs.beginLater(type(target), "later", timeout());
        CompletableFuture<Void> handled = later.toCompletableFuture().thenAccept(job -> {
            try (job) {
                if (job.id() % PROBE == 0) {
                    probeLock(jobs);
                }
                hold(job, target, asked);
            }
        });
        if (random.nextInt(3) == 0) {
            later.cancel();
        }
        try {
            handled.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (JobRefusedException.in(e).isEmpty()) {
                throw e;
            }
        }
    }

    /** A stage that completes under the lock of its job object would keep others from looking. */
    private void probeLock(JobObject jobs) {
        try {
            CompletableFuture.supplyAsync(jobs::info).get(2, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            checker.violated("a future was completed while its job object was locked");
        } catch (InterruptedException e) {
            // Interrupted where it was registered: this one does not count.
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            checker.violated("info failed: " + e);
        }
    }

    private void group() throws JobRefusedException, InterruptedException {
        List<JobRequest> requests = new ArrayList<>();
        List<Target> chosen = new ArrayList<>();
        for (Target target : targets) {
            if (!(target instanceof Target.Pool) && random.nextBoolean()) {
                chosen.add(target);
                requests.add(JobRequest.of(control.of(target), type(target), "group"));
            }
        }
        if (requests.isEmpty()) {
            return;
        }
        long asked = checker.tick();
        try (JobGroup group = control.beginAll(requests, timeout())) {
            for (int i = 0; i < chosen.size(); i++) {
                checker.entered(group.jobs().get(i), chosen.get(i).policy(), asked);
            }
            pause();
            group.jobs().forEach(checker::leaving);
        }
    }

    private void hold(Job job, Target target, long asked) {
        try (job) {
            checker.entered(job, target.policy(), asked);
            pause();
            checker.leaving(job);
        }
    }

    private void pause() {
        if (random.nextInt(4) == 0) {
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(100)));
        }
    }

    private JobType type(Target target) {
        List<JobType> types = List.copyOf(target.policy().supported());
        return types.get(random.nextInt(types.size()));
    }

    private JobMask mask() {
        EnumSet<JobType> types = EnumSet.noneOf(JobType.class);
        Arrays.stream(JobType.values())
                .filter(type -> type.bit() != 0 && random.nextBoolean())
                .forEach(types::add);
        return JobMask.of(types);
    }

    private Duration timeout() {
        return switch (random.nextInt(4)) {
            case 0 -> Duration.ZERO;
            case 1 -> Duration.ofNanos(random.nextInt(300_000));
            case 2 -> Duration.ofMillis(random.nextInt(5));
            default -> Duration.ofSeconds(5);
        };
    }
}
