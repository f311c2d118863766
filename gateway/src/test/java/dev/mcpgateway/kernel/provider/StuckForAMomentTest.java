// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.BlockingProvider;
import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.api.ProviderContext;
import dev.mcpgateway.api.ProviderInstance;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.config.ProviderEntry;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.provider.FakeProvider.Call;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A provider whose only thread heeds its interruption late, but soon enough for nobody to be told that it is stuck. */
class StuckForAMomentTest implements ProviderType {

    private static final Path NOWHERE = Path.of("/dev/null"); // and never written to: there is no process

    private final Deadlines deadlines = new Deadlines();
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger listed = new AtomicInteger();
    private final Providers providers;

    StuckForAMomentTest() throws Exception {
        providers = new Providers(
                List.of(new ProviderEntry(
                        "one",
                        "test",
                        Optional.of("first:1"),
                        List.of(),
                        Map.of(),
                        Path.of("/"),
                        true,
                        Duration.ofSeconds(20),
                        1,
                        1,
                        10,
                        Duration.ofMillis(20),
                        "one",
                        Optional.empty(),
                        Map.of(),
                        Map.of())),
                deadlines,
                new RunFile(NOWHERE, NOWHERE, NOWHERE),
                new ShutdownUrgency(),
                slots -> {},
                each -> {});
    }

    @AfterEach
    void close() {
        released.countDown();
        providers.close();
        deadlines.close();
    }

    @Test
    void it_is_asked_again_what_it_offers_when_its_thread_has_come_back() throws Exception {
        providers.join("test", List.of(), List.of(this));
        providers.allPluginsJoined();
        providers.firstDiscovery().get(20, TimeUnit.SECONDS);
        Slot slot = providers.slots().getFirst();
        Call call = new Call(slot);
        slot.submit(call);
        call.cancel();
        assertThat(slot.isStuck()).isTrue();
        await().pollDelay(Duration.ofMillis(100)).until(() -> true); // it should have been asked meanwhile

        released.countDown();
        await().until(() -> !slot.isStuck());

        int before = listed.get();
        await().until(() -> listed.get() > before + 1);
    }

    @Override
    public String name() {
        return "test";
    }

    @Override
    public ProviderInstance open(ProviderConfig config, ProviderContext context) {
        return new BlockingProvider() {
            @Override
            public Capabilities capabilities(CallContext call) {
                listed.incrementAndGet();
                return Capabilities.of();
            }

            @Override
            public ToolResult callTool(String tool, Json arguments, CallContext call) {
                boolean isReleased = false;
                while (!isReleased) {
                    try {
                        isReleased = released.await(60, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        // goes on waiting
                    }
                }
                return ToolResult.text("late");
            }
        };
    }
}
