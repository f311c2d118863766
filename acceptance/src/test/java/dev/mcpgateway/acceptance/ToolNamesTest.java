// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.HostileProvider.result;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Json;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.provider.v1.Capabilities;
import dev.mcpgateway.provider.v1.Tool;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What tools are called, so that names never collide and always lead to the right provider. */
class ToolNamesTest {

    private static final String CANONICAL = "dev.mcpgateway/name";

    @Test
    void two_providers_with_the_same_tools_are_listed_side_by_side_and_called_apart() {
        try (HostileProvider one = saying("one", "echo.v1", "sum.v1");
                HostileProvider two = saying("two", "echo.v1", "sum.v1");
                Installation installation =
                        Installation.create().grpc("one", one.entry()).grpc("two", two.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("one.echo.v1", "one.sum.v1", "two.echo.v1", "two.sum.v1");
            assertThat(saidBy(client, "one.echo.v1")).isEqualTo("one");
            assertThat(saidBy(client, "two.echo.v1")).isEqualTo("two");
        }
    }

    @Test
    void a_prefix_of_the_operators_choice_replaces_the_providers_name() {
        try (HostileProvider one = saying("one", "echo.v1");
                Installation installation = Installation.create().grpc("one", one.entry(), "prefix: acme");
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("acme.echo.v1");
            assertThat(saidBy(client, "acme.echo.v1")).isEqualTo("one");
            assertThat(saidBy(client, "acme_echo_v1")).isEqualTo("one");
        }
    }

    @Test
    void of_two_tools_without_a_prefix_and_of_one_name_the_first_stays_and_the_other_is_left_out_with_a_reason() {
        try (HostileProvider one = saying("one", "echo.v1");
                HostileProvider two = saying("two", "echo.v1", "sum.v1");
                Installation installation = Installation.create()
                        .grpc("one", one.entry(), "prefix: \"\"")
                        .grpc("two", two.entry(), "prefix: \"\"");
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("echo.v1", "sum.v1");
            List<JsonNode> tools = client.tools();
            assertThat(tools)
                    .extracting(tool -> tool.path("_meta").path(CANONICAL).asString())
                    .containsExactly("one.echo.v1", "two.sum.v1");
            assertThat(saidBy(client, "echo.v1")).isEqualTo("one");
            assertThat(saidBy(client, "sum.v1")).isEqualTo("two");
            assertLeftOut(installation, gateway, "two", "echo.v1", "'one'");
        }
    }

    @Test
    void both_forms_of_a_name_are_accepted_in_a_call_whatever_is_listed() {
        for (String form : List.of("dotted", "portable")) {
            try (HostileProvider one = saying("one", "echo.v1");
                    Installation installation =
                            Installation.create().setting("toolNames: " + form).grpc("one", one.entry());
                    Gateway gateway = installation.start()) {
                Client client = gateway.client();
                client.initialize();
                client.awaitExactly(form.equals("dotted") ? "one.echo.v1" : "one_echo_v1");
                JsonNode tool = client.tools().getFirst();
                assertThat(tool.path("_meta").path(CANONICAL).asString()).isEqualTo("one.echo.v1");
                assertThat(saidBy(client, "one.echo.v1")).isEqualTo("one");
                assertThat(saidBy(client, "one_echo_v1")).isEqualTo("one");
            }
        }
    }

    @Test
    void a_portable_name_over_64_characters_is_cut_and_ends_in_a_hash_of_the_canonical_name() {
        String tool = "a.rather.long.name.".repeat(4) + "v1";
        String canonical = "one." + tool;
        String portable = canonical.replace('.', '_').substring(0, 57) + "_" + sixHexDigits(canonical);
        try (HostileProvider one = saying("one", tool);
                Installation installation =
                        Installation.create().setting("toolNames: portable").grpc("one", one.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            assertThat(portable).hasSize(64);
            client.awaitExactly(portable);
            assertThat(saidBy(client, portable)).isEqualTo("one");
            assertThat(saidBy(client, canonical)).isEqualTo("one");
        }
    }

    @Test
    void tools_whose_portable_names_would_be_equal_keep_apart() {
        try (HostileProvider one = HostileProvider.start()
                        .tool("a.b", result("{\"said\":\"dot\"}"))
                        .tool("a_b", result("{\"said\":\"underscore\"}"));
                Installation installation =
                        Installation.create().setting("toolNames: portable").grpc("one", one.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            await().until(() -> client.toolNames().size() == 2);
            List<String> names = client.toolNames();
            assertThat(names).hasSize(2).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-zA-Z0-9_-]{1,64}"));
            assertThat(names).extracting(name -> saidBy(client, name)).containsExactly("dot", "underscore");
            assertThat(saidBy(client, "one.a.b")).isEqualTo("dot");
            assertThat(saidBy(client, "one.a_b")).isEqualTo("underscore");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "auto, claude-ai, one_echo_v1",
        "auto, cursor-vscode, one_echo_v1",
        "auto, codex-mcp-client, one_echo_v1",
        "auto, github-copilot-developer, one_echo_v1",
        "auto, Visual Studio Code, one.echo.v1",
        "auto, '', one.echo.v1",
        "dotted, cursor-vscode, one.echo.v1",
        "portable, Visual Studio Code, one_echo_v1",
    })
    void by_itself_a_client_that_is_known_to_refuse_dots_gets_portable_names_and_the_operator_has_the_last_word(
            String setting, String clientName, String listed) {
        try (HostileProvider one = saying("one", "echo.v1");
                Installation installation =
                        Installation.create().setting("toolNames: " + setting).grpc("one", one.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.request("initialize", """
                    {"protocolVersion": "2025-06-18", "capabilities": {},
                     "clientInfo": {"name": "%s", "version": "1.0"}}""".formatted(clientName).replace("\n", ""))
                    .result();
            client.notify("notifications/initialized", "{}");
            client.awaitExactly(listed);
            assertThat(saidBy(client, "one.echo.v1")).isEqualTo("one");
            assertThat(saidBy(client, "one_echo_v1")).isEqualTo("one");
        }
    }

    @Test
    void tools_whose_names_break_the_rule_are_left_out_with_a_reason_and_the_others_load() {
        String longest = "x".repeat(128 - "one.".length());
        Capabilities listed = Capabilities.newBuilder()
                .addTools(named("good.v1"))
                .addTools(named(""))
                .addTools(named("white space"))
                .addTools(named("grün.v1"))
                .addTools(named("a/b"))
                .addTools(named(longest))
                .addTools(named(longest + "x"))
                .addTools(named("good.v1"))
                .build();
        try (HostileProvider one = HostileProvider.start()
                        .tool("good.v1", result("{\"said\":\"one\"}"))
                        .discovery((request, reply) -> {
                            reply.onNext(listed);
                            reply.onCompleted();
                        });
                Installation installation = Installation.create().grpc("one", one.entry(), "timeout: 20s");
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("one.good.v1", "one." + longest);
            assertThat(saidBy(client, "one.good.v1")).isEqualTo("one");
            for (String bad : List.of("white space", "grün.v1", "a/b", longest + "x")) {
                assertLeftOut(installation, gateway, "one", bad, "");
            }
            JsonNode list = Json.parse(installation.run("list", "--json").stdout());
            assertThat(list.path("providers").path(0).path("leftOut")).hasSize(6);
        }
    }

    private static void assertLeftOut(
            Installation installation, Gateway gateway, String provider, String tool, String reason) {
        gateway.log()
                .await(line -> line.path("message").asString("").contains(tool)
                        && line.path("message").asString("").contains(reason)
                        && line.path("provider").asString("").equals(provider));
        assertThat(installation.run("list").stdout().lines())
                .anyMatch(line -> line.contains(tool) && line.contains(provider) && line.contains(reason));
    }

    private static HostileProvider saying(String what, String... tools) {
        HostileProvider provider = HostileProvider.start();
        for (String tool : tools) {
            provider.tool(tool, result("{\"said\":\"" + what + "\"}"));
        }
        return provider;
    }

    private static String saidBy(Client client, String tool) {
        Reply reply = client.call(tool, "{}");
        return reply.result().path("structuredContent").path("said").asString();
    }

    private static Tool named(String name) {
        return Tool.newBuilder()
                .setName(name)
                .setInputSchema(HostileProvider.json("{\"type\":\"object\"}"))
                .build();
    }

    private static String sixHexDigits(String canonical) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(canonical.getBytes(UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
