// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.schema.CompiledSchema;
import dev.mcpgateway.kernel.schema.Violation;
import dev.mcpgateway.kernel.text.PlainText;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What a tool was answered with, looked at.
 *
 * @param json its JSON value, strictly parsed
 * @param fault why it cannot be used, behind the name of whoever gave it; empty where it can
 */
record ToolAnswer(Optional<JsonValue> json, Optional<String> fault) {

    /**
     * @param schema what a result must conform to, unless the tool itself says that it failed
     * @param isOver whether nobody waits for it any more: then it is not looked at to the end
     */
    static ToolAnswer of(ToolResult result, Optional<CompiledSchema> schema, BooleanSupplier isOver) {
        Optional<JsonValue> json = Optional.empty();
        if (result.json().isPresent()) {
            try {
                json = Optional.of(JsonValue.checked(result.json().get(), Calls.MAX_DEPTH));
            } catch (JsonFault fault) {
                String where = fault.text().replaceFirst("^Parse error at ", "");
                return new ToolAnswer(json, Optional.of("returned a result that is not valid JSON: " + where));
            }
        }
        return new ToolAnswer(json, result.isError() ? Optional.empty() : fault(result, json, schema, isOver));
    }

    private static Optional<String> fault(
            ToolResult result, Optional<JsonValue> json, Optional<CompiledSchema> schema, BooleanSupplier isOver) {
        if (schema.isPresent()) {
            if (json.isEmpty()) {
                return Optional.of("returned no JSON value, though the tool has an output schema");
            }
            List<Violation> violations = schema.get().validate(json.get(), isOver);
            if (!violations.isEmpty()) {
                return Optional.of("returned a result that violates its output schema: "
                        + PlainText.of(String.join("; ", Violation.inWords(violations))));
            }
        }
        return json.isEmpty() && result.content().isEmpty()
                ? Optional.of("returned neither a JSON value nor content")
                : Optional.empty();
    }
}
