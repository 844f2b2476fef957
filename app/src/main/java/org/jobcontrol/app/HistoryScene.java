package org.jobcontrol.app;

import java.util.Comparator;
import java.util.List;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.shell.text.Screen;
import org.jobcontrol.shell.text.Table;
import org.jobcontrol.shell.text.Units;

/** What job control remembers at the end. */
final class HistoryScene {
    private static final int MAX = 100;

    private final JobControl control;
    private final Screen screen;
    private final Checks check;

    HistoryScene(JobControl control, Screen screen, Checks check) {
        this.control = control;
        this.screen = screen;
        this.check = check;
    }

    void play() throws DemoException {
        screen.heading("The history, in the order in which jobs were asked for");
        List<JobInfo> jobs = control.history(MAX).stream()
                .sorted(Comparator.comparingLong(JobInfo::id))
                .toList();
        Table table = new Table(
                "id", "target", "type", "operation", "outcome", "waited", "held", "bundle");
        for (JobInfo job : jobs) {
            table.row(
                    Long.toString(job.id()),
                    job.target().toString(),
                    job.type().toString(),
                    job.operation(),
                    job.outcome().map(Enum::toString).orElse(""),
                    Units.time(job.waited()),
                    Units.time(job.held()),
                    job.owner().bundle());
        }
        screen.lines(table.lines(screen.width()));
        for (JobObjectInfo target : control.objects()) {
            boolean idle = target.jobs().isEmpty()
                    && target.async().isEmpty()
                    && target.queue().isEmpty();
            check.that(idle, "nothing runs or waits any more on " + target.target());
        }
    }
}
