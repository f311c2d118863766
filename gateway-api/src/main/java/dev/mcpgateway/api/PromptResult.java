// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** A prompt, filled in (MCP specification, GetPromptResult). Immutable. */
public final class PromptResult extends Value {

    private final String description;
    private final List<PromptMessage> messages;

    private PromptResult(String description, List<PromptMessage> messages) {
        this.description = requireNonNull(description, "description");
        this.messages = messages;
    }

    public static PromptResult of(PromptMessage... messages) {
        return new PromptResult("", List.of(messages));
    }

    public static PromptResult of(List<PromptMessage> messages) {
        return new PromptResult("", List.copyOf(messages));
    }

    /** For people; empty where there is none. */
    public String description() {
        return description;
    }

    public List<PromptMessage> messages() {
        return messages;
    }

    /** This result, described so. */
    public PromptResult withDescription(String text) {
        return new PromptResult(text, messages);
    }

    /** This result with these messages instead of its own. */
    public PromptResult withMessages(List<PromptMessage> others) {
        return new PromptResult(description, List.copyOf(others));
    }

    @Override
    List<Object> parts() {
        return List.of(description, messages);
    }
}
