// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.api.BlockingProvider;
import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.request.RequestContext;
import dev.mcpgateway.kernel.thread.Deadlines;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThreadedListingTest {

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);

    private final Deadlines deadlines = new Deadlines();
    private final ThreadedProvider provider = new ThreadedProvider("hello", 1, new Hello());
    private final Slot slot = FakeProvider.slot(provider, deadlines, 1, 1);

    @AfterEach
    void close() {
        provider.close();
        deadlines.close();
    }

    @Test
    void a_question_that_is_over_before_its_thread_comes_does_not_stand_in_the_way_of_the_next() {
        Listing over = new Listing(slot);
        over.over(RequestContext.Ending.TIMED_OUT);

        assertThat(over.ask(provider).toCompletableFuture()).failsWithin(LONG_ENOUGH);

        assertThat(new Listing(slot).ask(provider).toCompletableFuture()).succeedsWithin(LONG_ENOUGH);
    }

    private static final class Hello implements BlockingProvider {

        @Override
        public Capabilities capabilities(CallContext call) {
            return Capabilities.of();
        }

        @Override
        public ToolResult callTool(String tool, Json arguments, CallContext call) {
            throw new AssertionError("it has none");
        }
    }

    private static final class Listing extends Invocation<Capabilities> {

        Listing(Slot slot) {
            super(slot, RequestContext.arrived(slot.deadlines(), System.nanoTime()), false);
        }

        @Override
        protected CompletionStage<Capabilities> ask(Provider asked) {
            return asked.capabilities(this);
        }

        @Override
        protected void answered(Capabilities answer) {}

        @Override
        protected void failed(Failure failure) {}
    }
}
