package org.jobcontrol.shell;

import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jline.builtins.Completers.CompletionData;
import org.jline.reader.ParsedLine;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;
import org.jspecify.annotations.Nullable;

/** Everything that needs JLine's classes; loaded only where a shell has line editing. */
final class JLine {
    private JLine() {}

    /** Returns how wide a terminal is; 0 if it is none, or one that knows no commands. */
    static int columns(Object terminal) {
        boolean dumb = !(terminal instanceof Terminal real) || real.getType().startsWith("dumb");
        return dumb ? 0 : ((Terminal) terminal).getWidth();
    }

    /** What a shell runs. */
    interface Work {
        void run() throws Exception;
    }

    /**
     * Runs a command, and lets Ctrl-C interrupt it. Gogo's own handler also interrupts the thread that
     * waits for the command; the shell then prints a bare InterruptedException, whatever the command
     * had to say.
     *
     * @param foreground whether Ctrl-C is for this command, and not for one typed after it
     */
    static void interruptibly(Object terminal, BooleanSupplier foreground, Work work)
            throws Exception {
        if (!(terminal instanceof Terminal real)) {
            work.run();
            return;
        }
        Interrupter interrupter = new Interrupter(real, Thread.currentThread(), foreground);
        try {
            work.run();
        } catch (InterruptedException e) {
            throw new CommandException("interrupted", e);
        } finally {
            interrupter.stop();
        }
    }

    /**
     * Interrupts a thread on Ctrl-C until it has done its work, and not in what it does afterwards. The
     * commands of a pipe have one each: the one on top hands the signal on to those below.
     */
    private static final class Interrupter implements SignalHandler {
        private final Terminal terminal;
        private final BooleanSupplier foreground;
        private final SignalHandler former;
        private @Nullable Thread thread;

        Interrupter(Terminal terminal, Thread thread, BooleanSupplier foreground) {
            this.terminal = terminal;
            this.thread = thread;
            this.foreground = foreground;
            this.former = terminal.handle(Signal.INT, this);
        }

        @Override
        public void handle(Signal signal) {
            boolean mine = foreground.getAsBoolean();
            if (mine) {
                interrupt();
            }
            if (!mine || former instanceof Interrupter) {
                former.handle(signal);
            }
        }

        private synchronized void interrupt() {
            if (thread != null) {
                thread.interrupt();
            }
        }

        private synchronized boolean stopped() {
            return thread == null;
        }

        void stop() {
            synchronized (this) {
                thread = null;
                // it belongs to a pool
                Thread.interrupted();
            }
            SignalHandler below = former;
            while (below instanceof Interrupter other && other.stopped()) {
                below = other.former;
            }
            SignalHandler top = terminal.handle(Signal.INT, below);
            if (top != this) {
                // a command that began later is still there, and leaves this one out when it stops
                terminal.handle(Signal.INT, top);
            }
        }
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
