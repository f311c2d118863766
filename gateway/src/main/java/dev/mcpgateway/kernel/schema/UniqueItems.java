package dev.mcpgateway.kernel.schema;

import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.keyword.BaseKeywordValidator;
import com.networknt.schema.keyword.Keyword;
import com.networknt.schema.keyword.KeywordType;
import com.networknt.schema.keyword.KeywordValidator;
import com.networknt.schema.path.NodePath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * {@code uniqueItems} by order instead of by hash: a client that knows the hash of strings could make the library's take
 * a time that is quadratic in 10 MiB.
 */
final class UniqueItems implements Keyword {

    @Override
    public String getValue() {
        return "uniqueItems";
    }

    @Override
    public KeywordValidator newValidator(SchemaLocation place, JsonNode value, Schema parent, SchemaContext context) {
        boolean unique = value.booleanValue();
        return new BaseKeywordValidator(KeywordType.UNIQUE_ITEMS, value, place, parent, context) {
            @Override
            public void validate(ExecutionContext evaluation, JsonNode node, JsonNode root, NodePath at) {
                if (unique && node.isArray() && hasEqualItems(node, (Evaluation) evaluation)) {
                    evaluation.addError(error().instanceNode(node)
                            .instanceLocation(at)
                            .evaluationPath(evaluation.getEvaluationPath())
                            .build());
                }
            }
        };
    }

    private static boolean hasEqualItems(JsonNode array, Evaluation evaluation) {
        Set<JsonNode> seen = new TreeSet<>(new Order(evaluation));
        for (JsonNode item : array) {
            if (!seen.add(item)) {
                return true;
            }
        }
        return false;
    }

    /** A total order of JSON values under which those are equal that JSON Schema calls equal (core 4.2.2). */
    private record Order(Evaluation evaluation) implements Comparator<JsonNode> {

        @Override
        public int compare(JsonNode a, JsonNode b) {
            evaluation.charge(1);
            if (a.getNodeType() != b.getNodeType()) {
                return a.getNodeType().compareTo(b.getNodeType());
            }
            return switch (a.getNodeType()) {
                case STRING -> a.stringValue().compareTo(b.stringValue());
                case NUMBER -> a.decimalValue().compareTo(b.decimalValue());
                case BOOLEAN -> Boolean.compare(a.booleanValue(), b.booleanValue());
                case ARRAY -> compareArrays(a, b);
                case OBJECT -> compareObjects(a, b);
                default -> 0;
            };
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
                order = names.get(i).compareTo(others.get(i));
            }
            for (int i = 0; order == 0 && i < names.size(); i++) {
                order = compare(a.get(names.get(i)), b.get(names.get(i)));
            }
            return order;
        }

        private static List<String> sortedNames(JsonNode object) {
            List<String> names = new ArrayList<>(object.propertyNames());
            Collections.sort(names);
            return names;
        }
    }
}
