// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Json;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.testing.PluginJar;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A list that does not fit one page. */
class PaginationTest {

    private static Installation installation;
    private static Gateway gateway;

    @BeforeAll
    static void start() {
        installation = Installation.createWithoutPlugins();
        PluginJar.withProvider("crowd", """
                        final class Source implements BlockingProvider {
                            @Override
                            public Capabilities capabilities(CallContext context) {
                                List<Tool> tools = new ArrayList<>();
                                for (int i = 0; i < 2500; i++) {
                                    tools.add(Tool.named("tool-" + i + ".v1").build());
                                }
                                return Capabilities.builder().tools(tools).build();
                            }

                            @Override
                            public ToolResult callTool(String tool, Json arguments, CallContext context) {
                                return ToolResult.text(tool);
                            }
                        }
                        """).dropInto(installation.pluginsDir());
        gateway = installation.start();
        gateway.client().ready("crowd.tool-0.v1");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        installation.close();
    }

    @Test
    void two_thousand_five_hundred_tools_come_in_three_pages_in_the_providers_order() {
        List<Integer> sizes = new ArrayList<>();
        List<String> names = new ArrayList<>();
        String params = "{}";
        while (sizes.size() < 10) {
            JsonNode page = gateway.client().request("tools/list", params).result();
            sizes.add(page.path("tools").size());
            page.path("tools").forEach(tool -> names.add(tool.path("name").asString()));
            if (!page.has("nextCursor")) {
                break;
            }
            params = "{\"cursor\":" + Json.quoted(page.get("nextCursor").asString()) + "}";
        }

        assertThat(sizes).containsExactly(1_000, 1_000, 500);
        assertThat(names)
                .isEqualTo(IntStream.range(0, 2_500)
                        .mapToObj(i -> "crowd.tool-" + i + ".v1")
                        .toList());
    }

    @Test
    void a_change_between_two_pages_is_told() {
        Client client = gateway.client();
        JsonNode first = client.request("tools/list", "{\"cursor\":\"\"}").result();
        String second = "{\"cursor\":" + Json.quoted(first.get("nextCursor").asString()) + "}";
        int before = client.notifications().size();
        PluginJar.withTool("late", "hi.v1", "return ToolResult.text(\"hi\");").dropInto(installation.pluginsDir());
        try {
            await().until(() -> {
                client.request("tools/list", second).result();
                return client.notifications().stream()
                        .skip(before)
                        .anyMatch(each -> each.path("method").asString().equals("notifications/tools/list_changed"));
            });
        } finally {
            assertThat(installation.pluginsDir().resolve("late.jar").toFile().delete())
                    .isTrue();
            await().until(() -> !client.toolNames().contains("late.hi.v1"));
        }
    }

    @Test
    void a_cursor_may_be_used_again() {
        Client client = gateway.client();
        String cursor =
                client.request("tools/list", "{}").result().get("nextCursor").asString();
        String params = "{\"cursor\":" + Json.quoted(cursor) + "}";

        assertThat(client.request("tools/list", params).result())
                .isEqualTo(client.request("tools/list", params).result());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"1000\"", "\"!!\"", "\"AAAA\"", "7", "[]", "{\"a\":1}"})
    void a_cursor_that_is_not_ours_is_refused(String cursor) {
        Reply reply = gateway.client().request("tools/list", "{\"cursor\":" + cursor + "}");

        assertThat(reply.errorCode()).isEqualTo(-32602);
        assertThat(reply.errorText()).contains("cursor");
    }

    @Test
    void the_last_tool_can_be_called_as_well_as_the_first() {
        assertThat(gateway.client().call("crowd.tool-0.v1", "{}").text()).isEqualTo("tool-0.v1");
        assertThat(gateway.client().call("crowd.tool-2499.v1", "{}").text()).isEqualTo("tool-2499.v1");
    }
}
