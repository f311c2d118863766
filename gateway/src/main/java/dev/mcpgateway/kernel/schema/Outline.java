// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import dev.mcpgateway.kernel.json.Sight;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * How far a schema looks into a value. Most tools that take large arguments look at names and kinds on the outside only, and a
 * tree of ten megabytes that nobody looks into would cost many times that.
 */
final class Outline {

    private static final Set<String> ANNOTATIONS = Set.of(
            "title",
            "description",
            "default",
            "examples",
            "deprecated",
            "readOnly",
            "writeOnly",
            "format",
            "contentEncoding",
            "contentMediaType",
            "$comment",
            "$schema",
            "$id",
            "$defs",
            "definitions");
    private static final Set<String> OF_NAMES =
            Set.of("required", "dependentRequired", "minProperties", "maxProperties");

    private Outline() {}

    /** Of a schema that has passed inspection; where in doubt, all of the value. */
    static Sight of(JsonNode schema) {
        Map<String, Sight> members = new HashMap<>();
        boolean seesNames = false;
        for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
            String name = keyword.getKey();
            JsonNode value = keyword.getValue();
            boolean isOfOthers = name.equals("additionalProperties")
                    && (value.isBoolean() || of(value).equals(Sight.KIND));
            if (name.equals("properties")) {
                value.properties().forEach(each -> members.put(each.getKey(), of(each.getValue())));
                seesNames = true;
            } else if (isOfOthers || OF_NAMES.contains(name)) {
                seesNames = true;
            } else if (!name.equals("type") && !ANNOTATIONS.contains(name)) {
                return Sight.WHOLE;
            }
        }
        return new Sight(false, seesNames, members);
    }
}
