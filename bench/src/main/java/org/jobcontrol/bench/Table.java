package org.jobcontrol.bench;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jobcontrol.bench.Figures.Figure;
import org.jobcontrol.bench.Figures.Unit;

/** Shows what was measured: as tables for people, and as JSON. */
final class Table {
    private static final String BASE = "Costs.asShipped";

    private final List<Figure> figures;
    private final Map<String, Measured> measured;

    Table(List<Figure> figures, Map<String, Measured> measured) {
        this.figures = figures;
        this.measured = measured;
    }

    void print() {
        System.out.printf(
                "Java %s, %d processors%n",
                Runtime.version(), Runtime.getRuntime().availableProcessors());
        System.out.println("| figure | ours | peers | ratio to the first | goal | met |");
        System.out.println("|---|---|---|---|---|---|");
        for (Figure figure : figures) {
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

    /** Prints what each feature adds to a job that uses nothing else. */
    void printCosts() {
        double base = measured.get(BASE).value();
        System.out.println();
        System.out.println("| begin + close, and | ns | more | allocated |");
        System.out.println("|---|---|---|---|");
        Figures.costs().forEach((name, key) -> {
            Measured cost = measured.get(key);
            System.out.printf(
                    "| %s | %s | %s | %s B |%n",
                    name,
                    number(cost.value()),
                    key.equals(BASE) ? "" : number(cost.value() - base),
                    number(cost.allocated()));
        });
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

    void write(Path file) throws IOException {
        JsonArray lines = new JsonArray();
        for (Figure figure : figures) {
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
            lines.add(json);
        }
        JsonObject json = new JsonObject();
        json.addProperty("java", Runtime.version().toString());
        json.add("figures", lines);
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
