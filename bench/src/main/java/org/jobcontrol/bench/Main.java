package org.jobcontrol.bench;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jobcontrol.bench.Figures.Figure;
import org.jobcontrol.bench.Figures.Unit;
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
    private static final int HAND_OFFS = 2_000;

    private final boolean full;
    private final List<Integer> widths;
    private final Map<String, Measured> measured = new TreeMap<>();

    private Main(boolean full) {
        this.full = full;
        this.widths = full ? List.of(2, 16, 64) : List.of(2, 16);
    }

    /**
     * Runs the bench.
     *
     * @param arguments {@code quick} or {@code full}, and the file for the JSON
     * @throws Exception if a benchmark fails
     */
    public static void main(String[] arguments) throws Exception {
        Main bench = new Main(arguments[0].equals("full"));
        bench.measure();
        bench.print();
        bench.write(Path.of(arguments[1]));
    }

    // ---- measure --------------------------------------------------------------------------------

    private void measure() throws Exception {
        run("Uncontended", 1, ".*");
        for (int width : widths) {
            run("Contended", width, "one.*");
        }
        run("Contended", 64, "many.*");
        measured.put(
                "HandOff.fairReentrantLock", Measured.of(HandOff.fairReentrantLock(HAND_OFFS)));
        measured.put("HandOff.ours", Measured.of(HandOff.ours(HAND_OFFS)));
        measured.put("Sizes.idle", Measured.of(Sizes.idle()));
        measured.put("Sizes.waiter", Measured.of(Sizes.waiter()));
    }

    private void run(String type, int threads, String methods) throws RunnerException {
        System.err.println("bench: " + type + " with " + threads + " threads");
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(Main.class.getPackageName() + "." + type + "." + methods)
                .threads(threads)
                .forks(full ? 2 : 1)
                .warmupIterations(full ? 3 : 2)
                .warmupTime(TimeValue.milliseconds(full ? 1000 : 300))
                .measurementIterations(full ? 5 : 3)
                .measurementTime(TimeValue.milliseconds(full ? 1000 : 300))
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        Collection<RunResult> results = new Runner(options.build()).run();
        for (RunResult result : results) {
            String benchmark = result.getParams().getBenchmark();
            String method = benchmark.substring(benchmark.lastIndexOf('.') + 1);
            Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
            measured.put(
                    type + "." + method + (type.equals("Contended") ? "@" + threads : ""),
                    new Measured(
                            result.getPrimaryResult().getScore(),
                            allocated == null ? Double.NaN : allocated.getScore()));
        }
    }

    // ---- show -----------------------------------------------------------------------------------

    private void print() {
        System.out.printf(
                "Java %s, %d processors%n",
                Runtime.version(), Runtime.getRuntime().availableProcessors());
        System.out.println("| figure | ours | peers | ratio to the first | goal | met |");
        System.out.println("|---|---|---|---|---|---|");
        for (Figure figure : Figures.all(widths)) {
            Measured ours = measured.get(figure.ours());
            StringBuilder peers = new StringBuilder();
            figure.peers()
                    .forEach((name, key) -> peers.append(peers.isEmpty() ? "" : ", ")
                            .append(name)
                            .append(' ')
                            .append(number(measured.get(key).value())));
            System.out.printf(
                    "| %s | %s %s%s | %s | %s | %s | %s |%n",
                    figure.name(),
                    number(ours.value()),
                    figure.unit().symbol,
                    allocated(ours),
                    peers,
                    figure.peers().isEmpty() ? "" : number(judged(figure)) + " x",
                    figure.goal(),
                    figure.met().test(judged(figure)) ? "yes" : "no");
        }
    }

    /** Returns the ratio to the first peer, or our value where there is none. */
    private double judged(Figure figure) {
        double ours = measured.get(figure.ours()).value();
        return figure.peers().values().stream()
                .findFirst()
                .map(first -> ours / measured.get(first).value())
                .orElse(ours);
    }

    private static String allocated(Measured value) {
        return Double.isNaN(value.allocated()) || value.allocated() < 0.5
                ? ""
                : ", " + number(value.allocated()) + " B";
    }

    private static String number(double value) {
        return String.format(
                Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }

    private void write(Path file) throws IOException {
        JsonArray figures = new JsonArray();
        for (Figure figure : Figures.all(widths)) {
            JsonObject json = new JsonObject();
            json.addProperty("figure", figure.name());
            json.addProperty("unit", figure.unit().symbol);
            json.addProperty("ours", measured.get(figure.ours()).value());
            if (figure.unit() != Unit.BYTES) {
                json.addProperty("allocated", measured.get(figure.ours()).allocated());
            }
            JsonObject peers = new JsonObject();
            figure.peers()
                    .forEach((name, key) ->
                            peers.addProperty(name, measured.get(key).value()));
            json.add("peers", peers);
            json.addProperty("goal", figure.goal());
            json.addProperty("met", figure.met().test(judged(figure)));
            figures.add(json);
        }
        JsonObject json = new JsonObject();
        json.addProperty("java", Runtime.version().toString());
        json.add("figures", figures);
        Files.writeString(
                file,
                new GsonBuilder()
                                .setPrettyPrinting()
                                .serializeSpecialFloatingPointValues()
                                .create()
                                .toJson(json)
                        + "\n");
    }
}
