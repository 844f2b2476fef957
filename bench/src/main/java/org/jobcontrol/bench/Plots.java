package org.jobcontrol.bench;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;

/** Draws how costs grow, as PNG files. */
final class Plots {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 500;

    private final Path directory;

    Plots(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    /**
     * Draws one plot; both axes are logarithmic.
     *
     * @param file its name without the suffix
     * @param title what it shows
     * @param xs what grows
     * @param lines the values of each line, by its name
     */
    void draw(
            String file,
            String title,
            String xTitle,
            String yTitle,
            List<Integer> xs,
            Map<String, List<Double>> lines)
            throws IOException {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title + ", Java " + Runtime.version().feature())
                .xAxisTitle(xTitle)
                .yAxisTitle(yTitle)
                .build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisLogarithmic(true);
        lines.forEach((name, values) -> {
            XYSeries line = chart.addSeries(name, xs, values);
            line.setSmooth(false);
        });
        BitmapEncoder.saveBitmap(chart, directory.resolve(file).toString(), BitmapFormat.PNG);
    }
}
