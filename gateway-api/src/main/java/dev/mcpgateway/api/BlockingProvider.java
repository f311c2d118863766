// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

/**
 * A provider written as ordinary methods that may block and throw. Each call runs on a thread that the gateway has made for this
 * provider: as many at once as it has permits, and one more for {@link #capabilities}. The methods are called concurrently.
 *
 * <p>The thread is interrupted when the call's deadline passes or the client cancels. A call whose thread has not come back keeps
 * its permit: one that ignores interrupts costs its own provider, which is not asked any more when all its permits are kept.
 *
 * <p>To fail, throw a {@link ProviderException}; its code and message reach the client. Any other exception is a bug: the client sees
 * a reference, the log what stands behind it. A tool that ran and failed returns {@link ToolResult#error} instead.
 *
 * {@snippet :
 * final class Greeter implements BlockingProvider {
 *     @Override
 *     public Capabilities capabilities(CallContext context) {
 *         return Capabilities.of(Tool.named("greet.v1").inputSchema(Json.of(Map.of("type", "object"))).build());
 *     }
 *
 *     @Override
 *     public ToolResult callTool(String tool, Json arguments, CallContext context) {
 *         return ToolResult.text("Hello");
 *     }
 * }
 * }
 */
public non-sealed interface BlockingProvider extends ProviderInstance {

    /** Everything this provider offers now. Returning it says that the provider is available. */
    Capabilities capabilities(CallContext context) throws Exception;

    /**
     * Calls a tool.
     *
     * @param tool the name as in {@link Capabilities}, without the provider's name
     * @param arguments an object that conforms to the tool's input schema
     */
    ToolResult callTool(String tool, Json arguments, CallContext context) throws Exception;

    /** Reads a resource; by default there is none. */
    default ResourceResult readResource(String uri, CallContext context) throws Exception {
        throw new ProviderException(ProviderException.Code.NOT_FOUND, "no resource '" + uri + "'");
    }

    /**
     * Fills in a prompt; by default there is none.
     *
     * @param arguments an object that conforms to the prompt's argument schema
     */
    default PromptResult getPrompt(String prompt, Json arguments, CallContext context) throws Exception {
        throw new ProviderException(ProviderException.Code.NOT_FOUND, "no prompt '" + prompt + "'");
    }
}
