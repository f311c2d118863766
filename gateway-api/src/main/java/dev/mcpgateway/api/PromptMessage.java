package dev.mcpgateway.api;

/** One message of a prompt. */
public record PromptMessage(Role role, Content content) {

    /** Who says it. */
    public enum Role {
        USER,
        ASSISTANT
    }
}
