package org.jobcontrol.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Measures ours and its peers in one run, prints one table, and writes it as JSON. */
public final class Main {
    private static final String ALLOCATED = "gc.alloc.rate.norm";
    private static final List<Integer> TARGETS = List.of(1, 100, 10_000, 1_000_000);
    private static final List<Integer> WAITERS = List.of(10, 100, 1_000, 10_000, 100_000);

    private static final int ROUNDS = 7;
    private static final int MEBIBYTES = 512;

    private final boolean full;
    private final List<Integer> widths;
    private final Map<String, Measured> measured = new TreeMap<>();

    private Main(boolean full) {
        this.full = full;
        this.widths = full ? List.of(2, 4, 8, 16, 32, 64) : List.of(2, 16);
    }

    /**
     * Runs the bench.
     *
     * @param arguments {@code storage}, or {@code quick} or {@code full}, the file for the JSON, and the directory for
     *     the plots that {@code full} draws
     * @throws Exception if a benchmark fails
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("storage")) {
            try (Volumes volumes = new Volumes(ROUNDS, MEBIBYTES)) {
                volumes.print();
            }
            return;
        }
        Main bench = new Main(arguments[0].equals("full"));
        bench.measure();
        if (bench.full) {
            bench.drawGrowth(new Plots(Path.of(arguments[2])));
        }
        Table table = new Table(
                Figures.all(bench.judgedWidths(), bench.measured.keySet()), bench.measured);
        table.print();
        table.printCosts();
        table.write(Path.of(arguments[1]));
    }

    private List<Integer> judgedWidths() {
        return full ? List.of(2, 16, 64) : widths;
    }

    // ---- measure --------------------------------------------------------------------------------

    private void measure() throws Exception {
        run("Uncontended", 1, ".*");
        run("Costs", 1, ".*");
        for (int width : widths) {
            run("Contended", width, "one.*");
        }
        run("Contended", 64, "many.*");
        run("Journaled", 1, ".*");
        run("Journaled", 16, ".*");
        double[] handOffs = HandOff.medians();
        measured.put("HandOff.ours", Measured.of(handOffs[0]));
        measured.put("HandOff.fairReentrantLock", Measured.of(handOffs[1]));
        measured.put("Sizes.idle", Measured.of(Sizes.idle()));
        measured.put("Sizes.byId", Measured.of(Sizes.byId()));
        measured.put("Sizes.waiter", Measured.of(Sizes.waiter()));
        measureBusy();
        measureCrowds();
        if (full && VirtualThreads.supported()) {
            VirtualThreads.Cost cost = VirtualThreads.of(100_000);
            measured.put("VirtualThreads.bytes", Measured.of(cost.bytes()));
            measured.put("VirtualThreads.turn", Measured.of(cost.turnNanos()));
        }
    }

    private void measureBusy() throws InterruptedException {
        System.err.println("bench: looks while 64 threads work");
        measured.put("Busy.look@1", Measured.of(Busy.on(1, Duration.ZERO).lookNanos()));
        measured.put(
                "Busy.look@10000", Measured.of(Busy.on(10_000, Duration.ZERO).lookNanos()));
        Busy.Seen graceful = Busy.on(1, Duration.ofMillis(1));
        measured.put("Busy.lookWithGrace", Measured.of(graceful.lookNanos()));
        measured.put("Busy.longestWait", Measured.of(graceful.longestWaitMillis()));
    }

    private void measureCrowds() throws Exception {
        System.err.println("bench: steps among many jobs on one pool");
        for (int size : List.of(100, 10_000)) {
            measured.put("Crowds.end@" + size, Measured.of(Crowds.end(size)));
            measured.put(
                    "Crowds.endBeforeWaiters@" + size, Measured.of(Crowds.endBeforeWaiters(size)));
            measured.put("Crowds.queue@" + size, Measured.of(Crowds.queue(size)));
            measured.put("Crowds.refusal@" + size, Measured.of(Crowds.refusal(size)));
            measured.put("Crowds.leave@" + size, Measured.of(Crowds.leave(size)));
        }
        for (int size : List.of(100, 4_000)) {
            measured.put("Crowds.group@" + size, Measured.of(Crowds.group(size)));
        }
    }

    private void run(String type, int threads, String methods) throws RunnerException {
        System.err.println("bench: " + type + " with " + threads + " threads");
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(Main.class.getPackageName() + "\\." + type + "\\." + methods)
                .threads(threads)
                .forks(1)
                .warmupIterations(full ? 3 : 2)
                .warmupTime(TimeValue.milliseconds(full ? 500 : 300))
                .measurementIterations(full ? 5 : 3)
                .measurementTime(TimeValue.milliseconds(full ? 500 : 300))
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        Collection<RunResult> results = new Runner(options.build()).run();
        for (RunResult result : results) {
            String benchmark = result.getParams().getBenchmark();
            String method = benchmark.substring(benchmark.lastIndexOf('.') + 1);
            Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
            measured.put(
                    type + "." + method + suffix(type, result.getParams()),
                    new Measured(
                            result.getPrimaryResult().getScore(),
                            allocated == null ? Double.NaN : allocated.getScore()));
        }
    }

    private static String suffix(String type, BenchmarkParams params) {
        return switch (type) {
            case "Contended", "Journaled" -> "@" + params.getThreads();
            case "Growth" -> "@" + params.getParam("targets");
            default -> "";
        };
    }

    // ---- growth ---------------------------------------------------------------------------------

    private void drawGrowth(Plots plots) throws Exception {
        run("Growth", 1, ".*");
        plots.draw(
                "targets",
                "One thread, any of many targets",
                "targets",
                "ns",
                TARGETS,
                Map.of(
                        "begin + close", growth("Growth.begin", TARGETS),
                        "find", growth("Growth.find", TARGETS),
                        "of", growth("Growth.of", TARGETS),
                        "ReentrantLock", growth("Growth.reentrantLock", TARGETS)));
        Map<String, List<Double>> threads = new LinkedHashMap<>();
        threads.put("begin + close", growth("Contended.oneTarget", widths));
        threads.put("the same, 1 ms of grace", growth("Contended.oneTargetWithGrace", widths));
        threads.put("fair ReentrantLock", growth("Contended.oneFairReentrantLock", widths));
        threads.put("fair Semaphore", growth("Contended.oneFairSemaphore", widths));
        threads.put("ReentrantLock (not fair)", growth("Contended.oneReentrantLock", widths));
        threads.put("Eclipse Jobs", growth("Contended.oneEclipseRule", widths));
        plots.draw(
                "threads",
                "Threads on one target",
                "threads",
                "million pairs a second",
                widths,
                threads);
        List<Double> turns = new ArrayList<>();
        for (int waiters : WAITERS) {
            turns.add(Waiters.turn(waiters));
        }
        plots.draw(
                "waiters",
                "Requests that wait without a thread",
                "waiters",
                "ns for each turn",
                WAITERS,
                Map.of("beginLater", turns));
    }

    private List<Double> growth(String key, List<Integer> xs) {
        return xs.stream().map(x -> measured.get(key + "@" + x).value()).toList();
    }
}
