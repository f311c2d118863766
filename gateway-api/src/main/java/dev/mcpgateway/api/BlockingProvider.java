package dev.mcpgateway.api;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

/**
 * A {@link Provider} written as ordinary methods that may block and throw. Each call runs on its own virtual thread,
 * which is interrupted when the deadline passes or the client cancels. The methods are called concurrently.
 *
 * {@snippet :
 * final class Greeter extends BlockingProvider {
 *     Greeter(ProviderContext context) {
 *         super(context);
 *     }
 *
 *     @Override
 *     protected Capabilities list(CallContext context) {
 *         return Capabilities.of(Tool.named("greet.v1").inputSchema(Json.of(Map.of("type", "object"))).build());
 *     }
 *
 *     @Override
 *     protected ToolResult call(String tool, Json arguments, CallContext context) {
 *         return ToolResult.text("Hello");
 *     }
 * }
 * }
 */
public abstract class BlockingProvider implements Provider {

    private final ProviderContext context;

    protected BlockingProvider(ProviderContext context) {
        this.context = context;
    }

    /** See {@link Provider#capabilities}. */
    protected abstract Capabilities list(CallContext context) throws Exception;

    /** See {@link Provider#callTool}. */
    protected abstract ToolResult call(String tool, Json arguments, CallContext context) throws Exception;

    /** See {@link Provider#readResource}. */
    protected List<ResourceContents> read(String uri, CallContext context) throws Exception {
        throw new ProviderException(ProviderException.Code.NOT_FOUND, "no resource '" + uri + "'");
    }

    /** See {@link Provider#getPrompt}. */
    protected PromptResult prompt(String prompt, Json arguments, CallContext context) throws Exception {
        throw new ProviderException(ProviderException.Code.NOT_FOUND, "no prompt '" + prompt + "'");
    }

    @Override
    public final CompletionStage<Capabilities> capabilities(CallContext call) {
        return onItsOwnThread(call, () -> list(call));
    }

    @Override
    public final CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext call) {
        return onItsOwnThread(call, () -> call(tool, arguments, call));
    }

    @Override
    public final CompletionStage<List<ResourceContents>> readResource(String uri, CallContext call) {
        return onItsOwnThread(call, () -> read(uri, call));
    }

    @Override
    public final CompletionStage<PromptResult> getPrompt(String prompt, Json arguments, CallContext call) {
        return onItsOwnThread(call, () -> prompt(prompt, arguments, call));
    }

    private <T> CompletionStage<T> onItsOwnThread(CallContext call, Callable<T> body) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Future<?> task = context.executor().submit(() -> {
            try {
                result.complete(body.call());
            } catch (Throwable thrown) { // an Error is the author's too: the gateway turns it into text
                result.completeExceptionally(thrown);
            }
        });
        call.onCancel(() -> {
            task.cancel(true);
            result.completeExceptionally(new CancellationException("the call was cancelled"));
        });
        return result;
    }
}
