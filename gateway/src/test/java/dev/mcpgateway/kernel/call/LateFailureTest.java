// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.catalog.ToolEntry;
import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.request.RequestContext.Ending;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The time of a call ends in the moment in which its provider says that it failed. */
class LateFailureTest {

    private static final Runnable NOTHING = () -> {};

    private final AtomicReference<Runnable> inThatMoment = new AtomicReference<>(NOTHING);

    @Test
    void it_is_the_provider_that_timed_out() throws JsonFault {
        Acme acme = new Acme();
        JsonValue arguments = JsonValue.parse(CallScene.HI.getBytes(UTF_8), 0, CallScene.HI.length(), Calls.MAX_DEPTH);
        try (TwoProviders providers = new TwoProviders(context -> acme, context -> new Acme())) {
            Outcome outcome = providers
                    .begin(System.nanoTime(), (context, then) -> {
                        CallRun<ToolEntry, ToolResult> run =
                                new CallRun<>(interrupted(), arguments, context, providers.room(), then);
                        acme.answer = given -> {
                            inThatMoment.set(() -> run.over(Ending.TIMED_OUT));
                            return CompletableFuture.failedFuture(new ProviderException(Code.INTERNAL, "broke"));
                        };
                        run.begin();
                    })
                    .end();

            assertThat(outcome).isEqualTo(new Outcome.Failed("provider 'first' timed out after 2.5 s", true));
        }
    }

    /** The kind of a tool call, in which something else happens first when it is next asked for anything. */
    @SuppressWarnings("unchecked")
    private CallKind<ToolEntry, ToolResult> interrupted() {
        ToolKind kind = new ToolKind("first.echo.v1");
        return (CallKind<ToolEntry, ToolResult>) Proxy.newProxyInstance(
                CallKind.class.getClassLoader(), new Class<?>[] {CallKind.class}, (proxy, method, given) -> {
                    inThatMoment.getAndSet(NOTHING).run();
                    try {
                        return method.invoke(kind, given);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }
}
