// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** How evaluation can move through a schema: whether it ends, and how much it does for each value it meets. */
final class Flow {

    // Subschemas met by one value, references followed: a list of alternatives or two, no explosion.
    private static final int CHEAP_WEIGHT = 8;
    private static final int CHEAP_SUBSCHEMAS = 256;
    private static final int CHEAP_NAMES = 64;
    // Their cost is not proportional to the value, or its factor is not small.
    private static final Set<String> DEAR = Set.of(
            "$dynamicRef",
            "contains",
            "dependentSchemas",
            "multipleOf",
            "pattern",
            "patternProperties",
            "propertyNames",
            "unevaluatedItems",
            "unevaluatedProperties",
            "uniqueItems");

    private static final int SATURATED = 1_000_000;
    private static final int ENTERED = -1;

    private final Map<Position, Integer> weights = new IdentityHashMap<>();
    private final Map<Position, Boolean> finished = new IdentityHashMap<>();

    private Flow() {}

    /** Refuses a schema that would be applied to one and the same value for ever. */
    static void check(List<Position> positions) throws SchemaRefusedException {
        Flow flow = new Flow();
        for (Position position : positions) {
            flow.weigh(position);
        }
    }

    /**
     * Whether evaluation takes time proportional to the value, with a small factor: no recursion, none of the dear
     * keywords, at most 256 subschemas, 8 of them on any one value, lists of names and values of at most 64 entries. At
     * 64 KiB of JSON that is a few milliseconds at the worst.
     */
    static boolean isCheap(List<Position> positions) throws SchemaRefusedException {
        if (positions.size() > CHEAP_SUBSCHEMAS) {
            return false;
        }
        Flow flow = new Flow();
        for (Position position : positions) {
            if (isDear(position.schema) || flow.weigh(position) > CHEAP_WEIGHT || flow.recurs(position)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDear(JsonNode schema) {
        for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
            if (DEAR.contains(keyword.getKey())) {
                return true;
            }
            Shape shape = Shape.OF_KEYWORD.get(keyword.getKey());
            if ((shape == Shape.NAMES || shape == Shape.NAMES_MAP || shape == Shape.LIST)
                    && !keyword.getKey().equals("examples")
                    && keyword.getValue().size() > CHEAP_NAMES) {
                return true;
            }
        }
        return false;
    }

    /** The number of subschemas applied to a value that this one is applied to. */
    private int weigh(Position position) throws SchemaRefusedException {
        Integer known = weights.putIfAbsent(position, ENTERED);
        if (known != null) {
            if (known == ENTERED) {
                throw Refusal.at(position.pointer, "refers back to itself without going into the value");
            }
            return known;
        }
        int weight = 1;
        for (Position next : position.here) {
            weight = Math.min(SATURATED, weight + weigh(next));
        }
        weights.put(position, weight);
        return weight;
    }

    private boolean recurs(Position position) {
        Boolean known = finished.putIfAbsent(position, false);
        if (known != null) {
            return !known;
        }
        for (Position next : position.here) {
            if (recurs(next)) {
                return true;
            }
        }
        for (Position next : position.below) {
            if (recurs(next)) {
                return true;
            }
        }
        finished.put(position, true);
        return false;
    }
}
