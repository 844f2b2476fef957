package org.jobcontrol.shell;

import java.util.List;
import java.util.Map;
import org.jobcontrol.shell.text.Glyphs;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What there is to type. */
@Command(name = "", header = "Help")
final class HelpCommands {
    private static final int WIDTH = 100;
    private static final int MIN_TEXT = 30;
    private static final String GAP = "  ";

    private final CommandRunner runner;
    private final Console console;

    HelpCommands(CommandRunner runner, Console console) {
        this.runner = runner;
        this.console = console;
    }

    @Command(
            name = "help",
            description = "Lists the commands, or explains one.",
            footer = {"", "Example: jobctl:help vol-create"})
    void help(
            @Parameters(
                            paramLabel = "COMMAND",
                            arity = "0..1",
                            description =
                                    "The name of a command, with or without jobctl: before it.")
                    @Nullable
                    String command)
            throws Exception {
        if (command == null) {
            overview();
            return;
        }
        String prefix = CommandRunner.SCOPE + ":";
        String name = command.startsWith(prefix) ? command.substring(prefix.length()) : command;
        if (!runner.descriptions().containsKey(name)) {
            throw new CommandException(
                    "there is no command " + prefix + name + "; jobctl:help lists all");
        }
        runner.run(name, List.of("--help"), console);
    }

    private void overview() {
        int columns = console.columns();
        int width = columns > 0 ? Math.min(columns - 1, WIDTH) : WIDTH;
        fold("Each command begins with jobctl: and explains itself with --help.", width);
        for (Map.Entry<String, Map<String, String>> group : runner.overview().entrySet()) {
            console.say("");
            fold(group.getKey(), width);
            group.getValue().forEach((name, text) -> print(name, text, width));
        }
    }

    /** Prints a command and its text beside each other, or below each other where it is narrow. */
    private void print(String name, String text, int width) {
        int label = runner.descriptions().keySet().stream()
                .mapToInt(String::length)
                .max()
                .orElse(0);
        int rest = width - label - 2 * GAP.length();
        if (rest < MIN_TEXT) {
            console.say(GAP + name);
            fold(GAP + GAP + text, width);
            return;
        }
        String begin = GAP + name + " ".repeat(label - name.length()) + GAP;
        for (String line : Glyphs.fold(text, rest)) {
            console.say(begin + line);
            begin = " ".repeat(begin.length());
        }
    }

    private void fold(String line, int width) {
        Glyphs.fold(line, width).forEach(console::say);
    }
}
