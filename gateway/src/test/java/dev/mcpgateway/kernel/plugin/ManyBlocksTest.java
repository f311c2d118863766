// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.testing.FakeCall;
import dev.mcpgateway.testing.PluginJar;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An answer has at most so many parts, however small they are. */
@Timeout(60)
class ManyBlocksTest {

    private static final Json NO_ARGUMENTS = Json.of(Map.of());

    @TempDir
    Path root;

    @Test
    void an_answer_with_more_than_ten_thousand_parts_is_refused_by_their_number() throws Exception {
        try (Scene scene = new Scene(root)) {
            PluginJar.of("acme").acme("""
                            public final class Acme implements GatewayPlugin, Provider {
                                @Override public void close() {}
                                @Override public List<ProviderOffer> providers(PluginContext plugin) {
                                    return List.of(new ProviderOffer("acme", context -> this));
                                }
                                @Override public CompletionStage<Capabilities> capabilities(CallContext call) {
                                    return CompletableFuture.completedFuture(Capabilities.of());
                                }
                                @Override public CompletionStage<ToolResult> callTool(String t, Json a, CallContext c) {
                                    return CompletableFuture.completedFuture(ToolResult.of(
                                            Collections.nCopies(10_001, Content.text(""))));
                                }
                                @Override public CompletionStage<ResourceResult> readResource(
                                        String uri, CallContext call) {
                                    return CompletableFuture.completedFuture(ResourceResult.of(Collections.nCopies(
                                            10_002, ResourceContents.text(uri, ""))));
                                }
                                @Override public CompletionStage<PromptResult> getPrompt(String p, Json a, CallContext c) {
                                    return CompletableFuture.completedFuture(PromptResult.of(Collections.nCopies(
                                            10_003, PromptMessage.user(""))));
                                }
                            }
                            """).writeTo(scene.file("acme.jar"));
            scene.boot();
            Provider provider = scene.open(new FakeProviderContext());
            FakeCall call = FakeCall.inNoHurry();
            refused(provider.callTool("t", NO_ARGUMENTS, call), "returned 10001 content blocks, the limit is 10000");
            refused(provider.readResource("a:b", call), "returned 10002 resource contents, the limit is 10000");
            refused(provider.getPrompt("p", NO_ARGUMENTS, call), "returned 10003 prompt messages, the limit is 10000");
        }
    }

    private static void refused(CompletionStage<?> answer, String text) {
        assertThatThrownBy(() -> answer.toCompletableFuture().get(10, TimeUnit.SECONDS))
                .cause()
                .hasMessage(text);
    }
}
