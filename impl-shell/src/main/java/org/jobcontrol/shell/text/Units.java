package org.jobcontrol.shell.text;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Words amounts of bytes and time for people. */
public final class Units {
    private static final List<String> SIZES = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB");
    private static final int STEP = 1024;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static final long HOUR = 3600;
    private static final long DAY = 24;

    private Units() {}

    /**
     * Returns a size in the largest unit of which there is one: {@code 256 MiB}.
     *
     * @param bytes the size
     * @return what people read
     */
    public static String size(long bytes) {
        int unit = unit(bytes);
        return number(bytes, unit) + " " + SIZES.get(unit);
    }

    /**
     * Returns a part of a whole in the unit of the whole: {@code 115/256 MiB}.
     *
     * @param done the part, in bytes
     * @param total the whole, in bytes
     * @return what people read
     */
    public static String part(long done, long total) {
        int unit = unit(total);
        return number(done, unit) + "/" + number(total, unit) + " " + SIZES.get(unit);
    }

    /**
     * Returns a time with its two largest units: {@code 35 ms}, {@code 1.2 s}, {@code 2 min 5 s},
     * {@code 3 h 20 min}, {@code 2 d 4 h}.
     *
     * @param time the time
     * @return what people read
     */
    public static String time(Duration time) {
        // rounded first: 59.96 s are a minute
        if (time.compareTo(MINUTE.minusMillis(50)) >= 0) {
            long seconds = time.toSeconds() + (time.toMillisPart() >= 500 ? 1 : 0);
            return seconds < HOUR ? seconds / 60 + " min " + seconds % 60 + " s" : hours(seconds);
        }
        long millis = time.toMillis();
        if (millis == 0 && !time.isZero()) {
            return "<1 ms";
        }
        if (millis < 1000) {
            return millis + " ms";
        }
        long tenths = (millis + 50) / 100;
        return tenths / 10 + "." + tenths % 10 + " s";
    }

    private static String hours(long seconds) {
        // rounded first: 59 minutes and 30 seconds behind an hour are another hour
        long minutes = seconds / 60 + (seconds % 60 >= 30 ? 1 : 0);
        long hours = minutes / 60;
        return hours < DAY
                ? hours + " h " + minutes % 60 + " min"
                : hours / DAY + " d " + hours % DAY + " h";
    }

    private static int unit(long bytes) {
        int unit = 0;
        while (unit + 1 < SIZES.size() && bytes >> (10 * (unit + 1)) > 0) {
            unit++;
        }
        return unit;
    }

    private static String number(long bytes, int unit) {
        double number = bytes / Math.pow(STEP, unit);
        boolean whole = number >= 10 || number == Math.rint(number);
        return String.format(Locale.ROOT, whole ? "%.0f" : "%.1f", number);
    }
}
