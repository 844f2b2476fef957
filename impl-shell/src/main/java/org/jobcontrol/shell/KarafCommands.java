package org.jobcontrol.shell;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.felix.service.command.Process;
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
        runner.descriptions()
                .forEach((name, description) -> all.add(new Offered(runner, name, description)));
        this.commands = all;
        commands.forEach(registry::register);
    }

    @Deactivate
    void stop() {
        commands.forEach(registry::unregister);
    }

    private record Offered(CommandRunner runner, String name, String description)
            implements Command, Completer {
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
            Terminal terminal = session.getTerminal();
            boolean real = terminal != null
                    && terminal.isAnsiSupported()
                    && Process.Utils.current().isTty(1);
            int columns = real ? terminal.getWidth() : 0;
            runner.run(name, arguments, new Console(session.getConsole(), columns));
            return null;
        }

        @Override
        public Completer getCompleter(boolean scoped) {
            return this;
        }

        @Override
        public @Nullable Parser getParser() {
            return null;
        }

        @Override
        public int complete(Session session, CommandLine line, List<String> candidates) {
            String[] words = line.getArguments();
            int at = line.getCursorArgumentIndex();
            List<String> arguments = new ArrayList<>(
                    Arrays.asList(words).subList(1, Math.max(1, Math.min(at, words.length))));
            String cursor = line.getCursorArgument();
            arguments.add(cursor == null ? "" : cursor.substring(0, line.getArgumentPosition()));
            runner.complete(name, arguments).forEach(word -> candidates.add(word + " "));
            return candidates.isEmpty()
                    ? -1
                    : line.getBufferPosition() - line.getArgumentPosition();
        }
    }
}
