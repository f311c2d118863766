// SPDX-License-Identifier: Apache-2.0
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
        Set<JsonNode> seen = new TreeSet<>(new ValueOrder(evaluation));
        for (JsonNode item : array) {
            if (!seen.add(item)) {
                return true;
            }
        }
        return false;
    }
}
