// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import dev.mcpgateway.kernel.text.PlainText;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** The names that a schema gives to its own parts, and what its references mean by them. Nothing else is ever looked up. */
final class References {

    private static final int SHOWN = 80;

    private final Map<URI, SchemaResource> resources = new HashMap<>();
    private final Map<String, List<Position>> dynamicAnchors = new HashMap<>();

    /** A place that a reference leads to: its resource and the tokens below that resource's root. */
    record Target(JsonNode schema, String pointer, SchemaResource resource) {}

    SchemaResource root(JsonNode schema) {
        SchemaResource resource = new SchemaResource(SchemaResource.UNNAMED, schema, "");
        resources.put(resource.base, resource);
        return resource;
    }

    /** Enters {@code $id}, {@code $anchor} and {@code $dynamicAnchor} of a position, whose shapes have been checked. */
    void name(Position position) throws SchemaRefusedException {
        JsonNode id = position.schema.get("$id");
        if (id != null) {
            position.resource = resource(position, id.stringValue());
        }
        JsonNode anchor = position.schema.get("$anchor");
        if (anchor != null) {
            enter(position, "$anchor", anchor.stringValue());
        }
        JsonNode dynamic = position.schema.get("$dynamicAnchor");
        if (dynamic != null) {
            enter(position, "$dynamicAnchor", dynamic.stringValue());
            dynamicAnchors
                    .computeIfAbsent(dynamic.stringValue(), name -> new ArrayList<>())
                    .add(position);
        }
    }

    private SchemaResource resource(Position position, String id) throws SchemaRefusedException {
        String place = Position.under(position.pointer, "$id");
        String withoutFragment = id.endsWith("#") ? id.substring(0, id.length() - 1) : id;
        if (withoutFragment.isEmpty()) {
            return position.resource;
        }
        URI base = position.resource
                .resolve(withoutFragment)
                .orElseThrow(() -> Refusal.at(place, "must be a URI reference without a fragment"));
        SchemaResource resource = new SchemaResource(base, position.schema, position.pointer);
        if (resources.putIfAbsent(base, resource) != null) {
            throw Refusal.at(place, "is the same as another $id of this schema");
        }
        return resource;
    }

    private static void enter(Position position, String keyword, String name) throws SchemaRefusedException {
        Position other = position.resource.anchors.putIfAbsent(name, position);
        if (other != null && other != position) {
            throw Refusal.at(Position.under(position.pointer, keyword), "is the same as another anchor of this schema");
        }
    }

    /** Where {@code $ref} or {@code $dynamicRef} of a position leads at first. */
    Target target(Position from, String keyword) throws SchemaRefusedException {
        String place = Position.under(from.pointer, keyword);
        String reference = from.schema.get(keyword).stringValue();
        int hash = reference.indexOf('#');
        String address = hash < 0 ? reference : reference.substring(0, hash);
        SchemaResource resource = address.isEmpty()
                ? from.resource
                : from.resource
                        .resolve(address)
                        .map(resources::get)
                        .orElseThrow(() -> Refusal.at(
                                place,
                                "refers to '" + PlainText.oneLine(reference, SHOWN)
                                        + "', which is not in this schema; nothing outside it is loaded"));
        String fragment = hash < 0 ? "" : reference.substring(hash + 1);
        return find(resource, fragment)
                .orElseThrow(() -> Refusal.at(
                        place, "refers to '" + PlainText.oneLine(reference, SHOWN) + "', which is not in this schema"));
    }

    /** Every position that a {@code $dynamicRef} to {@code name} might lead to while a value is checked. */
    List<Position> dynamic(String reference) {
        String name = reference.substring(reference.indexOf('#') + 1);
        return dynamicAnchors.getOrDefault(name, List.of());
    }

    private static Optional<Target> find(SchemaResource resource, String fragment) {
        if (fragment.isEmpty()) {
            return Optional.of(new Target(resource.root, resource.pointer, resource));
        }
        Optional<String> decoded = decode(fragment);
        if (decoded.isEmpty()) {
            return Optional.empty();
        }
        if (!decoded.get().startsWith("/")) {
            return Optional.ofNullable(resource.anchors.get(decoded.get()))
                    .map(position -> new Target(position.schema, position.pointer, resource));
        }
        return walk(resource, decoded.get());
    }

    private static Optional<Target> walk(SchemaResource resource, String fragment) {
        JsonNode at = resource.root;
        String pointer = resource.pointer;
        for (String escaped : fragment.substring(1).split("/", -1)) {
            String token = escaped.replace("~1", "/").replace("~0", "~");
            at = at.isArray() ? element(at, token) : at.path(token);
            if (at.isMissingNode()) {
                return Optional.empty();
            }
            pointer = Position.under(pointer, token);
        }
        return Optional.of(new Target(at, pointer, resource));
    }

    private static JsonNode element(JsonNode array, String token) {
        boolean isIndex = !token.isEmpty()
                && token.length() < 7
                && token.chars().allMatch(c -> c >= '0' && c <= '9')
                && (token.length() == 1 || token.charAt(0) != '0');
        return isIndex ? array.path(Integer.parseInt(token)) : MissingNode.getInstance();
    }

    private static Optional<String> decode(String fragment) {
        if (fragment.indexOf('%') < 0) {
            return Optional.of(fragment);
        }
        try {
            return Optional.of(URLDecoder.decode(fragment.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
