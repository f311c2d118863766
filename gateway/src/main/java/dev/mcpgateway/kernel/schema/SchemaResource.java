// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A schema resource (draft 2020-12, core 4.3.5): the whole schema, or a part that has its own {@code $id}. */
final class SchemaResource {

    /** What relative references of a schema without an {@code $id} are resolved against; nobody can name it. */
    static final URI UNNAMED = URI.create("schema:///");

    final URI base;
    final JsonNode root;
    final String pointer;
    final Map<String, Position> anchors = new HashMap<>();

    SchemaResource(URI base, JsonNode root, String pointer) {
        this.base = base;
        this.root = root;
        this.pointer = pointer;
    }

    /** A reference without its fragment, made absolute; empty when it is not a URI reference. */
    Optional<URI> resolve(String reference) {
        try {
            return Optional.of(base.resolve(URI.create(reference)).normalize());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
