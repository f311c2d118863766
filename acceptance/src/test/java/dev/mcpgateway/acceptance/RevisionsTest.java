// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.testing.PluginJar;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Each revision of the protocol gets what it knows, and nothing that came after it. */
class RevisionsTest {

    private static Installation installation;

    @BeforeAll
    static void install() {
        installation = Installation.createWithoutPlugins();
        PluginJar.withProvider("sampler", """
                        final class Source implements BlockingProvider {
                            @Override
                            public Capabilities capabilities(CallContext context) {
                                Json object = Json.of(Map.of("type", "object"));
                                Json array = Json.of(Map.of("type", "array"));
                                return Capabilities.of(
                                        Tool.named("object.v1").title("An object").description("Answers {}").outputSchema(object).build(),
                                        Tool.named("array.v1").title("An array").outputSchema(array).build());
                            }

                            @Override
                            public ToolResult callTool(String tool, Json arguments, CallContext context) {
                                return ToolResult.of(Json.ofUtf8((tool.startsWith("array") ? "[1.0, 1e2,\\n -0]" : "{\\"a\\" : 1.0}").getBytes()));
                            }
                        }
                        """).dropInto(installation.pluginsDir());
    }

    @AfterAll
    static void nothing_is_left() {
        installation.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"})
    void a_known_revision_is_spoken(String revision) {
        try (Gateway gateway = installation.start()) {
            JsonNode hello = gateway.client().initialize(revision);

            assertThat(hello.path("protocolVersion").asString()).isEqualTo(revision);
            assertThat(hello.path("serverInfo").path("name").asString()).isNotBlank();
            assertThat(hello.path("serverInfo").path("version").asString()).isNotBlank();
            assertThat(hello.path("capabilities")
                            .path("tools")
                            .path("listChanged")
                            .asBoolean())
                    .isTrue();
            assertThat(gateway.client().ping().result()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1999-01-01", "2026-07-28", "latest", ""})
    void an_unknown_revision_is_answered_with_the_newest(String revision) {
        try (Gateway gateway = installation.start()) {
            assertThat(gateway.client()
                            .initialize(revision)
                            .path("protocolVersion")
                            .asString())
                    .isEqualTo("2025-11-25");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2024-11-05", "2025-03-26"})
    void what_came_with_2025_06_18_is_not_sent_to_older_ones(String revision) {
        try (Gateway gateway = installation.start()) {
            Client client = gateway.client();
            JsonNode hello = client.initialize(revision);
            client.ready("sampler.object.v1");
            assertThat(hello.path("serverInfo").has("title")).isFalse();

            List<JsonNode> tools = client.tools();
            assertThat(tools).hasSize(2).allSatisfy(tool -> {
                assertThat(tool.has("title")).isFalse();
                assertThat(tool.has("outputSchema")).isFalse();
                assertThat(tool.path("inputSchema").path("type").asString()).isEqualTo("object");
            });
            JsonNode result = client.call("sampler.object.v1", "{}").result();
            assertThat(result.has("structuredContent")).isFalse();
            assertThat(result.path("content").path(0).path("text").asString()).isEqualTo("{\"a\" : 1.0}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2025-06-18", "2025-11-25"})
    void what_came_with_2025_06_18_is_sent_from_then_on(String revision) {
        try (Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize(revision);
            client.ready("sampler.object.v1");

            List<JsonNode> tools = client.tools();
            assertThat(tools)
                    .extracting(tool -> tool.path("title").asString())
                    .containsExactly("An object", "An array");
            assertThat(tools.get(0).path("outputSchema").path("type").asString())
                    .isEqualTo("object");
            assertThat(tools.get(1).has("outputSchema"))
                    .as("a root that is no object is for later revisions")
                    .isFalse();
            assertThat(tools.get(0).path("_meta").path("dev.mcpgateway/name").asString())
                    .isEqualTo("sampler.object.v1");
            JsonNode object = client.call("sampler.object.v1", "{}").result();
            assertThat(object.path("structuredContent").toString()).isEqualTo("{\"a\":1.0}");
        }
    }

    @Test
    void a_result_that_is_no_object_is_text_and_keeps_the_spelling_of_its_numbers() {
        try (Gateway gateway = installation.start()) {
            gateway.client().ready("sampler.array.v1");

            JsonNode array = gateway.client().call("sampler.array.v1", "{}").result();

            assertThat(array.has("structuredContent")).isFalse();
            assertThat(array.path("content").path(0).path("text").asString().replace(" ", ""))
                    .isEqualTo("[1.0,1e2,-0]");
        }
    }

    @Test
    void portable_names_are_listed_where_they_are_asked_for_and_both_are_called() {
        try (Installation portable = Installation.createWithoutPlugins().setting("toolNames: portable")) {
            portable.plugin(installation.pluginsDir().resolve("sampler.jar"));
            try (Gateway gateway = portable.start()) {
                Client client = gateway.client();
                client.initialize();

                assertThat(client.toolNames()).containsExactly("sampler_object_v1", "sampler_array_v1");
                assertThat(client.tools()
                                .getFirst()
                                .path("_meta")
                                .path("dev.mcpgateway/name")
                                .asString())
                        .isEqualTo("sampler.object.v1");
                assertThat(client.call("sampler_object_v1", "{}").isError()).isFalse();
                assertThat(client.call("sampler.object.v1", "{}").isError()).isFalse();
            }
        }
    }
}
