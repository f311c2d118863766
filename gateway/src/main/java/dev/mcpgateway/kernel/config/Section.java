package dev.mcpgateway.kernel.config;

import dev.mcpgateway.api.Json;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * One mapping of the file. Each key is asked for by the type it should have; whatever is wrong is noted with its place,
 * and the reading goes on with a default, so that one run shows every problem.
 */
final class Section {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\\}");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(?:\\.([0-9]{1,3}))?(ms|s|m|h)");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})(B|KiB|MiB)");
    private static final Pattern INTEGER = Pattern.compile("[0-9]{1,9}");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,100}(\\.[0-9]{1,100})?");
    private static final int MAX_DEPTH = 50;

    private final Source source;
    private final Node place;
    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Map<String, Node> keys = new LinkedHashMap<>();

    /** What all sections of a file share. */
    record Source(Path file, Map<String, String> environment, List<Problem> problems) {

        void problem(Node at, String text) {
            problems.add(new Problem(
                    file, at.getStartMark().getLine() + 1, at.getStartMark().getColumn() + 1, text));
        }
    }

    Section(Source source, MappingNode node) {
        this.source = source;
        this.place = node;
        for (NodeTuple tuple : node.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key) || isTagged(key)) {
                source.problem(tuple.getKeyNode(), "a key must be a plain word");
            } else if (values.containsKey(key.getValue())) {
                source.problem(key, "duplicate key '" + key.getValue() + "'");
            } else {
                keys.put(key.getValue(), key);
                values.put(key.getValue(), tuple.getValueNode());
            }
        }
    }

    /** Notes every key that is not one of these. */
    void allow(List<String> known) {
        keys.forEach((key, node) -> {
            if (!known.contains(key)) {
                String nearest = Nearest.of(key, known)
                        .map(word -> " (did you mean '" + word + "'?)")
                        .orElse(", known are " + String.join(", ", known));
                source.problem(node, "unknown key '" + key + "'" + nearest);
            }
        });
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    Iterable<String> keys() {
        return keys.keySet();
    }

    /** Notes something about a key that is there, or about the whole section where it is not. */
    void problem(String key, String text) {
        Node at = values.get(key);
        source.problem(at == null ? place : at, text);
    }

    Optional<String> string(String key) {
        Node node = values.get(key);
        return node == null ? Optional.empty() : Optional.ofNullable(text(node, "'" + key + "'"));
    }

    String string(String key, String otherwise) {
        return string(key).orElse(otherwise);
    }

    boolean truth(String key, boolean otherwise) {
        Optional<String> text = string(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        if (!text.get().equals("true") && !text.get().equals("false")) {
            problem(key, "'" + key + "' must be true or false");
        }
        return text.get().equals("true");
    }

    int integer(String key, int least, int most, int otherwise) {
        Optional<String> text = string(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        if (INTEGER.matcher(text.get()).matches()) {
            int value = Integer.parseInt(text.get());
            if (value >= least && value <= most) {
                return value;
            }
        }
        problem(key, "'" + key + "' must be an integer from " + least + " to " + most);
        return otherwise;
    }

    Duration duration(String key, Duration least, Duration most, Duration otherwise) {
        Optional<String> text = string(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        Matcher parts = DURATION.matcher(text.get());
        if (parts.matches()) {
            long millis = millis(parts);
            if (millis >= least.toMillis() && millis <= most.toMillis()) {
                return Duration.ofMillis(millis);
            }
            problem(key, "'" + key + "' must be from " + least.toMillis() + "ms to " + most.toMinutes() + "m");
        } else {
            problem(key, "'" + key + "' must be a duration with its unit: ms, s, m or h, e.g. 2.5s");
        }
        return otherwise;
    }

    int size(String key, int least, int most, int otherwise) {
        Optional<String> text = string(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        Matcher parts = SIZE.matcher(text.get());
        if (parts.matches()) {
            long unit = parts.group(2).equals("B") ? 1 : parts.group(2).equals("KiB") ? 1024 : 1024 * 1024;
            long bytes = Long.parseLong(parts.group(1)) * unit;
            if (bytes >= least && bytes <= most) {
                return (int) bytes;
            }
            problem(key, "'" + key + "' must be from " + least + "B to " + most + "B");
        } else {
            problem(key, "'" + key + "' must be a size with its unit: B, KiB or MiB, e.g. 10MiB");
        }
        return otherwise;
    }

    /** A path; a relative one is meant relative to the file's folder. */
    Optional<Path> path(String key) {
        return string(key).map(name -> {
            try {
                return folder().resolve(name).normalize();
            } catch (java.nio.file.InvalidPathException e) {
                problem(key, "'" + key + "' is not a path");
                return folder();
            }
        });
    }

    Path folder() {
        Path parent = source.file().toAbsolutePath().getParent();
        return parent == null ? source.file().toAbsolutePath() : parent;
    }

    List<String> strings(String key) {
        Node node = values.get(key);
        List<String> strings = new ArrayList<>();
        if (node instanceof SequenceNode sequence) {
            for (Node each : sequence.getValue()) {
                String text = text(each, "each entry of '" + key + "'");
                if (text != null) {
                    strings.add(text);
                }
            }
        } else if (node != null) {
            source.problem(node, "'" + key + "' must be a list, e.g. [one, two]");
        }
        return List.copyOf(strings);
    }

    Map<String, String> stringMap(String key) {
        Map<String, String> map = new LinkedHashMap<>();
        section(key).ifPresent(section -> {
            for (String each : section.keys()) {
                section.string(each).ifPresent(value -> map.put(each, value));
            }
        });
        return Collections.unmodifiableMap(map);
    }

    /** Free keys and values, as plain Java values. */
    Map<String, Object> plainMap(String key) {
        Map<String, Object> map = new LinkedHashMap<>();
        section(key)
                .ifPresent(section -> section.values.forEach((name, node) -> map.put(name, section.plain(node, 1))));
        return Collections.unmodifiableMap(map);
    }

    Optional<Section> section(String key) {
        Node node = values.get(key);
        if (node == null) {
            return Optional.empty();
        }
        if (node instanceof MappingNode mapping && !isTagged(node)) {
            return Optional.of(new Section(source, mapping));
        }
        source.problem(node, "'" + key + "' must be a mapping, e.g. {key: value}");
        return Optional.empty();
    }

    List<Section> sections(String key) {
        List<Section> sections = new ArrayList<>();
        Node node = values.get(key);
        if (node instanceof SequenceNode sequence) {
            for (Node each : sequence.getValue()) {
                if (each instanceof MappingNode mapping && !isTagged(each)) {
                    sections.add(new Section(source, mapping));
                } else {
                    source.problem(each, "each entry of '" + key + "' must be a mapping");
                }
            }
        } else if (node != null) {
            source.problem(node, "'" + key + "' must be a list; [] for none");
        }
        return sections;
    }

    private Object plain(Node node, int depth) {
        if (depth > MAX_DEPTH) { // an alias may stand inside what it names
            source.problem(node, "nested more than " + MAX_DEPTH + " levels deep");
            return Json.NULL;
        }
        return switch (node) {
            case MappingNode mapping -> {
                Map<String, Object> map = new LinkedHashMap<>();
                Section section = new Section(source, mapping);
                section.values.forEach((name, value) -> map.put(name, plain(value, depth + 1)));
                yield Collections.unmodifiableMap(map);
            }
            case SequenceNode sequence -> {
                List<Object> list = new ArrayList<>();
                sequence.getValue().forEach(value -> list.add(plain(value, depth + 1)));
                yield Collections.unmodifiableList(list);
            }
            default -> plainScalar(node);
        };
    }

    /** As YAML 1.2 reads it (section 10.3.2), without the surprises of 1.1: {@code no} and {@code 12:30:45} are text. */
    private Object plainScalar(Node node) {
        if (node instanceof ScalarNode scalar && scalar.getScalarStyle() == ScalarStyle.PLAIN) {
            String text = scalar.getValue();
            if (text.isEmpty() || text.equals("null") || text.equals("~")) {
                return Json.NULL;
            }
        }
        String text = text(node, "a value");
        if (text == null) {
            return Json.NULL;
        }
        boolean isPlain = node instanceof ScalarNode scalar && scalar.getScalarStyle() == ScalarStyle.PLAIN;
        if (isPlain && (text.equals("true") || text.equals("false"))) {
            return text.equals("true");
        }
        if (isPlain && NUMBER.matcher(text).matches()) {
            BigDecimal number = new BigDecimal(text);
            return number.scale() > 0
                    ? number
                    : number.precision() <= 18 ? (Object) number.longValue() : number.toBigInteger();
        }
        return text;
    }

    /** A scalar's text with its variables replaced; null, with a note, where it has none. */
    private @Nullable String text(Node node, String what) {
        if (!(node instanceof ScalarNode scalar)) {
            source.problem(node, what + " must be a single value");
            return null;
        }
        if (isTagged(node)) {
            return null;
        }
        boolean isNothing = scalar.getScalarStyle() == ScalarStyle.PLAIN && node.getTag() == Tag.NULL;
        if (isNothing) {
            source.problem(node, what + " has no value");
            return null;
        }
        return expand(scalar);
    }

    private @Nullable String expand(ScalarNode scalar) {
        String text = scalar.getValue();
        if (!text.contains("${")) {
            return text;
        }
        Matcher variables = VARIABLE.matcher(text);
        StringBuilder expanded = new StringBuilder();
        while (variables.find()) {
            String name = variables.group(1);
            String value = source.environment().get(name);
            if (value == null) {
                value = variables.group(2);
            }
            if (value == null) {
                source.problem(
                        scalar,
                        "environment variable '" + name + "' is not set: set it or write ${" + name + ":-default}");
                return null;
            }
            variables.appendReplacement(expanded, Matcher.quoteReplacement(value));
        }
        return variables.appendTail(expanded).toString();
    }

    /** A tag that was written, like {@code !!java.net.URL}: it would make something else of the value. */
    private boolean isTagged(Node node) {
        String tag = node.getTag().getValue();
        if (tag.startsWith(Tag.PREFIX) && !tag.startsWith(Tag.PREFIX + "java")) {
            return false;
        }
        source.problem(node, "a tag is not allowed here: write the plain value");
        return true;
    }

    private static long millis(Matcher parts) {
        long unit = switch (parts.group(3)) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            default -> 3_600_000;
        };
        String fraction = parts.group(2) == null ? "" : parts.group(2);
        long thousandths = Long.parseLong((fraction + "000").substring(0, 3));
        return Long.parseLong(parts.group(1)) * unit + thousandths * unit / 1_000;
    }
}
