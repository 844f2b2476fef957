package org.jobcontrol.shell;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.function.IntSupplier;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.shell.text.Glyphs;
import org.jobcontrol.shell.text.Screen;
import org.jobcontrol.shell.text.Table;

/**
 * Where a command's output goes, and where its relative paths begin. Everything that is printed here
 * is printable: no name can move the cursor or begin a line.
 *
 * @param out the stream: a terminal, a pipe to another command, a variable or a file
 * @param width tells how wide the terminal is at the moment; 0 if it is none
 * @param directory the current directory of the shell
 */
record Console(PrintStream out, IntSupplier width, Path directory) {
    private static final Gson JSON =
            new GsonBuilder().serializeNulls().setPrettyPrinting().create();

    Console(PrintStream out, int columns) {
        this(out, () -> columns, Path.of(""));
    }

    int columns() {
        return width.getAsInt();
    }

    Screen screen() {
        return new Screen(out, width, "");
    }

    /** Prints one line. */
    void say(String line) {
        out.println(Glyphs.printable(line));
    }

    /** Prints a text that has lines of its own. */
    void sayLines(String text) {
        String lines = Glyphs.printableLines(text);
        out.print(lines.endsWith("\n") ? lines : lines + "\n");
        out.flush();
    }

    /** Says of a job that was in the way what was done about it. */
    void sayAborted(JobInfo job) {
        say("job #" + job.id() + " (" + job.operation() + " on " + job.target()
                + ") was asked to abort");
    }

    /** Prints a table, as wide as it is where nobody has to read it on a screen. */
    void print(Table table) {
        int columns = columns();
        table.lines(columns > 0 ? columns - 1 : Integer.MAX_VALUE).forEach(out::println);
    }

    /** Prints JSON; what a terminal would not show is escaped as JSON has it. */
    void print(JsonElement json) {
        sayLines(JSON.toJson(json));
    }
}
