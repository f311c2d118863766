// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.json.StrictJson;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** JSON for tests, through the gateway's own parser; apostrophes stand for quotation marks. */
final class Parsed {

    private Parsed() {}

    static JsonNode json(String text) {
        return bytes(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    static JsonNode bytes(byte[] text) {
        try {
            return StrictJson.parse(text, 0, text.length, 1_000);
        } catch (JsonFault e) {
            throw new IllegalArgumentException(e);
        }
    }

    static JsonValue value(String text) {
        return verbatim(text.replace('\'', '"'));
    }

    static JsonValue verbatim(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            return JsonValue.parse(bytes, 0, bytes.length, 1_000);
        } catch (JsonFault e) {
            throw new IllegalArgumentException(e);
        }
    }

    static CompiledSchema schema(String text) {
        try {
            return new SchemaRegistry().inspect(value(text));
        } catch (SchemaRefusedException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
