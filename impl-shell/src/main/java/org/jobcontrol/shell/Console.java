package org.jobcontrol.shell;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import java.io.PrintStream;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.shell.text.Screen;
import org.jobcontrol.shell.text.Table;

/**
 * Where a command's output goes.
 *
 * @param out the stream: a terminal, a pipe to another command, or a file
 * @param columns how wide the terminal is; 0 if it is none
 */
record Console(PrintStream out, int columns) {
    private static final Gson JSON =
            new GsonBuilder().serializeNulls().setPrettyPrinting().create();

    Screen screen() {
        return new Screen(out, columns, "");
    }

    void say(String text) {
        out.println(text);
    }

    /** Says of a job that was in the way what was done about it. */
    void sayAborted(JobInfo job) {
        say("job #" + job.id() + " (" + job.operation() + " on " + job.target()
                + ") was asked to abort");
    }

    /** Prints a table, as wide as it is where nobody has to read it on a screen. */
    void print(Table table) {
        table.lines(columns > 0 ? columns - 1 : Integer.MAX_VALUE).forEach(out::println);
    }

    void print(JsonElement json) {
        out.println(JSON.toJson(json));
    }
}
