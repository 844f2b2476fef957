package org.jobcontrol.app;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobState;
import org.jobcontrol.shell.text.JobLines;
import org.jobcontrol.shell.text.Screen;
import org.jobcontrol.shell.text.Units;

/** Waits for jobs, and shows them meanwhile. Belongs to one thread. */
final class Watch {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long LOOK_MILLIS = 5;

    private final JobControl control;
    private final Screen screen;
    private final JobLines lines;

    Watch(JobControl control, Screen screen) {
        this.control = control;
        this.screen = screen;
        this.lines = new JobLines(screen);
    }

    /** Shows jobs until each of them has ended, and leaves their bars. */
    void untilEnded(Long... ids) throws DemoException, InterruptedException {
        until("the end of jobs " + Arrays.toString(ids), () -> ended(ids), ids);
        screen.keep();
    }

    /** Shows jobs until something has happened. */
    void until(String what, BooleanSupplier happened, Long... ids)
            throws DemoException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!happened.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new DemoException(what + " did not come within " + Units.time(PATIENCE));
            }
            show(false, ids);
            Thread.sleep(LOOK_MILLIS);
        }
        show(true, ids);
    }

    /** Returns whether a job is known: one that was refused never was a job. */
    boolean isKnown(long id) {
        return control.job(id).isPresent();
    }

    /** Returns what is known of a job. */
    JobInfo job(long id) {
        return control.job(id)
                .orElseThrow(() -> new IllegalStateException("job #" + id + " is not known"));
    }

    /** Returns how many bytes of its work a job has done. */
    long processed(long id) {
        return job(id).progress().data().processed();
    }

    boolean ended(Long... ids) {
        return Arrays.stream(ids).allMatch(id -> job(id).state() == JobState.FINISHED);
    }

    private void show(boolean now, Long... ids) {
        lines.show(jobs(ids), now);
    }

    private List<JobInfo> jobs(Long... ids) {
        return Arrays.stream(ids).map(this::job).toList();
    }
}
