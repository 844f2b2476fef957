package org.jobcontrol.shell;

import java.util.List;
import java.util.Map;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.CommandSessionListener;
import org.jspecify.annotations.Nullable;

/** Teaches each session of Gogo's shell with line editing to complete the commands' arguments. */
final class GogoCompletion implements CommandSessionListener {
    /** Where that shell keeps what completes which command, and the line that is completed. */
    private static final String COMPLETIONS = ".completions";

    private static final String LINE = ".commandLine";
    private static final String PREFIX = CommandRunner.SCOPE + ":";

    /** The command that the shell calls to complete an argument. */
    static final String COMPLETE = "__complete";

    private final CommandRunner runner;

    GogoCompletion(CommandRunner runner) {
        this.runner = runner;
    }

    @Override
    @SuppressWarnings("unchecked") // of that shell's own types
    public void beforeExecute(CommandSession session, CharSequence command) {
        if (session.get(COMPLETIONS) instanceof Map<?, ?> map
                && !map.containsKey(PREFIX + "list")) {
            for (String name : runner.descriptions().keySet()) {
                JLine.completeBy(
                        (Map<Object, Object>) map,
                        PREFIX + name,
                        runner.complete(name, List.of("-")),
                        PREFIX + COMPLETE);
            }
        }
    }

    @Override
    public void afterExecute(
            CommandSession session, CharSequence command, @Nullable Exception exception) {
        // Nothing is left to do.
    }

    @Override
    public void afterExecute(
            CommandSession session, CharSequence command, @Nullable Object result) {
        // Nothing is left to do.
    }

    /** Returns the words that the one at the cursor of a session's line may become. */
    static List<String> complete(CommandRunner runner, CommandSession session) {
        List<String> words = JLine.words(session.get(LINE));
        String command = words.get(0);
        String name = command.startsWith(PREFIX) ? command.substring(PREFIX.length()) : command;
        return runner.complete(name, words.subList(1, words.size()));
    }
}
