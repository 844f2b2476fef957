package org.jobcontrol.shell;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jobcontrol.api.AbortResult;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.shell.text.JobLines;
import org.jobcontrol.shell.text.Screen;
import org.jspecify.annotations.Nullable;

/** Shows a job while its command waits for it; an interrupt (Ctrl-C) asks it to abort. */
final class Follow {
    private static final long LOOK_MILLIS = 50;
    private static final Duration ABORT_PATIENCE = Duration.ofSeconds(10);

    private final JobControl control;
    private final Screen screen;
    private final JobLines lines;

    Follow(JobControl control, Console console) {
        this.control = control;
        this.screen = console.screen();
        this.lines = new JobLines(screen);
    }

    /**
     * Waits for a job's end, or prints its id if it is to go on in the background.
     */
    void work(JobFuture<?> job, Options.Work how) throws CommandException, InterruptedException {
        work(job, job.toCompletableFuture(), how);
    }

    /**
     * Does the same for a job behind which something is left to do.
     *
     * @param done completes as the job does, when that is done too
     */
    void work(JobFuture<?> job, CompletableFuture<?> done, Options.Work how)
            throws CommandException, InterruptedException {
        if (how.background) {
            screen.lines(List.of(Long.toString(job.id())));
            return;
        }
        try {
            untilDone(List.of(job.id()), done);
        } catch (ExecutionException e) {
            throw failed(job, e.getCause());
        } catch (InterruptedException e) {
            abort(job, done);
            throw e;
        }
    }

    /** Shows jobs until something is done. */
    void untilDone(List<Long> ids, CompletableFuture<?> done)
            throws ExecutionException, InterruptedException {
        try {
            while (!isDone(done)) {
                lines.show(jobs(ids), false);
            }
            // Its record may come after its result.
            for (Long id : ids) {
                isDone(control.ended(id).toCompletableFuture());
            }
        } finally {
            lines.show(jobs(ids), true);
            screen.keep();
        }
    }

    private static boolean isDone(CompletableFuture<?> done)
            throws ExecutionException, InterruptedException {
        try {
            done.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    private List<JobInfo> jobs(List<Long> ids) {
        return ids.stream().flatMap(id -> control.job(id).stream()).toList();
    }

    private static CommandException failed(JobFuture<?> job, @Nullable Throwable cause) {
        String why = cause == null ? "its reason is not known" : Failures.sentence(cause);
        boolean named = cause != null && cause.getMessage() != null;
        return new CommandException(named ? why : "job #" + job.id() + " failed: " + why, cause);
    }

    /** Asks a job to abort, and says what became of it: a shell may not print what is thrown now. */
    private void abort(JobFuture<?> job, CompletableFuture<?> done) throws InterruptedException {
        AbortResult result = job.cancel();
        if (result == AbortResult.STILL_RUNNING) {
            screen.say("asked job #" + job.id() + " to abort");
            try {
                CompletableFuture.allOf(control.ended(job.id()).toCompletableFuture(), done)
                        .get(ABORT_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException | TimeoutException e) {
                // What became of it is said below.
            }
        }
        screen.say(outcome(job.id(), result));
    }

    private String outcome(long id, AbortResult result) {
        String name = "job #" + id;
        if (result == AbortResult.LEFT_QUEUE) {
            return name + " had not begun; it waits no more";
        }
        if (result == AbortResult.NOT_ABORTABLE) {
            return name + " cannot be aborted any more; it goes on in the background";
        }
        return control.job(id)
                .flatMap(JobInfo::outcome)
                .map(how -> name + " ended " + how)
                .orElse(name + " was asked to abort and still runs");
    }
}
