package org.jobcontrol.shell;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jline.builtins.Completers.CompletionData;
import org.jline.reader.ParsedLine;
import org.jline.terminal.Terminal;

/** Everything that needs JLine's classes; loaded only where a shell has line editing. */
final class JLine {
    private JLine() {}

    /** Returns how wide a terminal is; 0 if it is none, or one that knows no commands. */
    static int columns(Object terminal) {
        boolean dumb = !(terminal instanceof Terminal real) || real.getType().startsWith("dumb");
        return dumb ? 0 : ((Terminal) terminal).getWidth();
    }

    /** Has a command completed by its options and by what another command gives. */
    static void completeBy(
            Map<Object, Object> completions,
            String command,
            List<String> options,
            String completing) {
        completions.put(
                command,
                List.of(
                        new CompletionData(options, null, null, null),
                        new CompletionData(null, null, completing, null)));
    }

    /** Returns the words of a line up to the cursor. */
    static List<String> words(Object line) {
        ParsedLine parsed = (ParsedLine) line;
        List<String> before = parsed.words().subList(0, parsed.wordIndex());
        String last = parsed.word().substring(0, parsed.wordCursor());
        return Stream.concat(before.stream(), Stream.of(last)).toList();
    }
}
