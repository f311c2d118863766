// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.DropFolder.saying;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.DropFolder;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.acceptance.kit.TestBesideOthers;
import dev.mcpgateway.testing.PluginJar;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Which plugins must be there, which may be, and what those that are trusted do to the whole process. */
class PluginPolicyTest {

    @TestBesideOthers
    void while_a_required_plugin_is_not_live_only_ping_is_served() throws Exception {
        Installation installation = Installation.createWithoutPlugins().setting("require: [guard]");
        DropFolder.good().dropInto(installation.pluginsDir());
        try (DropFolder folder = DropFolder.asItIs(installation)) {
            Client client = folder.client();
            folder.awaitListed("good.jar", "good", "LIVE");
            assertRefused(client);

            long told = folder.toolsChanged();
            folder.rename("guard.jar", saying("guard", "1.0.0"));
            folder.awaitSaid("guard", "1.0.0");
            await().until(() -> folder.toolsChanged() > told);
            assertThat(client.toolNames()).contains(DropFolder.GOOD, "guard.say.v1");
            assertThat(client.call(DropFolder.GOOD, "{\"a\":1}").text()).isEqualTo("{\"a\":1}");

            folder.unnoticed(() -> {
                folder.rename("guard.jar", saying("guard", "1.0.1"));
                folder.awaitSaid("guard", "1.0.1");
            });

            folder.delete("guard.jar");
            await("refused again")
                    .atMost(DropFolder.EVENTUALLY)
                    .until(() -> client.request("tools/list", "{}").message().has("error"));
            assertRefused(client);

            folder.rename("guard.jar", saying("guard", "1.0.1"));
            folder.awaitCallable(DropFolder.GOOD);
        }
    }

    private static void assertRefused(Client client) {
        assertThat(client.ping().result()).isEmpty();
        for (Reply reply : List.of(
                client.request("tools/list", "{}"),
                client.request("resources/list", "{}"),
                client.request("prompts/list", "{}"),
                client.call(DropFolder.GOOD, "{}"))) {
            assertThat(reply.errorCode()).isEqualTo(-32603);
            assertThat(reply.errorText()).contains("guard");
        }
    }

    @TestBesideOthers
    void a_broken_build_of_a_required_plugin_does_not_take_the_place_of_the_one_that_serves() throws Exception {
        Installation installation = Installation.createWithoutPlugins().setting("require: [guard]");
        Files.write(installation.pluginsDir().resolve("guard.jar"), saying("guard", "1.0.0"));
        try (DropFolder folder = DropFolder.of(installation)) {
            folder.unnoticed(() -> {
                folder.copy("guard.jar", "garbage".getBytes(UTF_8));
                folder.awaitLogged("guard.jar", "REFUSED", "NOT_A_ZIP");
                folder.rename(
                        "guard.jar",
                        PluginJar.of("guard")
                                .acme("public final class Acme {}")
                                .version("1.0.1")
                                .bytes());
                folder.awaitLogged("guard.jar", "FAILED", "NOT_A_PLUGIN");
                assertThat(folder.said("guard")).isEqualTo("1.0.0");
            });
        }
    }

    @TestBesideOthers
    void a_jar_that_is_not_on_the_list_of_what_is_allowed_is_turned_away() throws Exception {
        byte[] allowed = saying("allowed", "1.0.0");
        byte[] good = DropFolder.good().bytes();
        Installation installation = Installation.createWithoutPlugins()
                .setting("pluginsAllow: [\"" + sha256(good) + "\", \""
                        + sha256(allowed).toUpperCase(Locale.ROOT) + "\"]");
        Files.write(installation.pluginsDir().resolve("good.jar"), good);
        try (DropFolder folder = DropFolder.asItIs(installation)) {
            folder.client().ready(DropFolder.GOOD);
            folder.unnoticed(() -> {
                folder.rename("allowed.jar", allowed);
                folder.awaitSaid("allowed", "1.0.0");
                folder.rename("stranger.jar", saying("stranger", "1.0.0"));
                folder.rename("allowed.jar", saying("allowed", "1.0.1"));
                folder.awaitLogged("stranger.jar", "REFUSED", "NOT_ALLOWED");
                folder.awaitLogged("allowed.jar", "REFUSED", "NOT_ALLOWED");
                folder.awaitListed("allowed.jar", "1.0.0", "LIVE");
                folder.awaitListed("stranger.jar", "REFUSED", "NOT_ALLOWED");
                assertThat(folder.said("allowed")).isEqualTo("1.0.0");
                assertThat(folder.client().toolNames()).doesNotContain("stranger.say.v1");
            });
        }
    }

