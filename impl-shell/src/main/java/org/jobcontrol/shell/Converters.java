package org.jobcontrol.shell;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobType;
import picocli.CommandLine.TypeConversionException;

/** Reads the words that people type for times, sizes and masks. */
final class Converters {
    private static final Pattern NUMBER = Pattern.compile("([0-9]+(?:\\.[0-9]+)?) *([a-zA-Z]*)");
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1000L, "", 1000L, "m", 60_000L, "min", 60_000L, "h", 3_600_000L);
    private static final List<String> UNITS = List.of("", "k", "m", "g", "t", "p", "e");

    private Converters() {}

    /** Reads {@code 500ms}, {@code 30s}, {@code 2m}, {@code 1h}, seconds, or what {@link Duration} reads. */
    static Duration time(String text) {
        Matcher number = NUMBER.matcher(text);
        Long unit = number.matches() ? MILLIS.get(number.group(2).toLowerCase(Locale.ROOT)) : null;
        try {
            return unit == null
                    ? Duration.parse(text)
                    : Duration.ofMillis(new BigDecimal(number.group(1))
                            .multiply(BigDecimal.valueOf(unit))
                            .toBigInteger()
                            .longValueExact());
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new TypeConversionException(
                    "'" + text + "' is no time such as 500ms, 30s, 2m or 1h");
        }
    }

    /** Reads bytes: {@code 4096}, {@code 10GiB}, {@code 1.5g}; a unit is a power of 1024. */
    static Size size(String text) {
        Matcher number = NUMBER.matcher(text);
        if (number.matches()) {
            String unit = number.group(2).toLowerCase(Locale.ROOT).replaceFirst("(ib|b)$", "");
            int power = UNITS.indexOf(unit);
            BigDecimal bytes = new BigDecimal(number.group(1));
            for (int i = 0; i < power; i++) {
                bytes = bytes.multiply(BigDecimal.valueOf(1024));
            }
            if (power >= 0 && bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
                return new Size(bytes.longValue());
            }
        }
        throw new TypeConversionException(
                "'" + text + "' is no size such as 4096, 512MiB or 10GiB");
    }

    /**
     * Returns the file that a word names: a relative one is in the current directory of the shell,
     * and {@code ~} is the home directory of the user who runs it.
     */
    static Path file(String text, Path directory) {
        if (text.isEmpty()) {
            throw new TypeConversionException("'' is no name of a file");
        }
        try {
            if (text.equals("~") || text.startsWith("~/")) {
                return Path.of(System.getProperty("user.home"), text.substring(1));
            }
            return directory.resolve(text);
        } catch (InvalidPathException e) {
            throw new TypeConversionException(
                    "'" + text + "' is no name of a file: " + e.getReason());
        }
    }

    /** Returns what a file says. */
    static String text(Path file) throws CommandException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new CommandException(file + " cannot be read: " + Failures.withoutFile(e), e);
        }
    }

    /** Reads the types of a mask, or one of the names that a mask has. */
    static JobMask mask(List<String> words) throws CommandException {
        JobMask mask = JobMask.NONE;
        for (String word : words) {
            for (String name : word.toUpperCase(Locale.ROOT).split(",", -1)) {
                if (name.equals("DEFAULT")) {
                    for (JobType type : JobMask.DEFAULT.types()) {
                        mask = mask.with(type);
                    }
                } else if (!name.equals("NONE")) {
                    mask = with(mask, name);
                }
            }
        }
        return mask;
    }

    private static JobMask with(JobMask mask, String name) throws CommandException {
        try {
            return mask.with(JobType.valueOf(name));
        } catch (IllegalArgumentException e) {
            throw new CommandException("a mask cannot hold '" + name + "'", e);
        }
    }
}
