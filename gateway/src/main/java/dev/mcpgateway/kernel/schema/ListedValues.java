// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.keyword.EnumValidator;
import com.networknt.schema.keyword.Keyword;
import com.networknt.schema.keyword.KeywordValidator;
import com.networknt.schema.path.NodePath;
import tools.jackson.databind.JsonNode;

/**
 * {@code enum} that compares arrays and objects value by value. The library's copies and hashes the whole of them in one
 * step: of 10 MiB that is some hundred milliseconds for each {@code enum} of a schema.
 */
final class ListedValues implements Keyword {

    @Override
    public String getValue() {
        return "enum";
    }

    @Override
    public KeywordValidator newValidator(SchemaLocation place, JsonNode value, Schema parent, SchemaContext context) {
        return new EnumValidator(place, value, parent, context) {
            @Override
            public void validate(ExecutionContext evaluation, JsonNode node, JsonNode root, NodePath at) {
                if (!node.isContainer()) {
                    super.validate(evaluation, node, root, at);
                } else if (!isListed(node, value, (Evaluation) evaluation)) {
                    evaluation.addError(error().instanceNode(node)
                            .instanceLocation(at)
                            .evaluationPath(evaluation.getEvaluationPath())
                            .build());
                }
            }
        };
    }

    private static boolean isListed(JsonNode node, JsonNode listed, Evaluation evaluation) {
        ValueOrder order = new ValueOrder(evaluation);
        for (JsonNode one : listed) {
            if (order.compare(one, node) == 0) {
                return true;
            }
        }
        return false;
    }
}