    @TestBesideOthers
    void a_provider_name_of_providers_yaml_is_taken() throws Exception {
        Installation installation = Installation.create().grpc("clash", HelloGo.SUPERVISED);
        try (DropFolder folder = DropFolder.of(installation)) {
            folder.client().ready("clash.echo.v1", DropFolder.GOOD);
            folder.unnoticed(() -> {
                folder.rename("clash.jar", saying("clash", "1.0.0"));
                folder.awaitLogged("clash.jar", "REFUSED", "NAME_TAKEN");
                assertThat(folder.client()
                                .call("clash.echo.v1", "{\"message\":\"Hi\"}")
                                .text())
                        .isEqualTo("{\"message\":\"Hi\"}");
                installation.withoutProviders().saveConfiguration();
                folder.awaitSaid("clash", "1.0.0");
            });
        }
    }

    @TestBesideOthers
    void what_a_trusted_plugin_changes_of_the_process_does_not_reach_the_protocol() throws Exception {
        byte[] jar = PluginJar.withTool("vandal", "say.v1", """
                        System.setOut(new java.io.PrintStream(new java.io.ByteArrayOutputStream()));
                        System.out.println("not for the client");
                        System.setErr(System.err);
                        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
                        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
                        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> System.out.println(thrown));
                        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("bye")));
                        Thread loiterer = new Thread(() -> {
                            while (true) {
                                try {
                                    Thread.sleep(60_000);
                                } catch (InterruptedException goOn) {
                                }
                            }
                        }, "loiterer");
                        loiterer.setDaemon(false);
                        loiterer.start();
                        return ToolResult.text("done");
                        """).bytes();
        byte[] hanging = PluginJar.withTool("sleepy", "sleep.v1", "Thread.sleep(60_000); return ToolResult.text(\"\");")
                .bytes();
        try (DropFolder folder = DropFolder.open()) {
            folder.gateway().expectNoise();
            folder.unnoticed(() -> {
                folder.rename("vandal.jar", jar);
                folder.awaitCallable("vandal.say.v1");
                assertThat(folder.client().call("vandal.say.v1", "{}").text()).isEqualTo("done");
                folder.rename("sleepy.jar", hanging);
                await().until(() -> folder.client().toolNames().contains("sleepy.sleep.v1"));
                Reply late = folder.client().call("sleepy.sleep.v1", "{}");
                assertThat(late.text()).isEqualTo("provider 'sleepy' timed out after 2.5 s");
                folder.rename("sleepy-2.jar", saying("sleepy", "0.9.0"));
                assertThat(folder.awaitLogged("sleepy-2.jar", "REFUSED", "LOWER_VERSION")
                                .path("version")
                                .asString())
                        .isEqualTo("0.9.0");
                folder.delete("vandal.jar");
                folder.awaitUnknown("vandal.say.v1");
                folder.rename("vandal.jar", saying("vandal", "1.1.0"));
                folder.awaitSaid("vandal", "1.1.0");
                assertThat(folder.gateway().log().states())
                        .allSatisfy(line ->
                                assertThat(line.path("timestamp").asString("")).matches("[0-9T:.-]+Z"));
            });
            folder.client().closeInput();
            assertThat(folder.gateway().awaitExit(Duration.ofSeconds(20))).isZero();
        }
    }

    @TestBesideOthers
    void a_plugin_that_exits_the_process_takes_no_reply_along_that_was_under_way() throws Exception {
        try (DropFolder folder = DropFolder.open()) {
            folder.gateway().expectAbruptEnd(); // the exit code is the plugin's
            folder.rename(
                    "quitter.jar",
                    PluginJar.withTool("quitter", "quit.v1", "System.exit(0); return ToolResult.text(\"never\");")
                            .bytes());
            folder.rename(
                    "worker.jar",
                    PluginJar.withTool("worker", "work.v1", "Thread.sleep(700); return ToolResult.text(\"done\");")
                            .bytes());
            folder.client().ready("quitter.quit.v1", "worker.work.v1");
            Reply working = folder.client().call("worker.work.v1", "{}");
            folder.client().call("quitter.quit.v1", "{}");
            assertThat(working.text()).isEqualTo("done");
            folder.gateway().awaitExit(Duration.ofSeconds(20));
            assertThat(folder.gateway().log().lines())
                    .anySatisfy(line -> assertThat(line.path("message").asString(""))
                            .startsWith("plugin 'quitter' ends the process, on thread ")
                            .endsWith(" Runtime.exit() called with status: 0"));
        }
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
