// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.InterceptorOffer;
import dev.mcpgateway.kernel.catalog.LiveCatalog;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.request.RequestContext;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.Workers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No call is made while a policy is missing. */
@Timeout(60)
class RefusalTest {

    private static final Optional<String> REASON = Optional.of("the policy is missing");

    @Test
    @Tag("slow")
    void a_call_never_meets_a_chain_without_the_policy_that_comes_and_goes_under_a_refusal() throws Exception {
        Interceptors interceptors = new Interceptors();
        List<InterceptorOffer> policy = List.of(InterceptorOffer.changing("policy", () -> new Interceptor() {}));
        interceptors.prepare("policy", policy).use();
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicInteger served = new AtomicInteger();
        AtomicInteger passedBy = new AtomicInteger();
        Thread caller = Thread.ofPlatform().start(() -> {
            while (!isOver.get()) {
                Chain chain = interceptors.enter();
                if (chain.refusal().isEmpty()) {
                    served.incrementAndGet();
                    if (chain.isEmpty()) {
                        passedBy.incrementAndGet();
                    } else {
                        chain.leave();
                    }
                }
            }
        });
        for (int i = 0; i < 2_000; i++) {
            Interceptors.Prepared next = interceptors.prepare("policy", policy);
            interceptors.refuse(REASON);
            interceptors.leave("policy");
            next.use();
            interceptors.refuse(Optional.empty());
        }
        isOver.set(true);
        caller.join();

        assertThat(served.get()).isPositive();
        assertThat(passedBy).hasValue(0);
    }

    @Test
    void a_call_that_waits_for_its_tool_is_refused_when_the_policy_leaves_meanwhile() throws Exception {
        try (LiveCatalog catalog = new LiveCatalog(() -> {});
                Deadlines deadlines = new Deadlines();
                Workers workers = Workers.ofThisMachine(deadlines)) {
            CompletableFuture<Void> discovered = new CompletableFuture<>();
            Calls calls =
                    new Calls(catalog, new StartupBarrier(discovered, deadlines, workers), deadlines, workers, 1_024);
            CompletableFuture<Outcome> outcome = new CompletableFuture<>();
            calls.call(
                    "acme.echo.v1",
                    JsonValue.emptyObject(),
                    RequestContext.arrived(deadlines, System.nanoTime()),
                    outcome::complete);

            calls.refuse(REASON);
            discovered.complete(null);

            assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo(new Outcome.Unserved(REASON.get()));
        }
    }

    @Test
    void a_refusal_ends_with_its_reason() throws Exception {
        Interceptors interceptors = new Interceptors();
        interceptors.refuse(REASON);
        assertThat(interceptors.enter().refusal()).isEqualTo(REASON);

        interceptors.refuse(Optional.empty());

        assertThat(interceptors.enter()).isSameAs(Chain.EMPTY);
    }
}
