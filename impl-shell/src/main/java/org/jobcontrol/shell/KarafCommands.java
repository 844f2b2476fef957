package org.jobcontrol.shell;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.console.Candidate;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Parser;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.apache.karaf.shell.api.console.Terminal;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Offers the commands to Karaf's shell, with completion. Does nothing where that is not there. */
@Component(service = {})
public final class KarafCommands {
    private final Registry registry;
    private final List<Command> commands;

    /**
     * Offers the commands.
     *
     * @param sessions Karaf's shell
     * @param runner runs and completes the commands
     */
    @Activate
    public KarafCommands(
            @Reference(name = "sessions") SessionFactory sessions,
            @Reference(name = "runner") CommandRunner runner) {
        this.registry = sessions.getRegistry();
        List<Command> all = new ArrayList<>();
        // first: of two commands of one name the shell takes the earlier
        all.add(new Subshell(runner));
        runner.descriptions()
                .forEach((name, description) -> all.add(new Offered(runner, name, description)));
        this.commands = all;
        commands.forEach(registry::register);
    }

    @Deactivate
    void stop() {
        commands.forEach(registry::unregister);
    }

    /**
     * Enters the subshell, as the command of this name does that Karaf makes for every scope. That one
     * has no help unless all commands of the scope are Karaf's actions, and {@code help jobctl} is empty.
     */
    private record Subshell(CommandRunner runner) implements Command {
        @Override
        public String getScope() {
            return Session.SCOPE_GLOBAL;
        }

        @Override
        public String getName() {
            return CommandRunner.SCOPE;
        }

        @Override
        public String getDescription() {
            return "Enters the subshell of job control; with --help, lists its commands.";
        }

        @Override
        public @Nullable Object execute(Session session, List<Object> arguments) throws Exception {
            if (!arguments.isEmpty()) {
                boolean help = arguments.equals(List.of("--help"));
                runner.run("help", help ? List.of() : arguments, console(session));
            } else if (!getName().equals(session.get(Session.SUBSHELL))) {
                session.put(Session.SUBSHELL, getName());
                session.put(Session.SCOPE, getName() + ":" + session.get(Session.SCOPE));
            }
            return null;
        }

        @Override
        public @Nullable Completer getCompleter(boolean scoped) {
            return null;
        }

        @Override
        public @Nullable Parser getParser() {
            return null;
        }
    }

    private static Console console(Session session) {
        Terminal terminal = session.getTerminal();
        boolean real = terminal != null && terminal.isAnsiSupported();
        return CommandOutput.console(
                session.getConsole(), () -> real ? terminal.getWidth() : 0, session.currentDir());
    }

    private record Offered(CommandRunner runner, String name, String description)
            implements Command {
        @Override
        public String getScope() {
            return CommandRunner.SCOPE;
        }

        @Override
        public String getName() {
            return name;
        }

        @Override
        public String getDescription() {
            return description;
        }

        @Override
        public @Nullable Object execute(Session session, List<Object> arguments) throws Exception {
            runner.run(name, arguments, console(session));
            return null;
        }

        @Override
        public Completer getCompleter(boolean scoped) {
            return new Completion(this, scoped);
        }

        @Override
        public @Nullable Parser getParser() {
            return null;
        }

        String fullName() {
            return CommandRunner.SCOPE + ":" + name;
        }
    }

    /**
     * Completes one command. Karaf calls that of every command for every key, whichever command is
     * typed.
     *
     * @param scoped whether only the short name is completed
     */
    private record Completion(Offered command, boolean scoped) implements Completer {
        @Override
        public void completeCandidates(
                Session session, CommandLine line, List<Candidate> candidates) {
            String[] words = line.getArguments();
            int at = line.getCursorArgumentIndex();
            String cursor = line.getCursorArgument();
            String last = cursor == null ? "" : cursor.substring(0, line.getArgumentPosition());
            if (at == 0) {
                names().filter(name -> name.startsWith(last))
                        .map(this::candidate)
                        .forEach(candidates::add);
            } else if (isTyped(session, words[0])) {
                List<String> arguments = new ArrayList<>(
                        Arrays.asList(words).subList(1, Math.min(at, words.length)));
                arguments.add(last);
                command.runner.complete(command.name, arguments).stream()
                        .map(Candidate::new)
                        .forEach(candidates::add);
            }
        }

        @Override
        public int complete(Session session, CommandLine line, List<String> candidates) {
            List<Candidate> all = new ArrayList<>();
            completeCandidates(session, line, all);
            all.forEach(candidate -> candidates.add(candidate.value()));
            return all.isEmpty() ? -1 : line.getBufferPosition() - line.getArgumentPosition();
        }

        private Stream<String> names() {
            return scoped ? Stream.of(command.name) : Stream.of(command.name, command.fullName());
        }

        /** The same key: a menu shows both names in one line, with the description. */
        private Candidate candidate(String shown) {
            String key = command.fullName();
            return new Candidate(shown, shown, null, command.description, null, key, true);
        }

        /** Another scope may have a command of the same short name. */
        private boolean isTyped(Session session, String typed) {
            return names().anyMatch(typed::equals)
                    && session.resolveCommand(typed).equals(command.fullName());
        }
    }
}
