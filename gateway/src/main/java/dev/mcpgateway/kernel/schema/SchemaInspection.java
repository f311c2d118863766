// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import dev.mcpgateway.kernel.json.Sight;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Reads a schema once, as the metaschema would, before the validator library sees it: every keyword's shape, the number
 * and the nesting of subschemas, every reference, every pattern, cycles.
 */
final class SchemaInspection {

    static final int MAX_SUBSCHEMAS = 2_000;
    // The validator library compiles by recursion.
    static final int MAX_DEPTH = 100;

    private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

    private static final Set<String> HERE =
            Set.of("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas");
    private static final Set<String> NOWHERE = Set.of("$defs", "definitions", "contentSchema", "dependencies");

    private final References references = new References();
    private final Patterns patterns = new Patterns();
    private final Deque<Position> unread = new ArrayDeque<>();
    private final List<Position> positions = new ArrayList<>();
    private final Map<JsonNode, Position> byNode = new IdentityHashMap<>();

    private boolean usesCoreKeywords;

    private SchemaInspection() {}

    static SchemaInspection of(JsonNode schema) throws SchemaRefusedException {
        SchemaInspection inspection = new SchemaInspection();
        inspection.add(schema, "", 0, inspection.references.root(schema));
        inspection.readAll();
        Flow.check(inspection.positions);
        return inspection;
    }

    boolean isObjectAtRoot() {
        return positions.getFirst().schema.path("type").asString("").equals("object");
    }

    /** How far it looks into a value. */
    Sight sight() {
        return Outline.of(positions.getFirst().schema);
    }

    /** Whether it names parts of itself, refers to them, or says by which rules it is to be read. */
    boolean usesCoreKeywords() {
        return usesCoreKeywords;
    }

    List<Position> positions() {
        return positions;
    }

    /** Every pattern of the schema, compiled. */
    Patterns patterns() {
        return patterns;
    }

    private void readAll() throws SchemaRefusedException {
        // A reference may lead to a place that no keyword applies (`#/examples/0`): it becomes a subschema by that,
        // and may hold names and references of its own.
        int resolved = 0;
        do {
            while (!unread.isEmpty()) {
                read(unread.removeFirst());
            }
            int known = positions.size();
            while (resolved < known) {
                resolve(positions.get(resolved++));
            }
        } while (!unread.isEmpty() || resolved < positions.size());
    }

    private Position add(JsonNode schema, String pointer, int depth, SchemaResource resource)
            throws SchemaRefusedException {
        if (!schema.isObject() && !schema.isBoolean()) {
            throw Refusal.at(pointer, "must be a schema: an object, true or false");
        }
        if (positions.size() == MAX_SUBSCHEMAS) {
            throw Refusal.at("", "has more than " + MAX_SUBSCHEMAS + " subschemas");
        }
        if (depth > MAX_DEPTH) {
            throw Refusal.at(pointer, "is nested more than " + MAX_DEPTH + " schemas deep");
        }
        Position position = new Position(schema, pointer, depth, resource);
        positions.add(position);
        if (schema.isObject()) { // `true` and `false` are one object each, wherever they stand
            byNode.put(schema, position);
            unread.addLast(position);
        }
        return position;
    }

    private void read(Position position) throws SchemaRefusedException {
        for (Map.Entry<String, JsonNode> keyword : position.schema.properties()) {
            Shape shape = Shape.OF_KEYWORD.get(keyword.getKey());
            if (shape == null) {
                continue;
            }
            usesCoreKeywords |= keyword.getKey().startsWith("$");
            Optional<String> fault = shape.fault(keyword.getValue());
            if (fault.isPresent()) {
                throw Refusal.at(Position.under(position.pointer, keyword.getKey()), fault.get());
            }
        }
        checkDialect(position);
        references.name(position);
        for (Map.Entry<String, JsonNode> keyword : position.schema.properties()) {
            Shape shape = Shape.OF_KEYWORD.get(keyword.getKey());
            if (shape != null) {
                enter(position, keyword.getKey(), shape, keyword.getValue());
            }
        }
    }

    private static void checkDialect(Position position) throws SchemaRefusedException {
        JsonNode dialect = position.schema.get("$schema");
        if (dialect != null
                && !dialect.stringValue().equals(DIALECT)
                && !dialect.stringValue().equals(DIALECT + "#")) {
            throw Refusal.at(Position.under(position.pointer, "$schema"), "must be " + DIALECT + ", or be left out");
        }
    }

    /** Takes in the subschemas and patterns that a keyword holds. */
    private void enter(Position position, String keyword, Shape shape, JsonNode value) throws SchemaRefusedException {
        String pointer = Position.under(position.pointer, keyword);
        switch (shape) {
            case PATTERN -> patterns.add(value.stringValue(), pointer);
            case SCHEMA -> apply(position, keyword, value, pointer);
            case SCHEMA_LIST -> {
                for (int i = 0; i < value.size(); i++) {
                    apply(position, keyword, value.get(i), pointer + '/' + i);
                }
            }
            case SCHEMA_MAP, PATTERN_MAP, LEGACY_DEPENDENCIES -> {
                for (Map.Entry<String, JsonNode> entry : value.properties()) {
                    String place = Position.under(pointer, entry.getKey());
                    if (shape == Shape.PATTERN_MAP) {
                        patterns.add(entry.getKey(), place);
                    }
                    if (shape != Shape.LEGACY_DEPENDENCIES || !Shape.isNames(entry.getValue())) {
                        apply(position, keyword, entry.getValue(), place);
                    }
                }
            }
            default -> {}
        }
    }

    private void apply(Position position, String keyword, JsonNode schema, String pointer)
            throws SchemaRefusedException {
        Position child = add(schema, pointer, position.depth + 1, position.resource);
        if (HERE.contains(keyword)) {
            position.here.add(child);
        } else if (!NOWHERE.contains(keyword)) {
            position.below.add(child);
        }
    }

    private void resolve(Position position) throws SchemaRefusedException {
        if (position.schema.get("$ref") != null) {
            position.here.add(referred(position, "$ref"));
        }
        JsonNode dynamic = position.schema.get("$dynamicRef");
        if (dynamic != null) {
            position.here.add(referred(position, "$dynamicRef"));
            position.here.addAll(references.dynamic(dynamic.stringValue()));
        }
    }

    private Position referred(Position position, String keyword) throws SchemaRefusedException {
        References.Target target = references.target(position, keyword);
        Position known = byNode.get(target.schema());
        return known != null ? known : add(target.schema(), target.pointer(), position.depth + 1, target.resource());
    }
}
