package org.jobcontrol.shell;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jobcontrol.shell.text.Glyphs;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/**
 * Runs and completes the commands, for whatever shell asks. A command is a method of one of several
 * classes; picocli reads its arguments and prints its help.
 */
@Component(service = CommandRunner.class)
public final class CommandRunner {
    /** What the commands' names begin with in the shell. */
    static final String SCOPE = "jobctl";

    private static final int HELP_WIDTH = 80;
    private static final int MIN_HELP_WIDTH = 55;
    private static final String FILES =
            "Files and directories are on the server, and are used with the rights of its process.";
    private static final Console NOWHERE =
            new Console(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8), 0);

    private final Services services;
    private final Map<String, String> descriptions = new TreeMap<>();
    private final Map<String, Map<String, String>> overview = new LinkedHashMap<>();

    /**
     * The commands as completion reads them: to make them takes far longer than a key may. Nothing is
     * parsed with these.
     */
    private final Map<String, CommandSpec> specs = new HashMap<>();

    /** Which of the {@link #classes} has a command. */
    private final Map<String, Integer> places = new HashMap<>();

    /**
     * Makes the runner.
     *
     * @param services what the commands work on
     */
    @Activate
    public CommandRunner(@Reference(name = "services") Services services) {
        this.services = services;
        List<Object> classes = classes(NOWHERE);
        for (int place = 0; place < classes.size(); place++) {
            CommandLine group = group(classes.get(place), NOWHERE.directory());
            Map<String, String> all = new TreeMap<>();
            for (var command : group.getSubcommands().entrySet()) {
                CommandSpec spec = command.getValue().getCommandSpec();
                all.put(command.getKey(), spec.usageMessage().description()[0]);
                specs.put(command.getKey(), spec);
                places.put(command.getKey(), place);
            }
            descriptions.putAll(all);
            overview.put(group.getCommandSpec().usageMessage().header()[0], all);
        }
    }

    /** Returns the commands' names with a sentence on each. */
    Map<String, String> descriptions() {
        return Collections.unmodifiableMap(descriptions);
    }

    /** Returns the same in groups, each with its title. */
    Map<String, Map<String, String>> overview() {
        return Collections.unmodifiableMap(overview);
    }

    /** Runs a command; what it has to say it prints. */
    void run(String name, List<?> arguments, Console console) throws Exception {
        Found found = find(name, console);
        ParseResult parsed;
        try {
            parsed = found.group.parseArgs(words(name, arguments));
        } catch (ParameterException e) {
            throw new CommandException(
                    misuse(e) + "; " + SCOPE + ":" + name + " --help says more", e);
        }
        if (parsed.subcommand().isUsageHelpRequested()) {
            help(found.command, console);
            return;
        }
        try {
            new CommandLine.RunLast().execute(parsed);
        } catch (CommandLine.ExecutionException e) {
            throw Failures.of(SCOPE + ":" + name, e);
        }
    }

    /** Returns what is wrong with an argument; picocli also counts at which index it is. */
    private static String misuse(ParameterException e) {
        ArgSpec argument = e.getArgSpec();
        if (argument == null || !(e.getCause() instanceof TypeConversionException cause)) {
            return String.valueOf(e.getMessage());
        }
        String label = argument instanceof OptionSpec option
                ? option.longestName()
                : argument.paramLabel();
        return label + ": " + cause.getMessage();
    }

    /** A variable that is not defined is passed on as null. */
    private static String[] words(String name, List<?> arguments) throws CommandException {
        List<String> words = new ArrayList<>(List.of(name));
        for (Object argument : arguments) {
            if (argument == null) {
                throw new CommandException("argument " + words.size() + " of " + SCOPE + ":" + name
                        + " is a variable that is not defined");
            }
            words.add(argument.toString());
        }
        return words.toArray(String[]::new);
    }

    /** Prints the help of a command; picocli knows no width below 55. */
    private static void help(CommandLine command, Console console) {
        int width = console.columns() > 0 ? console.columns() - 1 : HELP_WIDTH;
        command.setUsageHelpWidth(Math.max(width, MIN_HELP_WIDTH));
        String text = command.getUsageMessage(CommandLine.Help.Ansi.OFF);
        text.lines().flatMap(line -> Glyphs.fold(line, width).stream()).forEach(console::say);
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
        CommandSpec spec = spec(name);
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
        return candidates(spec, open, positionals, last)
                .filter(candidate -> candidate.startsWith(last))
                .toList();
    }

    private Stream<String> candidates(
            CommandSpec spec, @Nullable OptionSpec open, List<String> positionals, String last) {
        if (open != null) {
            return of(open, positionals);
        }
        if (last.startsWith("-")) {
            return spec.options().stream().map(OptionSpec::longestName);
        }
        return spec.positionalParameters().stream()
                .filter(parameter -> parameter.index().contains(positionals.size()))
                .flatMap(parameter -> of(parameter, positionals));
    }

    private Stream<String> of(ArgSpec argument, List<String> before) {
        Iterable<String> all = argument.completionCandidates();
        if (all instanceof Candidates candidates) {
            return candidates.all(services, before);
        }
        return all == null ? Stream.empty() : StreamSupport.stream(all.spliterator(), false);
    }

    // ---- the commands ---------------------------------------------------------------------------

    /** A command, and the commands of its class, which picocli parses it among. */
    private record Found(CommandLine group, CommandLine command) {}

    /** Makes a command, with those of its class: one that is parsed keeps its arguments. */
    private Found find(String name, Console console) {
        CommandLine group =
                group(classes(console).get(places.getOrDefault(name, 0)), console.directory());
        CommandLine command = group.getSubcommands().get(name);
        if (command == null) {
            throw noSuchCommand(name);
        }
        return new Found(group, command);
    }

    /** Returns what a command is called with. */
    CommandSpec spec(String name) {
        CommandSpec spec = specs.get(name);
        if (spec == null) {
            throw noSuchCommand(name);
        }
        return spec;
    }

    private static IllegalArgumentException noSuchCommand(String name) {
        return new IllegalArgumentException("there is no command " + name);
    }

    /** Returns what has the commands as its methods. */
    private List<Object> classes(Console console) {
        return List.of(
                new HelpCommands(this, console),
                new JobCommands(services, console),
                new SteerCommands(services, console),
                new DomainCommands(services, console),
                new GuestCommands(services, console),
                new DiskCommands(services, console),
                new PoolCommands(services, console),
                new VolumeCommands(services, console),
                new VolumeDataCommands(services, console));
    }

    private static OptionSpec help() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Prints this.")
                .build();
    }

    private static CommandLine group(Object commands, Path directory) {
        CommandLine group = new CommandLine(commands)
                .registerConverter(Duration.class, Converters::time)
                .registerConverter(Size.class, Converters::size)
                .registerConverter(Path.class, text -> Converters.file(text, directory));
        group.setCaseInsensitiveEnumValuesAllowed(true);
        group.getSubcommands().forEach((name, command) -> {
            command.setCommandName(SCOPE + ":" + name);
            command.getCommandSpec().addOption(help());
            // The group has no name, and picocli puts a blank behind it.
            command.getCommandSpec().usageMessage().synopsisHeading("Usage:");
            sayWhoseFiles(command.getCommandSpec());
        });
        return group;
    }

    /** Who types by ssh might take them for files of the own machine. */
    private static void sayWhoseFiles(CommandSpec spec) {
        if (spec.args().stream().anyMatch(argument -> argument.type() == Path.class)) {
            List<String> description =
                    new ArrayList<>(List.of(spec.usageMessage().description()));
            description.add(FILES);
            spec.usageMessage().description(description.toArray(String[]::new));
        }
    }
}
