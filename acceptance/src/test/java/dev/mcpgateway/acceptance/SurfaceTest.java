// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Json;
import dev.mcpgateway.acceptance.kit.Library;
import dev.mcpgateway.testing.PluginJar;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Tools, resources and prompts together: what is advertised, what is said when lists change, what is left out. */
class SurfaceTest {

    @Test
    void what_there_is_is_advertised() {
        try (Installation installation = Installation.createWithoutPlugins();
                Gateway gateway = installation.start()) {
            assertThat(gateway.client().initialize().path("capabilities")).isEqualTo(Json.parse("""
                    {"logging": {}, "tools": {"listChanged": true}, "resources": {"listChanged": true},
                     "prompts": {"listChanged": true}, "completions": {}}"""));
        }
    }

    @Test
    void a_client_that_lists_once_at_once_sees_everything() {
        try (Installation installation = Installation.createWithoutPlugins()) {
            Library.in(installation, "first");
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client();
                client.initialize();
                List<String> resources = client.resources();
                assertThat(resources).contains("hello://greeting");
                assertThat(client.prompts()).contains("hello-plan");
            }
        }
    }

    @Test
    void only_the_list_that_differs_is_said_to_have_changed_and_only_to_who_has_asked_for_it() {
        try (Installation installation = Installation.createWithoutPlugins()) {
            Library first = Library.in(installation, "first");
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client().ready("first.hide.v1");
                client.resources();
                client.prompts();

                first.offerMore(client);

                await().until(() -> changes(client).contains("resources"));
                assertThat(client.resources()).contains("hello://more-first");
                await().during(Duration.ofMillis(500))
                        .until(() -> changes(client).equals(Set.of("resources")));

                first.hide(client);
                await().until(() -> changes(client).equals(Set.of("tools", "resources", "prompts")));
                assertThat(client.resources()).isEmpty();
                assertThat(client.prompts()).isEmpty();
                assertThat(client.list("resources/templates/list", "resourceTemplates"))
                        .isEmpty();
            }
        }
    }

    @Test
    void a_cursor_of_one_list_is_none_of_another() {
        try (Installation installation = Installation.createWithoutPlugins()) {
            many().dropInto(installation.pluginsDir());
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client();
                client.initialize();
                await().until(() -> !client.resources().isEmpty());
                JsonNode page = client.request("resources/list", "{}").result();
                assertThat(page.path("resources")).hasSize(1_000);
                assertThat(client.resources()).hasSize(1_200).doesNotHaveDuplicates();
                String cursor =
                        "{\"cursor\":" + Json.quoted(page.path("nextCursor").asString()) + "}";
                for (String method : List.of("tools/list", "prompts/list", "resources/templates/list")) {
                    assertThat(client.request(method, cursor).errorCode()).isEqualTo(-32602);
                }
            }
        }
    }

    @Test
    void what_does_not_conform_is_left_out_by_name_and_reason_in_the_log_and_in_list() {
        try (Installation installation = Installation.createWithoutPlugins()) {
            flawed().dropInto(installation.pluginsDir());
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client();
                client.initialize();
                await().until(() -> client.resources().equals(List.of("hello://good")));
                assertThat(client.prompts()).containsExactly("good");
                for (String name : List.of("spaced", "again", "half", "with space", "loose")) {
                    gateway.log()
                            .await(line -> line.path("message").asString("").contains("'" + name + "'")
                                    && line.path("message").asString("").contains("is left out: ")
                                    && line.path("provider").asString("").equals("flawed"));
                }
                JsonNode list = Json.parse(installation.run("list", "--json").stdout());
                JsonNode leftOut = list.path("providers").path(0).path("leftOut");
                assertThat(leftOut)
                        .extracting(each -> each.path("kind").asString() + " "
                                + each.path("name").asString())
                        .containsExactly(
                                "resource spaced",
                                "resource again",
                                "resource half",
                                "prompt with space",
                                "prompt loose");
                assertThat(leftOut)
                        .allMatch(each -> !each.path("reason").asString().isBlank());
            }
        }
    }

    @Test
    void the_command_list_prints_resources_and_prompts_too() {
        try (Installation installation = Installation.createWithoutPlugins()) {
            Library.in(installation, "first");
            Library.in(installation, "second");

            JsonNode list = Json.parse(installation.run("list", "--json").stdout());
            String table = installation.run("list").stdout();

            assertThat(list.path("resources").path(0)).isEqualTo(Json.parse("""
                    {"uri": "hello://greeting", "name": "first.greeting", "provider": "first",
                     "description": "Says hello", "mimeType": "text/plain"}"""));
            assertThat(list.path("resources"))
                    .extracting(each -> each.path("uriTemplate").asString(""))
                    .contains("hello://big/{bytes}", "second+hello://big/{bytes}");
            assertThat(list.path("prompts").path(0)).isEqualTo(Json.parse("""
                    {"name": "hello-plan", "provider": "first", "title": "A plan",
                     "description": "Greet a user and propose a plan",
                     "arguments": [{"name": "name", "description": "Who", "required": true}]}"""));
            assertThat(table.lines())
                    .anyMatch(line -> line.startsWith("hello://greeting ") && line.endsWith("Says hello"))
                    .anyMatch(line -> line.startsWith("second+hello://greeting "))
                    .anyMatch(line -> line.startsWith("second.hello-plan ") && line.contains(" second "));
        }
    }

    private static Set<String> changes(Client client) {
        return client.notifications().stream()
                .map(message -> message.path("method").asString())
                .filter(method -> method.endsWith("/list_changed"))
                .map(method -> method.split("/")[1])
                .collect(Collectors.toSet());
    }

    private static PluginJar many() {
        return offering("many", """
                List<Resource> resources = new ArrayList<>();
                for (int i = 0; i < 1200; i++) {
                    resources.add(Resource.at("many://" + i, "r" + i).build());
                }
                return Capabilities.builder().resources(resources).build();
                """);
    }

    private static PluginJar flawed() {
        return offering("flawed", """
                return Capabilities.builder()
                        .resources(List.of(
                                Resource.at("hello://good", "good").build(),
                                Resource.at("hello://a b", "spaced").build(),
                                Resource.at("hello://good", "again").build(),
                                Resource.matching("hello://{", "half").build()))
                        .prompts(List.of(
                                Prompt.named("good").build(),
                                Prompt.named("with space").build(),
                                Prompt.named("loose").argumentsSchema(Json.of(Map.of("type", "string"))).build()))
                        .build();
                """);
    }

    private static PluginJar offering(String id, String body) {
        return PluginJar.withProvider(id, """
                final class Source implements BlockingProvider {
                    @Override
                    public Capabilities capabilities(CallContext context) {
                        %s
                    }

                    @Override
                    public ToolResult callTool(String tool, Json arguments, CallContext context) {
                        return ToolResult.text(tool);
                    }
                }
                """.formatted(body));
    }
}
