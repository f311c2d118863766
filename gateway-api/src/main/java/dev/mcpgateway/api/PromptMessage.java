// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** One message of a prompt (MCP specification, PromptMessage). Immutable. */
public final class PromptMessage extends Value {

    private final Role role;
    private final Content content;

    /** Who says it. More may come: switch with a default. */
    public enum Role {
        USER,
        ASSISTANT
    }

    private PromptMessage(Role role, Content content) {
        this.role = requireNonNull(role, "role");
        this.content = requireNonNull(content, "content");
    }

    public static PromptMessage of(Role role, Content content) {
        return new PromptMessage(role, content);
    }

    /** Text that the user says. */
    public static PromptMessage user(String text) {
        return new PromptMessage(Role.USER, Content.text(text));
    }

    /** Text that the model says. */
    public static PromptMessage assistant(String text) {
        return new PromptMessage(Role.ASSISTANT, Content.text(text));
    }

    public Role role() {
        return role;
    }

    public Content content() {
        return content;
    }

    /** The same role, saying this. */
    public PromptMessage withContent(Content other) {
        return new PromptMessage(role, other);
    }

    @Override
    List<Object> parts() {
        return List.of(role, content);
    }
}
