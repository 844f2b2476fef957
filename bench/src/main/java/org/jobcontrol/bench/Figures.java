package org.jobcontrol.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoublePredicate;

/** What is compared with what, and what it is to be. */
final class Figures {
    /** The unit of a figure, and which way is better. */
    enum Unit {
        NANOS("ns"),
        MILLIS("ms"),
        PAIRS("M/s"),
        PAIRS_ON_DISK("/s"),
        BYTES("B");

        final String symbol;

        Unit(String symbol) {
            this.symbol = symbol;
        }
    }

    /**
     * A line of the table.
     *
     * @param name what is measured
     * @param ours the key of our value
     * @param peers the keys of others' values, each under its name; the first is what the ratio is to
     * @param goal what the ratio, or our value where there are no peers, is to be
     * @param met whether a number is that
     */
    record Figure(
            String name,
            Unit unit,
            String ours,
            Map<String, String> peers,
            String goal,
            DoublePredicate met) {}

    /** From so many threads on, it is switches of threads that cost. */
    private static final int CROWD = 16;

    private Figures() {}

    private static DoublePredicate atMost(double most) {
        return value -> value <= most;
    }

    private static DoublePredicate atLeast(double least) {
        return value -> value >= least;
    }

    private static Map<String, String> peers(String... namesAndKeys) {
        Map<String, String> peers = new LinkedHashMap<>();
        for (int i = 0; i < namesAndKeys.length; i += 2) {
            peers.put(namesAndKeys[i], namesAndKeys[i + 1]);
        }
        return peers;
    }

    private static String alone(String method) {
        return "Uncontended." + method;
    }

    private static String at(int threads, String method) {
        return "Contended." + method + "@" + threads;
    }

    /**
     * Returns every figure.
     *
     * @param widths numbers of threads on one target
     * @param measured the keys of what was measured: not every Java has everything
     */
    static List<Figure> all(List<Integer> widths, Set<String> measured) {
        List<Figure> all = new ArrayList<>(uncontended());
        widths.forEach(width -> all.addAll(contended(width)));
        all.add(new Figure(
                "64 threads on 10,000 targets",
                Unit.PAIRS,
                at(64, "manyTargets"),
                peers("Eclipse Jobs", at(64, "manyEclipseRules")),
                ">= 100 x",
                atLeast(100)));
        all.addAll(journaled());
        all.addAll(handOffAndSizes());
        all.addAll(busy());
        all.addAll(crowds());
        all.addAll(virtualThreads());
        all.removeIf(figure -> !measured.contains(figure.ours()));
        return all;
    }

    private static List<Figure> uncontended() {
        Map<String, String> locks = peers(
                "ReentrantLock", alone("reentrantLock"),
                "fair ReentrantLock", alone("fairReentrantLock"),
                "fair Semaphore", alone("fairSemaphore"),
                "StampedLock", alone("stampedLock"),
                "Guava Striped", alone("stripedLock"),
                "Eclipse Jobs", alone("eclipseRule"));
        Map<String, String> lock = peers("ReentrantLock", alone("reentrantLock"));
        return List.of(
                new Figure(
                        "begin + close",
                        Unit.NANOS,
                        alone("begin"),
                        locks,
                        "<= 2.5 x",
                        atMost(2.5)),
                new Figure(
                        "begin + close, to Eclipse Jobs",
                        Unit.NANOS,
                        alone("begin"),
                        peers("Eclipse Jobs", alone("eclipseRule")),
                        "<= 0.05 x",
                        atMost(0.05)),
                new Figure(
                        "tryBegin + close",
                        Unit.NANOS,
                        alone("tryBegin"),
                        lock,
                        "<= 2.5 x",
                        atMost(2.5)),
                new Figure(
                        "tryBegin, refused",
                        Unit.NANOS,
                        alone("tryBeginRefused"),
                        lock,
                        "<= 1 x",
                        atMost(1)),
                new Figure(
                        "async pair", Unit.NANOS, alone("beginAsync"), lock, "<= 5 x", atMost(5)),
                new Figure(
                        "query beside an async job",
                        Unit.NANOS,
                        alone("beginBesideAsync"),
                        lock,
                        "<= 2.5 x",
                        atMost(2.5)),
                new Figure(
                        "nested job",
                        Unit.NANOS,
                        alone("beginNested"),
                        lock,
                        "<= 2.5 x",
                        atMost(2.5)),
                new Figure(
                        "volume job",
                        Unit.NANOS,
                        alone("beginOnVolume"),
                        peers("pool job", alone("beginOnPool")),
                        "<= 2.2 x",
                        atMost(2.2)),
                new Figure(
                        "info()", Unit.NANOS, alone("info"), peers(), "<= 1000 ns", atMost(1000)));
    }

