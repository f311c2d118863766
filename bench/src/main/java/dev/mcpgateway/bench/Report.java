// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import dev.mcpgateway.api.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was measured: printed as a table while it comes in, and written as JSON at the end. */
final class Report {

    private static final String ROW = "  %-66s %13s %13s %13s  %-10s %s%n";

    private final Map<String, Object> facts = new LinkedHashMap<>();
    private final List<Map<String, Object>> figures = new ArrayList<>();
    private final List<Plot> plots = new ArrayList<>();
    private int missed;

    /** Something about the machine or the run, for whoever reads the figures later. */
    void fact(String name, Object value) {
        facts.put(name, value);
        System.out.printf("  %-22s %s%n", name, value);
    }

    void chapter(String title, String compared) {
        System.out.printf("%n" + ROW, title, "gateway", compared, "", "target", "");
    }

    /** Says that there was no time for a chapter. */
    void leftOut(String title) {
        System.out.printf("%n  %s: left out, this machine is too slow or too busy now%n", title);
        facts.merge("left out", title, (before, more) -> before + ", " + more);
    }

    /** What the measured processes warned of, and how often. */
    void warnings(Map<String, Integer> warnings) {
        facts.put("warnings", warnings);
        warnings.forEach((message, times) -> System.out.printf("%n  warned %d times: %s%n", times, message));
    }

    /** How many times the baseline. */
    void ratio(String id, String title, String unit, double gateway, double baseline, Optional<Target> target) {
        row(id, title, unit, gateway, Optional.of(baseline), gateway / baseline, "x", target);
    }

    /** How much more than the baseline. */
    void over(String id, String title, String unit, double gateway, double baseline, Optional<Target> target) {
        row(id, title, unit, gateway, Optional.of(baseline), gateway - baseline, unit, target);
    }

    /** On its own, with what the baseline has beside it where there is one. */
    void value(
            String id, String title, String unit, double gateway, Optional<Double> baseline, Optional<Target> target) {
        row(id, title, unit, gateway, baseline, gateway, unit, target);
    }

    private void row(
            String id,
            String title,
            String unit,
            double gateway,
            Optional<Double> baseline,
            double figure,
            String figureUnit,
            Optional<Target> target) {
        String verdict =
                target.map(wanted -> wanted.isMetBy(figure) ? "ok" : "missed").orElse("");
        if (verdict.equals("missed")) {
            missed++;
        }
        System.out.printf(
                ROW,
                title,
                quantity(gateway, unit),
                baseline.map(value -> quantity(value, unit)).orElse(""),
                figure == gateway ? "" : signed(figure, figureUnit),
                target.map(wanted -> wanted.text(figureUnit)).orElse(""),
                verdict);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", id);
        row.put("title", title);
        row.put("unit", unit.strip());
        row.put("gateway", rounded(gateway));
        baseline.ifPresent(value -> row.put("baseline", rounded(value)));
        row.put("figure", rounded(figure));
        row.put("figureUnit", figureUnit.strip());
        target.ifPresent(wanted -> row.put(wanted.atMost() ? "atMost" : "atLeast", rounded(wanted.limit())));
        target.ifPresent(wanted -> row.put("met", wanted.isMetBy(figure)));
        figures.add(row);
    }

    /** To be drawn, once more lines have been added or not. */
    void plot(Plot plot) {
        plots.remove(plot);
        plots.add(plot);
    }

    /** Writes {@code NAME.json} and the plots, and ends the table. */
    void write(Path folder, String name) throws IOException {
        Map<String, Object> all = new LinkedHashMap<>(facts);
        all.put("figures", figures);
        Map<String, Object> points = new LinkedHashMap<>();
        plots.forEach(plot -> points.put(plot.name(), plot.points()));
        all.put("plots", points);
        Files.createDirectories(folder);
        Path json = folder.resolve(name + ".json");
        Files.writeString(json, Json.of(all) + "\n", StandardCharsets.UTF_8);
        for (Plot plot : plots) {
            plot.write(folder);
        }
        System.out.printf(
                "%n  %d targets missed. Figures in %s, plots beside it.%n",
                missed, Path.of("").toAbsolutePath().relativize(json));
    }

    /** Three digits that matter. */
    static String number(double value) {
        return rounded(value).toPlainString();
    }

    private static String signed(double figure, String unit) {
        return (unit.equals("x") || figure < 0 ? "" : "+") + quantity(figure, unit);
    }

    private static String quantity(double value, String unit) {
        return unit.equals(" µs") && value >= 10_000 ? number(value / 1_000) + " ms" : number(value) + unit;
    }

    static BigDecimal rounded(double value) {
        if (!Double.isFinite(value)) {
            return BigDecimal.ZERO;
        }
        BigDecimal three = new BigDecimal(value).round(new MathContext(3));
        return three.scale() < 0 ? three.setScale(0) : three;
    }
}
