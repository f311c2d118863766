// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A total order of JSON values under which those are equal that JSON Schema calls equal (core 4.2.2). Its work is charged to an evaluation. */
record ValueOrder(Evaluation evaluation) implements Comparator<JsonNode> {

    private static final int CHARACTERS_PER_STEP = 256;

    @Override
    public int compare(JsonNode a, JsonNode b) {
        evaluation.charge(1);
        if (a.getNodeType() != b.getNodeType()) {
            return a.getNodeType().compareTo(b.getNodeType());
        }
        return switch (a.getNodeType()) {
            case STRING -> compareTexts(a.stringValue(), b.stringValue());
            case NUMBER -> a.decimalValue().compareTo(b.decimalValue());
            case BOOLEAN -> Boolean.compare(a.booleanValue(), b.booleanValue());
            case ARRAY -> compareArrays(a, b);
            case OBJECT -> compareObjects(a, b);
            default -> 0;
        };
    }

    private int compareTexts(String a, String b) {
        evaluation.charge(1 + Math.min(a.length(), b.length()) / CHARACTERS_PER_STEP);
        return a.compareTo(b);
    }

    private int compareArrays(JsonNode a, JsonNode b) {
        int order = Integer.compare(a.size(), b.size());
        for (int i = 0; order == 0 && i < a.size(); i++) {
            order = compare(a.get(i), b.get(i));
        }
        return order;
    }

    private int compareObjects(JsonNode a, JsonNode b) {
        int order = Integer.compare(a.size(), b.size());
        if (order != 0) {
            return order;
        }
        List<String> names = sortedNames(a);
        List<String> others = sortedNames(b);
        for (int i = 0; order == 0 && i < names.size(); i++) {
            order = compareTexts(names.get(i), others.get(i));
        }
        for (int i = 0; order == 0 && i < names.size(); i++) {
            order = compare(a.get(names.get(i)), b.get(names.get(i)));
        }
        return order;
    }

    private List<String> sortedNames(JsonNode object) {
        List<String> names = new ArrayList<>(object.propertyNames());
        names.sort(this::compareTexts);
        return names;
    }
}
