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
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What tools are called, so that names never collide and always lead to the right provider. */
class ToolNamesTest {

    private static final String CANONICAL = "dev.mcpgateway/name";

    /** As long as a name may be. */
    private static final String LONGEST = "x".repeat(128 - "picky.".length());

    private static final String LONG = "a.rather.long.name.".repeat(4) + "v1";
    private static final String LONG_PORTABLE =
            ("wordy." + LONG).replace('.', '_').substring(0, 57) + "_" + sixHexDigits("wordy." + LONG);

    /** Two gateways for all that does not depend on the client; each test has providers of its own. */
    private static final List<HostileProvider> PROVIDERS = new ArrayList<>();

    private static Installation dotted;
    private static Gateway dottedGateway;
    private static Installation portable;
    private static Gateway portableGateway;
    private static String table;
    private static JsonNode list;

    @BeforeAll
    static void start() {
        dotted = Installation.create().setting("toolNames: dotted");
        provide(dotted, "one", saying("one", "echo.v1", "sum.v1"));
        provide(dotted, "two", saying("two", "echo.v1", "sum.v1"));
        provide(dotted, "renamed", saying("renamed", "echo.v1"), "prefix: acme");
        provide(dotted, "first", saying("first", "echo.v1"), "prefix: \"\"");
        provide(dotted, "second", saying("second", "echo.v1", "sum.v1"), "prefix: \"\"");
        Capabilities listed = Capabilities.newBuilder()
                .addTools(named("good.v1"))
                .addTools(named(""))
                .addTools(named("white space"))
                .addTools(named("grün.v1"))
                .addTools(named("a/b"))
                .addTools(named(LONGEST))
                .addTools(named(LONGEST + "x"))
                .addTools(named("good.v1"))
                .build();
        provide(
                dotted,
                "picky",
                HostileProvider.start()
                        .tool("good.v1", result("{\"said\":\"picky\"}"))
                        .discovery((request, reply) -> {
                            reply.onNext(listed);
                            reply.onCompleted();
                        }),
                "timeout: 20s");
        dottedGateway = dotted.start();
        dottedGateway.client().initialize();
        dottedGateway
                .client()
                .awaitExactly(
                        "one.echo.v1",
                        "one.sum.v1",
                        "two.echo.v1",
                        "two.sum.v1",
                        "acme.echo.v1",
                        "echo.v1",
                        "sum.v1",
                        "picky.good.v1",
                        "picky." + LONGEST);
        table = dotted.run("list").stdout();
        list = Json.parse(dotted.run("list", "--json").stdout());

        portable = Installation.create().setting("toolNames: portable");
        provide(portable, "one", saying("one", "echo.v1"));
        provide(portable, "wordy", saying("wordy", LONG));
        provide(
                portable,
                "twins",
                HostileProvider.start()
                        .tool("a.b", result("{\"said\":\"dot\"}"))
                        .tool("a_b", result("{\"said\":\"underscore\"}")));
        portableGateway = portable.start();
        portableGateway.client().initialize();
        await().until(() -> portableGateway.client().toolNames().size() == 4);
    }

    private static void provide(Installation installation, String name, HostileProvider provider, String... lines) {
        PROVIDERS.add(provider);
        installation.grpc(
                name,
                Stream.concat(Stream.of(provider.entry()), Stream.of(lines)).toArray(String[]::new));
    }

    @AfterAll
    static void end() {
        try {
            dottedGateway.close();
            portableGateway.close();
        } finally {
            dotted.close();
            portable.close();
            PROVIDERS.forEach(HostileProvider::close);
        }
    }

    @Test
    void two_providers_with_the_same_tools_are_listed_side_by_side_and_called_apart() {
        Client client = dottedGateway.client();
        assertThat(client.toolNames()).containsSubsequence("one.echo.v1", "one.sum.v1", "two.echo.v1", "two.sum.v1");
        assertThat(saidBy(client, "one.echo.v1")).isEqualTo("one");
        assertThat(saidBy(client, "two.echo.v1")).isEqualTo("two");
    }

