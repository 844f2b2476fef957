package org.jobcontrol.libvirt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the log of libvirt's job engine says of the requests about one domain. */
final class EngineLog {
    private static final Pattern LINE = Pattern.compile(" ([0-9]+): \\w+ : \\w+:[0-9]+ : (.*)");
    private static final Pattern BEGINS =
            Pattern.compile("Starting job: API=(\\S+) job=(.+) agentJob=.* name=([^,]+), .*");
    private static final Pattern STARTED = Pattern.compile("Started job: (.+) \\(.*name=(\\S+)\\)");
    private static final Pattern ASYNC =
            Pattern.compile("Started async job: (.+) \\(.*name=(\\S+)\\)");
    private static final Pattern WAITS =
            Pattern.compile("Waiting for (job|async job) \\(.*name=(\\S+)\\)");

    /** Requests of the daemon's own threads, which handle what QEMU tells. */
    private static final String EVENT = "qemu-event";

    private static final String NESTED = "async nested";

    private final String domain;
    private final Map<String, String> requests = new HashMap<>();
    private final List<String> asyncJobs = new ArrayList<>();
    private final List<String> trouble = new ArrayList<>();
    private int waits;
    private String holder = "nobody";

    private EngineLog(String domain) {
        this.domain = domain;
    }

    static EngineLog of(String domain, List<String> lines) {
        EngineLog log = new EngineLog(domain);
        for (String line : lines) {
            Matcher parts = LINE.matcher(line);
            if (parts.find()) {
                log.read(parts.group(1), parts.group(2));
            }
        }
        return log;
    }

    private void read(String thread, String message) {
        Matcher begins = BEGINS.matcher(message);
        Matcher started = STARTED.matcher(message);
        Matcher async = ASYNC.matcher(message);
        Matcher waiting = WAITS.matcher(message);
        if (begins.matches()) {
            requests.put(thread, begins.group(1) + " (" + begins.group(2) + ")");
        } else if (started.matches() && started.group(2).equals(domain)) {
            holder = requests.get(thread);
        } else if (async.matches() && async.group(2).equals(domain)) {
            asyncJobs.add(async.group(1));
        } else if (waiting.matches() && waiting.group(2).equals(domain)) {
            waits(requests.get(thread), waiting.group(1));
        } else if (message.startsWith("Cannot start job") && message.contains(" " + domain + ";")) {
            trouble.add(message);
        }
    }

    private void waits(String request, String where) {
        waits++;
        boolean steps = isItsOwn(request) || (where.equals("job") && isItsOwn(holder));
        if (!steps) {
            trouble.add(request + " waits for the " + where + " of " + holder);
        }
    }

    private static boolean isItsOwn(String request) {
        return request.startsWith(EVENT) || request.endsWith("(" + NESTED + ")");
    }

    /** Returns the async jobs that have begun. */
    List<String> asyncJobs() {
        return asyncJobs;
    }

    /**
     * Returns the requests that were refused, or waited for another of ours. Not those that met a step
     * of libvirt's own: the thread of an async job takes the job slot for each command to QEMU, and so
     * does a thread of the daemon for an event, and whoever comes then waits for some milliseconds.
     */
    List<String> trouble() {
        return trouble;
    }

    /** Returns how many requests have waited for anything. */
    int waits() {
        return waits;
    }
}
