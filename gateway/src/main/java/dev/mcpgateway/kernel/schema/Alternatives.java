// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import com.networknt.schema.Error;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.keyword.AnyOfValidator;
import com.networknt.schema.keyword.Keyword;
import com.networknt.schema.keyword.KeywordValidator;
import com.networknt.schema.keyword.OneOfValidator;
import com.networknt.schema.path.NodePath;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * {@code anyOf} and {@code oneOf} that fail with one error. The library's report every error of every alternative: of
 * nested ones that is a million for a schema of a kilobyte, and none of them says what is wrong.
 */
final class Alternatives {

    private Alternatives() {}

    static final class AnyOf implements Keyword {
        @Override
        public String getValue() {
            return "anyOf";
        }

        @Override
        public KeywordValidator newValidator(
                SchemaLocation place, JsonNode value, Schema parent, SchemaContext context) {
            return new AnyOfValidator(place, value, parent, context) {
                @Override
                public void validate(ExecutionContext evaluation, JsonNode node, JsonNode root, NodePath at) {
                    List<Error> failed = tried(evaluation, () -> super.validate(evaluation, node, root, at));
                    if (!failed.isEmpty()) {
                        evaluation.addError(none(failed, schemaNode, node, at));
                    }
                }
            };
        }
    }

    static final class OneOf implements Keyword {
        @Override
        public String getValue() {
            return "oneOf";
        }

        @Override
        public KeywordValidator newValidator(
                SchemaLocation place, JsonNode value, Schema parent, SchemaContext context) {
            return new OneOfValidator(place, value, parent, context) {
                @Override
                public void validate(ExecutionContext evaluation, JsonNode node, JsonNode root, NodePath at) {
                    List<Error> failed = tried(evaluation, () -> super.validate(evaluation, node, root, at));
                    if (failed.isEmpty()) {
                        return;
                    }
                    // The library's first error is the keyword's own; those of the alternatives follow, if none
                    // matched.
                    evaluation.addError(
                            failed.size() == 1
                                    ? failure(Reason.SEVERAL_MATCH, schemaNode, node, at)
                                    : none(failed.subList(1, failed.size()), schemaNode, node, at));
                }
            };
        }
    }

    private static List<Error> tried(ExecutionContext evaluation, Runnable alternatives) {
        List<Error> outer = evaluation.getErrors();
        List<Error> inner = new ArrayList<>(2);
        evaluation.setErrors(inner);
        try {
            alternatives.run();
        } finally {
            evaluation.setErrors(outer);
        }
        return inner;
    }

    /** Where every alternative wants another type, that is one type error. */
    private static Error none(List<Error> failed, JsonNode alternatives, JsonNode value, NodePath at) {
        ArrayNode types = JsonNodeFactory.instance.arrayNode();
        for (Error error : failed) {
            if (!error.getKeyword().equals("type")
                    || !error.getInstanceLocation().equals(at)) {
                return failure(Reason.NONE_MATCHES, alternatives, value, at);
            }
            if (error.getSchemaNode().isArray()) {
                types.addAll((ArrayNode) error.getSchemaNode());
            } else {
                types.add(error.getSchemaNode());
            }
        }
        return failed.size() == alternatives.size()
                ? failure("type", types, value, at)
                : failure(Reason.NONE_MATCHES, alternatives, value, at);
    }

    private static Error failure(String keyword, JsonNode expected, JsonNode value, NodePath at) {
        return Error.builder()
                .keyword(keyword)
                .messageKey(keyword)
                .schemaNode(expected)
                .instanceNode(value)
                .instanceLocation(at)
                .build();
    }
}
