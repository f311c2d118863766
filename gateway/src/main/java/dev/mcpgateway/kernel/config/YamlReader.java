// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import dev.mcpgateway.api.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Makes a tree of YAML's events: plain data only, no tags, no duplicate keys, bounded aliases and depth. Plain scalars
 * mean what the core schema of YAML 1.2 says, so that {@code no} and {@code 12:30:45} are text. Not thread-safe.
 */
final class YamlReader {

    private static final int MAX_ALIASES = 50;
    private static final int MAX_DEPTH = 32;
    // Aliases of aliases multiply.
    private static final int MAX_VALUES = 100_000;
    private static final int MAX_NUMBER_LENGTH = 1_000;
    private static final int MAX_EXPONENT = 9_999;

    private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+");
    private static final Pattern DECIMAL =
            Pattern.compile("[-+]?(?:\\.[0-9]+|[0-9]+(?:\\.[0-9]*)?)(?:[eE]([-+]?[0-9]+))?");

    private final String text;
    private final Variables variables;
    private final Problems problems;
    private final Parser events;
    private final Map<String, Anchored> anchors = new HashMap<>();
    private int aliases;
    private int values;
    private int depth;

    private record Anchored(YamlTree tree, int values) {}

    YamlReader(String text, Variables variables, Problems problems) {
        this.text = text;
        this.variables = variables;
        this.problems = problems;
        this.events = new ParserImpl(new StreamReader(text), new LoaderOptions());
    }

    /** @throws ConfigurationException when there is no tree to go on with */
    YamlTree read() throws ConfigurationException {
        try {
            events.getEvent(); // the stream begins
            if (events.checkEvent(Event.ID.StreamEnd)) {
                throw stop(new SourceLocation(1, 1), "is empty; it must have the key 'providers'");
            }
            events.getEvent(); // the document begins
            YamlTree tree = value();
            events.getEvent(); // the document ends
            if (!events.checkEvent(Event.ID.StreamEnd)) {
                throw stop(
                        SourceLocation.of(events.peekEvent().getStartMark()),
                        "a second document begins; there must be one only");
            }
            return tree;
        } catch (MarkedYAMLException e) {
            throw notYaml(e);
        } catch (YAMLException e) {
            throw stop(new SourceLocation(1, 1), "is not YAML: it has a character that is not printable");
        }
    }

    private YamlTree value() throws ConfigurationException {
        Event event = events.getEvent();
        SourceLocation at = SourceLocation.of(event.getStartMark());
        if (++values > MAX_VALUES) {
            throw stop(at, "has more than " + MAX_VALUES + " values, those behind aliases included");
        }
        if (event instanceof AliasEvent alias) {
            return follow(alias, at);
        }
        int before = values;
        YamlTree tree;
        if (event instanceof ScalarEvent scalar) {
            tree = scalar(scalar, at);
        } else if (event instanceof SequenceStartEvent sequence) {
            tree = sequence(sequence, at);
        } else {
            tree = mapping((MappingStartEvent) event, at);
        }
        String anchor = anchorOf(event);
        if (anchor != null) {
            anchors.put(anchor, new Anchored(tree, values - before));
        }
        return tree;
    }

    private static @Nullable String anchorOf(Event event) {
        return ((org.yaml.snakeyaml.events.NodeEvent) event).getAnchor();
    }

    private YamlTree follow(AliasEvent alias, SourceLocation at) throws ConfigurationException {
        if (++aliases > MAX_ALIASES) {
            throw stop(at, "has more than " + MAX_ALIASES + " aliases");
        }
        Anchored anchored = anchors.get(alias.getAnchor());
        if (anchored == null) {
            throw stop(at, "the alias '*" + alias.getAnchor() + "' stands before its anchor, or inside it");
        }
        values += anchored.values();
        return anchored.tree();
    }

    private YamlTree sequence(SequenceStartEvent start, SourceLocation at) throws ConfigurationException {
        checkTag(start.getTag(), "tag:yaml.org,2002:seq", at);
        enter(at);
        List<YamlTree> items = new ArrayList<>();
        while (!events.checkEvent(Event.ID.SequenceEnd)) {
            items.add(value());
        }
        events.getEvent();
        depth--;
        return new YamlTree.Sequence(at, List.copyOf(items));
    }

