// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Lines over a logarithmic axis, as SVG.
 *
 * @param name of the file, without its ending
 * @param logarithmic whether the vertical axis is so too; else it begins at 0
 * @param lines by what they show; each has values by their place on the horizontal axis
 */
record Plot(
        String name,
        String title,
        String across,
        String up,
        boolean logarithmic,
        Map<String, TreeMap<Double, Double>> lines) {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 380;
    private static final int LEFT = 80;
    private static final int RIGHT = 20;
    private static final int TOP = 70;
    private static final int BOTTOM = 55;
    private static final List<String> COLOURS = List.of("#0b6fb8", "#c2410c", "#4d7c0f", "#7e22ce");

    /** Without a point yet. */
    static Plot of(String name, String title, String across, String up, boolean logarithmic) {
        return new Plot(name, title, across, up, logarithmic, new LinkedHashMap<>());
    }

    void add(String line, double at, double value) {
        lines.computeIfAbsent(line, first -> new TreeMap<>()).put(at, value);
    }

    /** As JSON is made of. */
    Map<String, Object> points() {
        Map<String, Object> all = new LinkedHashMap<>();
        lines.forEach((line, points) -> all.put(
                line,
                points.entrySet().stream()
                        .map(point -> List.of(Report.rounded(point.getKey()), Report.rounded(point.getValue())))
                        .toList()));
        return all;
    }

    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(name + ".svg"), svg());
    }

    private String svg() {
        Scale x = new Scale(true, extreme(false, true), extreme(true, true), LEFT, WIDTH - RIGHT);
        double lowest = logarithmic ? extreme(false, false) : 0;
        Scale y = new Scale(logarithmic, lowest, extreme(true, false) * 1.05, HEIGHT - BOTTOM, TOP);
        StringBuilder svg = new StringBuilder();
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" ".formatted(WIDTH, HEIGHT))
                .append("font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"#333\">\n")
                .append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
        text(svg, LEFT, 24, "start", title, "font-size=\"15\" font-weight=\"600\"");
        text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12, "middle", across, "");
        text(svg, LEFT, TOP - 10, "end", up, "");
        for (double tick : x.ticks()) {
            text(svg, x.at(tick), HEIGHT - BOTTOM + 18, "middle", tickText(tick), "");
        }
        for (double tick : y.ticks()) {
            svg.append("<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>\n".formatted(LEFT, y.at(tick), WIDTH - RIGHT));
            text(svg, LEFT - 8, y.at(tick) + 4, "end", tickText(tick), "");
        }
        int number = 0;
        for (Map.Entry<String, TreeMap<Double, Double>> line : lines.entrySet()) {
            String colour = COLOURS.get(number % COLOURS.size());
            StringBuilder path = new StringBuilder();
            line.getValue()
                    .forEach((at, value) -> path.append(path.isEmpty() ? "M" : "L")
                            .append("%.1f %.1f".formatted(x.at(at), y.at(value))));
            svg.append("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n".formatted(path, colour));
            line.getValue()
                    .forEach((at, value) -> svg.append("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n"
                            .formatted(x.at(at), y.at(value), colour)));
            text(svg, LEFT + 20 + number * 220.0, TOP - 24, "start", "● " + line.getKey(), "fill=\"" + colour + "\"");
            number++;
        }
        return svg.append("</svg>\n").toString();
    }

    private double extreme(boolean greatest, boolean horizontal) {
        var values = lines.values().stream()
                .flatMap(line -> (horizontal ? line.keySet() : line.values()).stream())
                .mapToDouble(Double::doubleValue);
        return (greatest ? values.max() : values.min()).orElse(1);
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text, String more) {
        svg.append("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>\n"
                .formatted(x, y, anchor, more, text.replace("&", "&amp;").replace("<", "&lt;")));
    }

    private static String tickText(double value) {
        if (value >= 1e6) {
            return Report.number(value / 1e6) + "M";
        }
        return value >= 1e3 ? Report.number(value / 1e3) + "k" : Report.number(value);
    }

    /** Where a value stands between two places. */
    private record Scale(boolean logarithmic, double lowest, double greatest, double from, double to) {

        double at(double value) {
            double part = logarithmic
                    ? Math.log(value / lowest) / Math.log(greatest / lowest)
                    : (value - lowest) / (greatest - lowest);
            return from + part * (to - from);
        }

        /** The powers of ten, or four steps of a round size. */
        List<Double> ticks() {
            var ticks = new ArrayList<Double>();
            if (logarithmic) {
                for (double tick = Math.pow(10, Math.ceil(Math.log10(lowest))); tick <= greatest * 1.001; tick *= 10) {
                    ticks.add(tick);
                }
                return ticks;
            }
            double size = Math.pow(10, Math.floor(Math.log10(greatest)));
            double step = greatest / size >= 4 ? size : greatest / size >= 2 ? size / 2 : size / 4;
            for (double tick = 0; tick <= greatest; tick += step) {
                ticks.add(tick);
            }
            return ticks;
        }
    }
}
