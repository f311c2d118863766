// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * An open source of tools, resources and prompts. Where it lives makes no difference to the gateway: in a plugin jar, or
 * behind a wire.
 *
 * <p>Every method is called concurrently and must return without blocking; what takes time completes the stage later,
 * on any thread. Implement {@link BlockingProvider} to write ordinary blocking methods instead. The gateway counts the
 * deadline: when it passes, or when the client cancels, the caller is answered, {@link CallContext#onCancel} runs, and
 * what the stage yields afterwards is ignored.
 *
 * <p>To fail, complete the stage with a {@link ProviderException}; its code and message reach the client. Any other
 * exception is a bug: the client sees a reference, the log what stands behind it. A tool that ran and failed returns
 * {@link ToolResult#error} instead.
 */
public non-sealed interface Provider extends ProviderInstance {

    /** Everything this provider offers now. Completing it says that the provider is available. */
    CompletionStage<Capabilities> capabilities(CallContext context);

    /**
     * Calls a tool.
     *
     * @param tool the name as in {@link Capabilities}, without the provider's name
     * @param arguments an object that conforms to the tool's input schema
     */
    CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext context);

    /** Reads a resource; by default there is none. */
    default CompletionStage<ResourceResult> readResource(String uri, CallContext context) {
        return CompletableFuture.failedFuture(
                new ProviderException(ProviderException.Code.NOT_FOUND, "no resource '" + uri + "'"));
    }

    /**
     * Fills in a prompt; by default there is none.
     *
     * @param arguments an object that conforms to the prompt's argument schema
     */
    default CompletionStage<PromptResult> getPrompt(String prompt, Json arguments, CallContext context) {
        return CompletableFuture.failedFuture(
                new ProviderException(ProviderException.Code.NOT_FOUND, "no prompt '" + prompt + "'"));
    }

    /**
     * The gateway has reason to believe that the provider can be reached again, e.g. because it has just started its
     * process: connections that wait before they try again should try now. Does nothing by default.
     */
    default void reconnect() {}
}
