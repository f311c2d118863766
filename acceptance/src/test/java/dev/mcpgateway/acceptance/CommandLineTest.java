// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Installation.Run;
import dev.mcpgateway.acceptance.kit.Json;
import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The words that an operator types: what is asked for on stdout, everything else on stderr, and an exit code to build on. */
class CommandLineTest {

    private static final int CONFIGURATION = 78;

    private static Installation installation;

    @BeforeAll
    static void install() {
        installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED);
    }

    @AfterAll
    static void nothing_is_left() {
        installation.close();
    }

    @Test
    void list_shows_providers_and_tools_to_people() {
        Run list = installation.run("list");

        assertThat(list.exitCode()).as(list.stderr()).isZero();
        assertThat(list.stdout()).contains("hello-go", "grpc", "hello-go.echo.v1", "hello-go.sum.v1");
        assertThat(list.stdout()).contains("Returns input message unchanged", "Sums an array of numbers");
    }

    @Test
    void list_as_json_is_one_object_with_four_arrays() {
        Run list = installation.run("list", "--json");

        assertThat(list.exitCode()).as(list.stderr()).isZero();
        JsonNode json = Json.parse(list.stdout());
        assertThat(json.propertyNames()).containsExactlyInAnyOrder("providers", "tools", "resources", "prompts");
        assertThat(json).allSatisfy(part -> assertThat(part.isArray()).isTrue());
        JsonNode provider = json.path("providers").path(0);
        assertThat(provider.propertyNames()).contains("name", "type", "address", "status", "version", "since");
        assertThat(provider.path("name").asString()).isEqualTo("hello-go");
        assertThat(provider.path("type").asString()).isEqualTo("grpc");
        assertThat(json.path("tools")
                        .valueStream()
                        .map(tool -> tool.path("name").asString()))
                .containsExactly("hello-go.echo.v1", "hello-go.sum.v1");
    }

    @Test
    void list_shows_why_a_provider_is_away_and_the_tools_of_the_others() {
        try (Installation half = Installation.create()
                .grpc("hello-go", HelloGo.SUPERVISED)
                .grpc("absent", "address: \"127.0.0.1:" + HelloGo.freePort() + "\"")) {
            JsonNode json = Json.parse(half.run("list", "--json").stdout());

            assertThat(json.path("tools")).hasSize(2);
            JsonNode absent = json.path("providers").path(1);
            assertThat(absent.path("name").asString()).isEqualTo("absent");
            assertThat(absent.path("error").asString()).contains("connection refused");
            assertThat(half.run("list").stdout()).contains("absent", "connection refused");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello-go.sum.v1", "hello-go_sum_v1"})
    void call_prints_the_result_and_nothing_else_on_stdout(String name) {
        Run call = installation.run("call", name, "{\"numbers\":[1,2,3]}");

        assertThat(call.exitCode()).as(call.stderr()).isZero();
        assertThat(call.stdout()).isEqualTo("{\"sum\":6}\n");
    }

    @Test
    void call_prints_any_unicode_as_it_came() {
        String arguments = "{\"message\":\"Grüße, 世界 🌍\"}";

        assertThat(installation.run("call", "hello-go.echo.v1", arguments).stdout())
                .isEqualTo(arguments + "\n");
    }

    @Test
    void a_call_with_wrong_arguments_exits_1_and_says_where() {
        Run call = installation.run("call", "hello-go.sum.v1", "{\"numbers\":[\"x\"]}");

        assertThat(call.exitCode()).isEqualTo(1);
        assertThat(call.stderr()).contains("/numbers/0");
        assertThat(call.stdout()).isEmpty();
    }

    @Test
    void a_call_without_arguments_sends_an_empty_object() {
        Run call = installation.run("call", "hello-go.sum.v1");

        assertThat(call.exitCode()).isEqualTo(1);
        assertThat(call.stderr()).contains("numbers");
        assertThat(call.stdout()).isEmpty();
    }

    @Test
    void a_call_whose_tool_fails_exits_1_with_the_tools_own_words() {
        Run call = installation.run("call", "hello-go.sum.v1", "{\"numbers\":[9223372036854775807,1]}");

        assertThat(call.exitCode()).isEqualTo(1);
        assertThat(call.stderr()).contains("the sum does not fit in 64 bits");
        assertThat(call.stdout()).isEmpty();
    }

    @Test
    void a_call_of_an_unknown_tool_exits_1_and_names_it() {
        Run call = installation.run("call", "hello-go.divide.v1", "{}");

        assertThat(call.exitCode()).isEqualTo(1);
        assertThat(call.stderr()).contains("hello-go.divide.v1");
        assertThat(call.stdout()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[1]", "{\"numbers\":[1],\"numbers\":[2]}", "nonsense"})
    void a_call_whose_arguments_are_no_json_object_is_refused(String arguments) {
        Run call = installation.run("call", "hello-go.sum.v1", arguments);

        assertThat(call.exitCode()).isEqualTo(1);
        assertThat(call.stderr()).isNotBlank().doesNotContain("Exception", "\tat ");
        assertThat(call.stdout()).isEmpty();
    }

    @Test
    void check_accepts_what_is_right() {
        Run check = installation.run("check");

        assertThat(check.exitCode()).as(check.stderr()).isZero();
    }

    @Test
    void check_reports_a_jar_that_is_not_a_plugin() throws IOException {
        try (Installation broken = Installation.create()) {
            Files.writeString(broken.pluginsDir().resolve("notes.jar"), "not a zip");

            Run check = broken.run("check");

            assertThat(check.exitCode()).isEqualTo(CONFIGURATION);
            assertThat(check.stdout() + check.stderr()).contains("notes.jar");
        }
    }

    @Test
    void plugins_shows_what_inspection_says_while_no_gateway_runs() {
        Run plugins = installation.run("plugins");

        assertThat(plugins.exitCode()).as(plugins.stderr()).isZero();
        assertThat(plugins.stdout())
                .contains(Checkout.pluginJar("grpc-transport").getFileName().toString(), "0.1.0-SNAPSHOT")
                .doesNotContain("LIVE");
    }

    @Test
    void plugins_shows_the_states_of_the_gateways_that_run() throws IOException {
        try (Installation own = Installation.create().grpc("hello-go", HelloGo.SUPERVISED);
                Gateway gateway = own.start()) {
            Files.writeString(own.pluginsDir().resolve("late.jar"), "not seen at its start");
            gateway.client().initialize();
            gateway.client().tools();

            Run plugins = own.run("plugins");

            assertThat(plugins.exitCode()).as(plugins.stderr()).isZero();
            assertThat(plugins.stdout()).contains("grpc-transport", "LIVE");
        }
    }

    @Test
    void help_names_every_command() {
        Run help = installation.runBare("--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.stdout()).contains("stdio", "check", "list", "call", "plugins", "--config", "--version");
        assertThat(help.stderr()).isEmpty();
    }

    @Test
    void version_is_one_line() {
        Run version = installation.runBare("--version");

        assertThat(version.exitCode()).isZero();
        assertThat(version.stdout().lines()).singleElement().asString().contains("0.1.0-SNAPSHOT");
        assertThat(version.stderr()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"lsit", "--confg=x", "'call'", "'list --jsn'"})
    void a_word_that_is_not_known_is_refused_on_stderr(String words) {
        Run run = installation.run(words.split(" "));

        assertThat(run.exitCode()).isNotZero().isNotEqualTo(CONFIGURATION);
        assertThat(run.stdout()).isEmpty();
        assertThat(run.stderr()).isNotBlank().doesNotContain("Exception", "\tat ");
    }

    @Test
    void the_configuration_may_be_named_by_the_environment() {
        try (Installation own = Installation.create().grpc("hello-go", HelloGo.SUPERVISED)) {
            own.environment("MCP_GATEWAY_CONFIG", own.configurationFile().toString());

            assertThat(own.runBare("call", "hello-go.sum.v1", "{\"numbers\":[4]}")
                            .stdout())
                    .isEqualTo("{\"sum\":4}\n");
        }
    }

    @Test
    void check_says_what_no_jar_is_and_fails_where_it_is_required() {
        try (Installation own = Installation.createWithoutPlugins().pluginSetting("redcat: {patterns: []}")) {
            PluginJar.withTool("redact", "hi.v1", "return ToolResult.text(\"hi\");")
                    .dropInto(own.pluginsDir());
            Run warned = own.run("check");
            assertThat(warned.exitCode()).as(warned.stderr()).isZero();
            assertThat(warned.stderr())
                    .contains(
                            "warning: plugins: no jar in the plugin folder has the id 'redcat' (did you mean 'redact'?)");

            Run refused = own.setting("require: [redcat]").run("check");
            assertThat(refused.exitCode()).isEqualTo(CONFIGURATION);
            assertThat(refused.stderr()).contains("gateway.require: no jar in the plugin folder has the id 'redcat'");
        }
    }

    @Test
    void a_gateway_that_serves_warns_once_of_settings_without_a_plugin() {
        try (Installation own = Installation.createWithoutPlugins().pluginSetting("redcat: {patterns: []}");
                Gateway gateway = own.start()) {
            gateway.client().initialize();
            assertThat(gateway.client().tools()).isEmpty();
            gateway.log().await("no jar in the plugin folder has the id 'redcat'; its settings wait for it");
        }
    }

    @Test
    void check_and_a_gateway_that_serves_warn_of_files_that_others_may_change() throws IOException {
        try (Installation own = Installation.createWithoutPlugins()
                .grpc("away", "address: \"localhost:1\"", "tls:", "  certificate: gw.pem", "  key: gw-key.pem")) {
            PluginJar.withTool("hi", "hi.v1", "return ToolResult.text(\"hi\");").dropInto(own.pluginsDir());
            Path shared = Files.createDirectory(own.folder().resolve("shared"));
            Files.setAttribute(shared, "unix:mode", 0_777);
            Files.createSymbolicLink(own.pluginsDir(), Files.move(own.pluginsDir(), shared.resolve("plugins")));
            Path jar = own.pluginsDir().resolve("hi.jar");
            Path key = Files.writeString(own.folder().resolve("gw-key.pem"), "no key");
            Files.setAttribute(key, "unix:mode", 0_644);
            String aboveAll = "everyone may write to the folder " + shared + " and so replace what the gateway uses";
            String readable = "everyone may read the private key " + key;
            String foreign = jar + " belongs to '";
            assumeTrue(isGivenAway(jar), "the right to give a file away");

            Run check = own.run("check");

            assertThat(check.exitCode()).as(check.stderr()).isZero();
            assertThat(check.stderr())
                    .containsOnlyOnce("warning: " + aboveAll)
                    .containsOnlyOnce("warning: " + foreign)
                    .containsOnlyOnce("warning: " + readable);
            try (Gateway gateway = own.start()) {
                gateway.client().initialize();
                gateway.client().awaitExactly("hi.hi.v1");
                gateway.log().await(foreign);
                gateway.log().await(aboveAll);
            }
        }
    }

    private static boolean isGivenAway(Path path) {
        try {
            Files.setAttribute(path, "unix:uid", 65_534);
            return true;
        } catch (IOException notAllowed) {
            return false;
        }
    }

    @Test
    void check_fails_where_the_plugin_folder_is_not_there() throws IOException {
        try (Installation own = Installation.createWithoutPlugins()) {
            Files.delete(own.pluginsDir());

            Run check = own.run("check");

            assertThat(check.exitCode()).isEqualTo(CONFIGURATION);
            assertThat(check.stderr())
                    .contains("gateway.pluginsDir: there is no folder ")
                    .hasLineCount(1);
        }
    }

    @Test
    void the_working_directory_is_never_searched() throws IOException {
        try (Installation own = Installation.createWithoutPlugins()) {
            Files.writeString(own.workingDirectory().resolve("providers.yaml"), "providers: [a trap]\n", UTF_8);

            Run check = own.runBare("check");

            assertThat(check.stdout() + check.stderr()).doesNotContain("trap");
            assertThat(check.exitCode()).as(check.stderr()).isZero();
        }
    }
}
