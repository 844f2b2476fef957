package org.jobcontrol.shell;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jobcontrol.api.JobUnavailableException;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Runs and completes the commands, for whatever shell asks. A command is a method of one of five
 * classes; picocli reads its arguments and prints its help.
 */
@Component(service = CommandRunner.class)
public final class CommandRunner {
    /** What the commands' names begin with in the shell. */
    static final String SCOPE = "jobctl";

    private static final int HELP_WIDTH = 80;
    private static final Console NOWHERE =
            new Console(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8), 0);

    private final Services services;
    private final Map<String, String> descriptions = new TreeMap<>();

    /**
     * Makes the runner.
     *
     * @param services what the commands work on
     */
    @Activate
    public CommandRunner(@Reference(name = "services") Services services) {
        this.services = services;
        for (CommandLine group : groups(NOWHERE, List.of())) {
            group.getSubcommands()
                    .forEach((name, command) -> descriptions.put(
                            name, command.getCommandSpec().usageMessage().description()[0]));
        }
    }

    /** Returns the commands' names with a sentence on each. */
    Map<String, String> descriptions() {
        return Collections.unmodifiableMap(descriptions);
    }

    /** Runs a command; what it has to say it prints. */
    void run(String name, List<?> arguments, Console console) throws Exception {
        Found found = find(name, console, List.of());
        List<String> words = new ArrayList<>(List.of(name));
        arguments.forEach(argument -> words.add(String.valueOf(argument)));
        ParseResult parsed;
        try {
            parsed = found.group.parseArgs(words.toArray(String[]::new));
        } catch (ParameterException e) {
            throw new CommandException(
                    e.getMessage() + "; " + SCOPE + ":" + name + " --help says more", e);
        }
        if (parsed.subcommand().isUsageHelpRequested()) {
            int width = console.columns() > 0 ? console.columns() - 1 : HELP_WIDTH;
            found.command.setUsageHelpWidth(Math.max(width, HELP_WIDTH / 2));
            found.command.usage(console.out());
            return;
        }
        try {
            new CommandLine.RunLast().execute(parsed);
        } catch (CommandLine.ExecutionException e) {
            throw reason(e);
        }
    }

    /** Returns why the command failed, in the words of what it threw; a bug keeps its stack. */
    private static Exception reason(CommandLine.ExecutionException wrapped) {
        Throwable cause = wrapped.getCause();
        if (cause instanceof CommandException || cause instanceof InterruptedException) {
            return (Exception) cause;
        }
        boolean bug = cause instanceof RuntimeException
                && !(cause instanceof IllegalArgumentException)
                && !(cause instanceof UnsupportedOperationException)
                && !(cause instanceof IllegalStateException)
                && !(cause instanceof JobUnavailableException);
        if (!(cause instanceof Exception) || bug) {
            return wrapped;
        }
        return new CommandException(String.valueOf(cause.getMessage()), cause);
    }

    /**
     * Completes the last word of a line.
     *
     * @param words the arguments so far; the last is what is to be completed, maybe empty
     * @return the whole words that it may become
     */
    List<String> complete(String name, List<String> words) {
        String last = words.get(words.size() - 1);
        List<String> before = words.subList(0, words.size() - 1);
        List<String> positionals = new ArrayList<>();
        CommandSpec spec = find(name, NOWHERE, positionals).command.getCommandSpec();
        OptionSpec open = null;
        for (String word : before) {
            if (open != null) {
                open = null;
            } else if (word.startsWith("-")) {
                OptionSpec option = spec.findOption(word);
                open = option != null && option.arity().max() > 0 ? option : null;
            } else {
                positionals.add(word);
            }
        }
        return candidates(spec, open, positionals.size(), last)
                .filter(candidate -> candidate.startsWith(last))
                .toList();
    }

    private static Stream<String> candidates(
            CommandSpec spec, @Nullable OptionSpec open, int position, String last) {
        if (open != null) {
            return of(open);
        }
        if (last.startsWith("-")) {
            return spec.options().stream().map(OptionSpec::longestName);
        }
        return spec.positionalParameters().stream()
                .filter(parameter -> parameter.index().contains(position))
                .flatMap(CommandRunner::of);
    }

    private static Stream<String> of(ArgSpec argument) {
        Iterable<String> all = argument.completionCandidates();
        return all == null ? Stream.empty() : StreamSupport.stream(all.spliterator(), false);
    }

    // ---- the commands ---------------------------------------------------------------------------

    /** A command, and the commands of its class, which picocli parses it among. */
    private record Found(CommandLine group, CommandLine command) {}

    private Found find(String name, Console console, List<String> before) {
        for (CommandLine group : groups(console, before)) {
            CommandLine command = group.getSubcommands().get(name);
            if (command != null) {
                return new Found(group, command);
            }
        }
        throw new IllegalArgumentException("there is no command " + name);
    }

    /** Makes the commands anew: one that is parsed keeps its arguments, and shells run many at once. */
    private List<CommandLine> groups(Console console, List<String> before) {
        IFactory factory = new InContext(before);
        return Stream.of(
                        new JobCommands(services, console),
                        new SteerCommands(services, console),
                        new DomainCommands(services, console),
                        new GuestCommands(services, console),
                        new DiskCommands(services, console),
                        new PoolCommands(services, console),
                        new VolumeCommands(services, console),
                        new VolumeDataCommands(services, console))
                .map(commands -> group(commands, factory))
                .toList();
    }

    private static OptionSpec help() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Prints this.")
                .build();
    }

    private static CommandLine group(Object commands, IFactory factory) {
        CommandLine group = new CommandLine(commands, factory)
                .registerConverter(Duration.class, Converters::time);
        group.setCaseInsensitiveEnumValuesAllowed(true);
        group.getSubcommands().forEach((name, command) -> {
            command.setCommandName(SCOPE + ":" + name);
            command.getCommandSpec().addOption(help());
            // The group has no name, and picocli puts a blank behind it.
            command.getCommandSpec().usageMessage().synopsisHeading("Usage:");
        });
        return group;
    }

    /** Gives what completes arguments the services and the words before. */
    private final class InContext implements IFactory {
        private final IFactory plain = CommandLine.defaultFactory();
        private final List<String> before;

        InContext(List<String> before) {
            this.before = before;
        }

        @Override
        public <K> K create(Class<K> type) throws Exception {
            K made = plain.create(type);
            if (made instanceof Candidates candidates) {
                candidates.in(services, before);
            }
            return made;
        }
    }
}
