package dev.mcpgateway.api;

import java.util.List;

/**
 * A prompt, filled in.
 *
 * @param description empty where there is none
 */
public record PromptResult(String description, List<PromptMessage> messages) {

    public PromptResult {
        messages = List.copyOf(messages);
    }
}