    private static List<Figure> contended(int width) {
        String name = width + " threads on one target";
        Figure graceful = new Figure(
                name + ", 1 ms of grace",
                Unit.PAIRS,
                at(width, "oneTargetWithGrace"),
                peers(
                        "fair ReentrantLock", at(width, "oneFairReentrantLock"),
                        "ReentrantLock", at(width, "oneReentrantLock")),
                ">= " + (width < CROWD ? "0.9" : "10") + " x",
                atLeast(width < CROWD ? 0.9 : 10));
        Figure strict = new Figure(
                name,
                Unit.PAIRS,
                at(width, "oneTarget"),
                peers(
                        "fair ReentrantLock", at(width, "oneFairReentrantLock"),
                        "ReentrantLock", at(width, "oneReentrantLock"),
                        "fair Semaphore", at(width, "oneFairSemaphore"),
                        "Eclipse Jobs", at(width, "oneEclipseRule")),
                ">= 0.9 x (strict)",
                atLeast(0.9));
        return List.of(strict, graceful);
    }

    private static List<Figure> journaled() {
        String ours = "Journaled.pair";
        return List.of(
                new Figure(
                        "async pair on disk",
                        Unit.PAIRS_ON_DISK,
                        ours + "@1",
                        peers(
                                "two forced writes", "Journaled.twoForcedWrites@1",
                                "H2 MVStore", "Journaled.mvStore@1"),
                        ">= 0.9 x",
                        atLeast(0.9)),
                new Figure(
                        "16 threads, each with its target on disk",
                        Unit.PAIRS_ON_DISK,
                        ours + "@" + CROWD,
                        peers(
                                "one thread", ours + "@1",
                                "H2 MVStore", "Journaled.mvStore@" + CROWD),
                        ">= 4 x",
                        atLeast(4)));
    }

    /** Returns what each feature is called, and the key of what a job that uses it costs. */
    static Map<String, String> costs() {
        return peers(
                "nothing more, as shipped", "Costs.asShipped",
                "no history", "Costs.withoutHistory",
                "`leak_tracking=SAMPLED`", "Costs.leakTrackingSampled",
                "by `call`", "Costs.call",
                "one `checkpoint`", "Costs.checkpoint",
                "one `progress`", "Costs.progress",
                "one `onAbort`", "Costs.onAbort",
                "one look at its `info`", "Costs.infoOfTheJob",
                "somebody waits for `ended`", "Costs.ended");
    }

    private static List<Figure> busy() {
        return List.of(
                new Figure(
                        "info() while 64 threads work on 10,000 targets, median",
                        Unit.NANOS,
                        "Busy.look@10000",
                        peers(),
                        "<= 1000 ns",
                        atMost(1000)),
                new Figure(
                        "info() while 64 threads wait for one target, median",
                        Unit.NANOS,
                        "Busy.look@1",
                        peers(),
                        "<= 1000 ns",
                        atMost(1000)),
                new Figure(
                        "the same, 1 ms of grace",
                        Unit.NANOS,
                        "Busy.lookWithGrace",
                        peers(),
                        "<= 1000 ns",
                        atMost(1000)),
                new Figure(
                        "longest wait of 64 threads, 1 ms of grace",
                        Unit.MILLIS,
                        "Busy.longestWait",
                        peers(),
                        "<= 10 ms",
                        atMost(10)));
    }

    /** What a step among ten thousand takes is compared with what it takes among a hundred. */
    private static List<Figure> crowds() {
        return List.of(
                crowd("end of a job on a volume, 10,000 others run", "end", 10_000),
                crowd("the same, and 10,000 wait behind a MODIFY", "endBeforeWaiters", 10_000),
                crowd("to queue behind that MODIFY, 10,000 run", "queue", 10_000),
                crowd("refusal of a MODIFY, 10,000 run", "refusal", 10_000),
                crowd("to leave the queue from behind 10,000", "leave", 10_000),
                crowd("a group of 4,000, each job", "group", 4_000));
    }

    private static Figure crowd(String name, String step, int size) {
        String key = "Crowds." + step + "@";
        return new Figure(
                name, Unit.NANOS, key + size, peers("of 100", key + 100), "<= 4 x", atMost(4));
    }

    private static List<Figure> virtualThreads() {
        return List.of(
                new Figure(
                        "100,000 virtual threads wait, each",
                        Unit.BYTES,
                        "VirtualThreads.bytes",
                        peers(),
                        "<= 900 B",
                        atMost(900)),
                new Figure(
                        "a turn of theirs",
                        Unit.NANOS,
                        "VirtualThreads.turn",
                        peers(),
                        "<= 2000 ns",
                        atMost(2000)));
    }

    private static List<Figure> handOffAndSizes() {
        return List.of(
                new Figure(
                        "hand-off to a parked waiter, median",
                        Unit.NANOS,
                        "HandOff.ours",
                        peers("fair ReentrantLock", "HandOff.fairReentrantLock"),
                        "<= 1.2 x",
                        atMost(1.2)),
                new Figure(
                        "an idle job object",
                        Unit.BYTES,
                        "Sizes.idle",
                        peers(),
                        "<= 64 B",
                        atMost(64)),
                new Figure(
                        "an idle job object with its id, found by it",
                        Unit.BYTES,
                        "Sizes.byId",
                        peers(),
                        "<= 150 B",
                        atMost(150)),
                new Figure(
                        "a waiter without a thread",
                        Unit.BYTES,
                        "Sizes.waiter",
                        peers(),
                        "<= 300 B",
                        atMost(300)));
    }
}