    private YamlTree mapping(MappingStartEvent start, SourceLocation at) throws ConfigurationException {
        checkTag(start.getTag(), "tag:yaml.org,2002:map", at);
        enter(at);
        List<YamlTree.Member> members = new ArrayList<>();
        Map<String, SourceLocation> seen = new HashMap<>();
        while (!events.checkEvent(Event.ID.MappingEnd)) {
            SourceLocation keyAt = SourceLocation.of(events.peekEvent().getStartMark());
            if (!(events.peekEvent() instanceof ScalarEvent)) {
                throw stop(keyAt, "a key must be text");
            }
            String key = ((ScalarEvent) events.getEvent()).getValue();
            SourceLocation first = seen.putIfAbsent(key, keyAt);
            if (first != null) {
                problems.add(keyAt, "duplicate key '" + key + "' (first in line " + first.line() + ")");
            }
            members.add(new YamlTree.Member(key, keyAt, value()));
        }
        events.getEvent();
        depth--;
        return new YamlTree.Mapping(at, List.copyOf(members));
    }

    private void enter(SourceLocation at) throws ConfigurationException {
        if (++depth > MAX_DEPTH) {
            throw stop(at, "is nested more than " + MAX_DEPTH + " levels deep");
        }
    }

    private YamlTree scalar(ScalarEvent event, SourceLocation at) throws ConfigurationException {
        String tag = event.getTag();
        boolean isText = !event.isPlain() || tag != null;
        checkTag(tag, "tag:yaml.org,2002:str", at);
        String replaced = variables.replace(event.getValue(), at, problems);
        return new YamlTree.Scalar(at, isText ? replaced : plain(replaced, at), replaced);
    }

    private void checkTag(@Nullable String tag, String allowed, SourceLocation at) throws ConfigurationException {
        if (tag != null && !tag.equals("!") && !tag.equals(allowed)) {
            throw stop(at, "has a tag ('" + shortTag(tag) + "'); only plain values are read");
        }
    }

    private static String shortTag(String tag) {
        String prefix = "tag:yaml.org,2002:";
        return tag.startsWith(prefix) ? "!!" + tag.substring(prefix.length()) : tag;
    }

    private Object plain(String scalar, SourceLocation at) {
        return switch (scalar) {
            case "", "~", "null", "Null", "NULL" -> Json.NULL;
            case "true", "True", "TRUE" -> true;
            case "false", "False", "FALSE" -> false;
            default -> number(scalar, at).orElse(scalar);
        };
    }

    private Optional<Object> number(String scalar, SourceLocation at) {
        if (!DECIMAL.matcher(scalar).matches()) {
            return Optional.empty();
        }
        if (scalar.length() > MAX_NUMBER_LENGTH || isExtreme(scalar)) {
            problems.add(at, "has a number that is too long or too large; put it in quotes if it is text");
            return Optional.of(0L);
        }
        String unsigned = scalar.startsWith("+") ? scalar.substring(1) : scalar;
        if (!INTEGER.matcher(scalar).matches()) {
            return Optional.of(new BigDecimal(unsigned));
        }
        BigInteger integer = new BigInteger(unsigned);
        return Optional.of(integer.bitLength() < Long.SIZE ? (Object) integer.longValue() : integer);
    }

    private static boolean isExtreme(String scalar) {
        int exponent = Math.max(scalar.indexOf('e'), scalar.indexOf('E'));
        if (exponent < 0) {
            return false;
        }
        String digits = scalar.substring(exponent + 1).replaceFirst("^[-+]?0*", "");
        return digits.length() > 4 || !digits.isEmpty() && Integer.parseInt(digits) > MAX_EXPONENT;
    }

    private ConfigurationException notYaml(MarkedYAMLException e) {
        SourceLocation at =
                e.getProblemMark() == null ? new SourceLocation(1, 1) : SourceLocation.of(e.getProblemMark());
        String line = text.lines().skip(at.line() - 1L).findFirst().orElse("");
        String before = line.substring(0, Math.min(line.length(), at.column()));
        if (before.indexOf('\t') >= 0) {
            return stop(at, "a tab stands where only spaces may; indent with spaces");
        }
        String hint = before.endsWith("${") ? "; a value with ${…} inside { } or [ ] must be in quotes" : "";
        return stop(at, "is not YAML: " + (e.getProblem() == null ? "it cannot be read here" : e.getProblem()) + hint);
    }

    private ConfigurationException stop(SourceLocation at, String problem) {
        problems.add(at, problem);
        try {
            problems.throwIfAny();
        } catch (ConfigurationException e) {
            return e;
        }
        throw new IllegalStateException(problem);
    }
}
