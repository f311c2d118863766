// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Load;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.acceptance.kit.TestBesideOthers;
import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Plugins that intercept every call, in front of plugins/hello. */
class InterceptorTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String ECHO = "hello.echo.v1";
    private static final String HI = "{\"message\":\"Hi\"}";
    private static final String ALICE = "{\"name\":\"Alice\"}";
    private static final Pattern REFERENCE = Pattern.compile("failed \\(ref ([0-9a-f]{6})\\)$");

    @Test
    void a_policy_refuses_a_tool_to_the_model_and_a_resource_and_a_prompt_to_the_client() {
        try (Installation installation = hello();
                Gateway gateway = start(installation, policy("1.0.0", "Verdict.refuse(\"not on Sundays\")"))) {
            Client client = gateway.client();

            Reply tool = client.call(ECHO, HI);
            assertThat(tool.isError()).isTrue();
            assertThat(tool.text()).isEqualTo("call of 'hello.echo.v1' was refused: not on Sundays");
            assertRefused(client.read("hello://greeting"), "call of 'hello://greeting' was refused: not on Sundays");
            assertRefused(client.prompt("hello-plan", ALICE), "call of 'hello.hello-plan' was refused: not on Sundays");
            assertThat(client.toolNames()).contains(ECHO);
        }
    }

    @Test
    void a_policy_that_throws_denies_with_a_reference_that_is_in_the_log() {
        try (Installation installation = hello();
                Gateway gateway = start(installation, policy("1.0.0", "broken()"))) {
            Client client = gateway.client();
            String by = "was refused: interceptor 'policy' of plugin 'policy' failed (ref ";

            Reply tool = client.call(ECHO, HI);
            assertThat(tool.isError()).isTrue();
            assertThat(tool.text()).startsWith("call of 'hello.echo.v1' " + by).doesNotContain("hunter2");
            assertReferenceIsInTheLog(gateway, tool.text());
            String read = client.read("hello://greeting").errorText();
            assertThat(read).startsWith("call of 'hello://greeting' " + by);
            assertReferenceIsInTheLog(gateway, read);
            String prompt = client.prompt("hello-plan", ALICE).errorText();
            assertThat(prompt).startsWith("call of 'hello.hello-plan' " + by);
            assertReferenceIsInTheLog(gateway, prompt);
        }
    }

    @Test
    void redact_replaces_what_matches_in_what_tools_resources_and_prompts_answer() {
        try (Installation installation = hello().plugin(Checkout.pluginJar("redact"))
                        .setting("require: [redact]")
                        .pluginSetting("redact: {patterns: [{pattern: 'sk-[a-z0-9]+'},"
                                + " {pattern: '(?i)hello, (mcp|alice)', replacement: '***'}]}");
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly(ECHO, "hello.sum.v1");

            assertThat(client.call(ECHO, "{\"message\":\"the key is sk-1f, \\u0041lice\"}")
                            .text())
                    .isEqualTo("{\"message\":\"the key is [redacted], Alice\"}");
            assertThat(client.call(ECHO, "{\"message\":\"\\u0041lice\"}").text())
                    .as("without a match, to the byte")
                    .isEqualTo("{\"message\":\"\\u0041lice\"}");
            assertThat(client.call("hello.sum.v1", "{\"numbers\":[1.5,2]}").text())
                    .isEqualTo("{\"sum\":3.5}");
            JsonNode contents =
                    client.read("hello://greeting").result().path("contents").path(0);
            assertThat(contents.path("text").asString()).isEqualTo("***");
            JsonNode message =
                    client.prompt("hello-plan", ALICE).result().path("messages").path(0);
            assertThat(message.path("content").path("text").asString())
                    .isEqualTo("***! Let me propose a plan for you...");
        }
    }

    @Test
    void settings_of_an_interceptor_that_are_wrong_serve_nothing_until_they_are_right() {
        try (Installation installation =
                        hello().plugin(Checkout.pluginJar("redact")).pluginSetting("redact: {pattern: 'sk-'}");
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            JsonNode line =
                    gateway.log().await(each -> each.path("code").asString("").equals("SETTINGS_INVALID"));
            assertThat(line.path("message").asString()).contains("correct plugins.redact in the configuration");
            await().atMost(SOON).untilAsserted(() -> assertNothingIsServed(client));
        }
    }

    @TestBesideOthers
    void a_policy_that_takes_long_to_start_is_not_passed_by_meanwhile() {
        PluginJar slow =
                interceptor("1.0.0", """
                public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) {
                    return Verdict.refuse("not on Sundays");
                }
                static { // of a class that is needed when it is opened, after the gateway has been started
                    try {
                        Thread.sleep(4_000);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
                """).entry("META-INF/mcp-gateway/settings.schema.json", "{}".getBytes(UTF_8));
        try (Installation installation = hello().pluginSetting("policy: {}")) {
            slow.dropInto(installation.pluginsDir());
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client();
                client.initialize();
                for (int i = 0; i < 20; i++) {
                    assertThat(client.call(ECHO, HI).message().toString()).doesNotContain("\\\"Hi\\\"");
                }
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(client.call(ECHO, HI).text())
                                .isEqualTo("call of 'hello.echo.v1' was refused: not on Sundays"));
            }
        }
    }

    @Test
    void a_pattern_that_cannot_be_used_is_named_and_serves_nothing() {
        try (Installation installation = hello().plugin(Checkout.pluginJar("redact"))
                        .pluginSetting("redact: {patterns: [{pattern: ok}, {pattern: 'a(b'}]}");
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            JsonNode line =
                    gateway.log().await(each -> each.path("code").asString("").equals("OPEN_FAILED"));
            assertThat(line.path("state").asString()).isEqualTo("FAILED");
            assertThat(line.path("message").asString())
                    .contains(
                            "interceptor 'redact' cannot be opened: patterns[1].pattern is no regular expression of RE2: ");
            await().atMost(SOON).untilAsserted(() -> assertNothingIsServed(client));
        }
    }

    @Test
    void nothing_is_served_while_the_jar_of_a_required_interceptor_is_gone() throws Exception {
        Path redact = Checkout.pluginJar("redact");
        try (Installation installation = hello().plugin(redact)
                        .setting("require: [redact]")
                        .pluginSetting("redact: {patterns: [{pattern: Hi, replacement: Ho}]}");
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly(ECHO, "hello.sum.v1");
            assertThat(client.call(ECHO, HI).text()).isEqualTo("{\"message\":\"Ho\"}");

            Files.delete(installation.pluginsDir().resolve(redact.getFileName()));
            await().atMost(SOON).untilAsserted(() -> {
                Reply reply = client.call(ECHO, HI);
                assertThat(reply.message().toString()).doesNotContain("\"Hi\"");
                assertThat(reply.message().has("error")).isTrue();
                assertNothingIsServed(client);
            });

            installation.plugin(redact);
            await().atMost(SOON).untilAsserted(() -> {
                Reply reply = client.call(ECHO, HI);
                assertThat(reply.message().has("error")).isFalse();
                assertThat(reply.text()).isEqualTo("{\"message\":\"Ho\"}");
            });
        }
    }

    @Test
    void an_interceptor_is_replaced_under_load_without_a_failed_call() throws IOException {
        try (Installation installation = hello();
                Gateway gateway = start(installation, marking("1.0.0"))) {
            Client client = gateway.client();
            assertThat(client.call(ECHO, HI).text()).isEqualTo("{\"message\":\"1.0.0 1.0.0\"}");

            try (Load load = Load.begin(client, 8, ECHO, HI)) {
                load.awaitSuccess(SOON);
                for (String version : new String[] {"1.1.0", "1.2.0", "2.0.0"}) {
                    replace(installation, marking(version));
                    gateway.log()
                            .await(line -> line.path("state").asString("").equals("LIVE")
                                    && line.path("version").asString("").equals(version));
                    load.awaitSuccess(SOON);
                }
                assertThat(load.failures()).isEmpty();
            }
            assertThat(client.call(ECHO, HI).text()).isEqualTo("{\"message\":\"2.0.0 2.0.0\"}");
        }
    }

    private static Installation hello() {
        return Installation.createWithoutPlugins().plugin(Checkout.pluginJar("hello"));
    }

    /** With that plugin in its folder before the first call. */
    private static Gateway start(Installation installation, PluginJar jar) {
        jar.dropInto(installation.pluginsDir());
        Gateway gateway = installation.start();
        gateway.client().initialize();
        gateway.client().awaitExactly(ECHO, "hello.sum.v1");
        return gateway;
    }

    private static void replace(Installation installation, PluginJar jar) throws IOException {
        Path part = installation.folder().resolve("next.jar");
        Files.write(part, jar.bytes());
        Files.move(part, installation.pluginsDir().resolve(jar.fileName()), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void assertRefused(Reply reply, String text) {
        assertThat(reply.errorCode()).isEqualTo(-32603);
        assertThat(reply.errorText()).isEqualTo(text);
    }

    private static void assertReferenceIsInTheLog(Gateway gateway, String text) {
        Matcher reference = REFERENCE.matcher(text);
        assertThat(reference.find()).as(text).isTrue();
        gateway.log()
                .await(line -> line.path("logger").asString("").equals("plugin.policy")
                        && line.toString().contains(reference.group(1)));
    }

    private static void assertNothingIsServed(Client client) {
        for (Reply reply : new Reply[] {
            client.call(ECHO, HI),
            client.read("hello://greeting"),
            client.prompt("hello-plan", ALICE),
            client.request("tools/list", "{}")
        }) {
            assertThat(reply.message().has("error")).as("%s", reply.message()).isTrue();
            assertThat(reply.errorCode()).isEqualTo(-32603);
            assertThat(reply.errorText()).contains("plugin redact is required");
        }
    }

    /** A plugin that meets every call with this verdict. */
    private static PluginJar policy(String version, String verdict) {
        return interceptor(version, """
                public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) {
                    return %1$s;
                }
                public Verdict<ResourceResult> beforeResource(InterceptedCall call) {
                    return %1$s;
                }
                public Verdict<PromptResult> beforePrompt(InterceptedCall call, Json arguments) {
                    return %1$s;
                }
                static <R> Verdict<R> broken() {
                    throw new IllegalStateException("the password is hunter2");
                }
                """.formatted(verdict));
    }

    /** A plugin that writes its version over what goes in, and again behind what comes out. */
    private static PluginJar marking(String version) {
        return interceptor(version, """
                public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) {
                    return Verdict.passWith(Json.of(Map.of("message", "%1$s")));
                }
                public ToolResult afterTool(InterceptedCall call, Json arguments, ToolResult result) {
                    Object message = result.json().orElseThrow().object().get("message");
                    return ToolResult.of(Json.of(Map.of("message", message + " %1$s")));
                }
                """.formatted(version));
    }

    private static PluginJar interceptor(String version, String methods) {
        return PluginJar.of("policy").version(version).acme("""
                public final class Acme implements GatewayPlugin {
                    @Override
                    public List<InterceptorOffer> interceptors(PluginContext context) {
                        return List.of(InterceptorOffer.changing("policy", Chain::new));
                    }
                    static final class Chain implements Interceptor {
                        %s
                    }
                }
                """.formatted(methods));
    }
}
