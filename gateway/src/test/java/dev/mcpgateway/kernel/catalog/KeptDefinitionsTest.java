// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Prompt;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.kernel.catalog.LiveProviders.Offer;
import dev.mcpgateway.kernel.provider.Offering.OfferedTool;
import java.io.ByteArrayOutputStream;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of the messages in which providers list what they offer. */
@Timeout(60)
class KeptDefinitionsTest {

    private static final int TOOLS = 100;

    @TempDir
    Path folder;

    @Test
    void what_stays_the_same_keeps_nothing_of_the_message_that_it_came_in() throws Exception {
        try (LiveProviders providers = new LiveProviders(folder, slots -> {}, Offer.of("acme", Capabilities.of()))) {
            WeakReference<byte[]> first = offer(providers, 1);
            await().until(() -> schemaOfLast(providers).contains("\"version 1\""));
            OfferedTool unchanged = providers.slot("acme").offering().tools().getFirst();

            WeakReference<byte[]> second = offer(providers, 2);
            await().until(() -> schemaOfLast(providers).contains("\"version 2\""));

            assertThat(providers.slot("acme").offering().tools().getFirst()).isSameAs(unchanged);
            providers.letGo("acme");
            awaitCollected(first);
            awaitCollected(second);
            assertThat(schemaOfLast(providers)).contains("\"version 2\"");
            assertThat(unchanged.definition().inputSchema().utf8())
                    .isEqualTo(ByteBuffer.wrap(schema(0, 1).getBytes(UTF_8)));
        }
    }

    /** As a provider behind gRPC does: every schema is a window into one message. */
    private static WeakReference<byte[]> offer(LiveProviders providers, int version) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int i = 0; i < TOOLS; i++) {
            text.writeBytes(schema(i, version).getBytes(UTF_8));
        }
        byte[] message = text.toByteArray();
        List<Tool> tools = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < TOOLS; i++) {
            int length = schema(i, version).getBytes(UTF_8).length;
            Json window = Json.ofUtf8(ByteBuffer.wrap(message, from, length));
            tools.add(Tool.named("tool" + i)
                    .inputSchema(window)
                    .outputSchema(window)
                    .build());
            from += length;
        }
        Prompt prompt = Prompt.named("prompt")
                .argumentsSchema(Json.ofUtf8(
                        ByteBuffer.wrap(message, 0, schema(0, version).length())))
                .build();
        providers.offer(
                "acme",
                Capabilities.builder().tools(tools).prompts(List.of(prompt)).build());
        return new WeakReference<>(message);
    }

    /** The last one changes every time. */
    private static String schema(int tool, int version) {
        return "{\"type\":\"object\",\"title\":\"tool " + tool + "\",\"description\":\"version "
                + (tool == TOOLS - 1 ? version : 1) + "\"}";
    }

    private static String schemaOfLast(LiveProviders providers) {
        List<OfferedTool> tools = providers.slot("acme").offering().tools();
        return tools.isEmpty() ? "" : tools.getLast().inputSchema().toString();
    }

    private static void awaitCollected(WeakReference<?> reference) {
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            System.gc();
            return reference.get() == null;
        });
    }
}
