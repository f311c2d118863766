// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import dev.mcpgateway.kernel.call.Calls;
import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.catalog.PromptEntry;
import dev.mcpgateway.kernel.provider.PromptArgument;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What a client may go on to type (MCP specification, server/utilities/completion). Only arguments of prompts whose
 * schema names their values can be completed; providers are not asked.
 */
final class Completion {

    private final JsonNode reference;
    private final JsonNode argument;

    /** A request that nothing can be made of. */
    static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1L;

        private final String reason;

        RefusedException(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    /** @param params of {@code completion/complete} */
    Completion(JsonNode params) {
        this.reference = params.path("ref");
        this.argument = params.path("argument");
    }

    /** Whether it is there, so that nothing has to be waited for. */
    boolean refersTo(Catalog catalog) {
        return isOfPrompt()
                ? !catalog.prompts(text(reference, "name")).isEmpty()
                : catalog.knowsAddress(text(reference, "uri"));
    }

    /** Every value that begins with what the client has. */
    List<String> of(Catalog catalog, Calls calls) throws RefusedException {
        if (!argument.path("name").isString() || !argument.path("value").isString()) {
            throw new RefusedException("params.argument must have a name and a value, both strings");
        }
        if (!isOfPrompt()) {
            return ofResource(catalog, calls);
        }
        if (!reference.path("name").isString()) {
            throw new RefusedException("params.ref.name must be the name of a prompt");
        }
        String name = text(reference, "name");
        List<PromptEntry> claimants = catalog.prompts(name);
        if (claimants.isEmpty()) {
            throw new RefusedException(calls.unknown("prompt", name));
        }
        PromptEntry prompt = claimants.stream()
                .filter(entry -> entry.slot().status().isAvailable())
                .findFirst()
                .orElse(claimants.getFirst());
        String typed = text(argument, "value");
        for (PromptArgument each : prompt.offered().arguments()) {
            if (each.name().equals(text(argument, "name"))) {
                return each.choices().stream()
                        .filter(choice -> choice.startsWith(typed))
                        .toList();
            }
        }
        return List.of();
    }

    private List<String> ofResource(Catalog catalog, Calls calls) throws RefusedException {
        if (!text(reference, "type").equals("ref/resource")
                || !reference.path("uri").isString()) {
            throw new RefusedException(
                    "params.ref must be {\"type\": \"ref/prompt\", \"name\": …} or {\"type\": \"ref/resource\", \"uri\": …}");
        }
        if (!refersTo(catalog)) {
            throw new RefusedException(calls.unknown("resource", text(reference, "uri")));
        }
        return List.of();
    }

    private boolean isOfPrompt() {
        return text(reference, "type").equals("ref/prompt");
    }

    private static String text(JsonNode of, String name) {
        return of.path(name).asString("");
    }
}
