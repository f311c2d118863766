// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A place in a schema where a subschema stands, and what is applied from there. */
final class Position {

    final JsonNode schema;
    /** The JSON Pointer from the root of the whole schema. */
    final String pointer;
    /** How many subschemas it stands in. */
    final int depth;
    /** The resource it belongs to: its own where it has an {@code $id}. */
    SchemaResource resource;
    /** Applied to the very value this one is applied to. */
    final List<Position> here = new ArrayList<>(2);
    /** Applied to what that value holds. */
    final List<Position> below = new ArrayList<>();

    Position(JsonNode schema, String pointer, int depth, SchemaResource resource) {
        this.schema = schema;
        this.pointer = pointer;
        this.depth = depth;
        this.resource = resource;
    }

    /** The pointer of a member or an element of {@code pointer}. */
    static String under(String pointer, String token) {
        return pointer + '/' + token.replace("~", "~0").replace("/", "~1");
    }
}
