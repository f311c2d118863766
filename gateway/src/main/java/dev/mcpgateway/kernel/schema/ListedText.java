// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A schema as clients are given it: without a name for its root. Clients put the schemas of a whole list into one world, where of two with
 * one {@code $id} the second is refused, or checked by the first. What referred to the root by that name refers to it by
 * {@code #}. A schema with names further in is left as it is.
 */
final class ListedText {

    private static final String ID = "$id";
    private static final String[] REFERENCES = {"$ref", "$dynamicRef"};

    private ListedText() {}

    static JsonValue of(JsonValue schema, SchemaInspection inspection) {
        Position root = inspection.positions().getFirst();
        if (!root.schema.has(ID) || hasOtherNames(inspection)) {
            return schema;
        }
        JsonNode copy = root.schema.deepCopy();
        for (Position position : inspection.positions()) {
            if (copy.at(JsonPointer.compile(position.pointer)) instanceof ObjectNode place) {
                for (String keyword : REFERENCES) {
                    if (place.path(keyword).isString()) {
                        place.put(keyword, withoutAddress(place.path(keyword).stringValue()));
                    }
                }
            }
        }
        ((ObjectNode) copy).remove(ID);
        byte[] text = copy.toString().getBytes(StandardCharsets.UTF_8);
        try {
            return JsonValue.parse(text, 0, text.length, Integer.MAX_VALUE).detached();
        } catch (JsonFault fault) { // of what was read from such a text
            throw new IllegalStateException(fault);
        }
    }

    private static boolean hasOtherNames(SchemaInspection inspection) {
        return inspection.positions().stream().skip(1).anyMatch(each -> each.schema.has(ID));
    }

    /** There is one resource, so whatever stands before the fragment is its name. */
    private static String withoutAddress(String reference) {
        int hash = reference.indexOf('#');
        return hash < 0 ? "#" : reference.substring(hash);
    }
}