    @Test
    void a_prefix_of_the_operators_choice_replaces_the_providers_name() {
        Client client = dottedGateway.client();
        assertThat(client.toolNames()).contains("acme.echo.v1").noneMatch(name -> name.startsWith("renamed"));
        assertThat(saidBy(client, "acme.echo.v1")).isEqualTo("renamed");
        assertThat(saidBy(client, "acme_echo_v1")).isEqualTo("renamed");
    }

    @Test
    void of_two_tools_without_a_prefix_and_of_one_name_the_first_stays_and_the_other_is_left_out_with_a_reason() {
        Client client = dottedGateway.client();
        assertThat(client.tools())
                .extracting(tool -> tool.path("_meta").path(CANONICAL).asString())
                .filteredOn(name -> name.matches("(first|second)\\..*"))
                .containsExactly("first.echo.v1", "second.sum.v1");
        assertThat(saidBy(client, "echo.v1")).isEqualTo("first");
        assertThat(saidBy(client, "sum.v1")).isEqualTo("second");
        assertLeftOut("second", "echo.v1", "'first'");
    }

    @Test
    void both_forms_of_a_name_are_accepted_in_a_call_whatever_is_listed() {
        for (Gateway gateway : List.of(dottedGateway, portableGateway)) {
            Client client = gateway.client();
            JsonNode tool = client.tools().getFirst();
            assertThat(tool.path("name").asString())
                    .isEqualTo(gateway == dottedGateway ? "one.echo.v1" : "one_echo_v1");
            assertThat(tool.path("_meta").path(CANONICAL).asString()).isEqualTo("one.echo.v1");
            assertThat(saidBy(client, "one.echo.v1")).isEqualTo("one");
            assertThat(saidBy(client, "one_echo_v1")).isEqualTo("one");
        }
    }

    @Test
    void a_portable_name_over_64_characters_is_cut_and_ends_in_a_hash_of_the_canonical_name() {
        Client client = portableGateway.client();
        assertThat(LONG_PORTABLE).hasSize(64);
        assertThat(client.toolNames())
                .filteredOn(name -> name.startsWith("wordy"))
                .containsExactly(LONG_PORTABLE);
        assertThat(saidBy(client, LONG_PORTABLE)).isEqualTo("wordy");
        assertThat(saidBy(client, "wordy." + LONG)).isEqualTo("wordy");
    }

    @Test
    void tools_whose_portable_names_would_be_equal_keep_apart() {
        Client client = portableGateway.client();
        List<String> names = client.toolNames().stream()
                .filter(name -> name.startsWith("twins"))
                .toList();
        assertThat(names).hasSize(2).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-zA-Z0-9_-]{1,64}"));
        assertThat(names).extracting(name -> saidBy(client, name)).containsExactly("dot", "underscore");
        assertThat(saidBy(client, "twins.a.b")).isEqualTo("dot");
        assertThat(saidBy(client, "twins.a_b")).isEqualTo("underscore");
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
        Client client = dottedGateway.client();
        assertThat(client.toolNames())
                .filteredOn(name -> name.startsWith("picky"))
                .containsExactly("picky.good.v1", "picky." + LONGEST);
        assertThat(saidBy(client, "picky.good.v1")).isEqualTo("picky");
        for (String bad : List.of("white space", "grün.v1", "a/b", LONGEST + "x")) {
            assertLeftOut("picky", bad, "");
        }
        assertThat(list.path("providers")
                        .valueStream()
                        .filter(provider -> provider.path("name").asString().equals("picky"))
                        .flatMap(provider -> provider.path("leftOut").valueStream()))
                .hasSize(6);
    }

    /** By the log, and by {@code list} beside the gateway. */
    private static void assertLeftOut(String provider, String tool, String reason) {
        dottedGateway
                .log()
                .await(line -> line.path("message").asString("").contains(tool)
                        && line.path("message").asString("").contains(reason)
                        && line.path("provider").asString("").equals(provider));
        assertThat(table.lines())
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
