// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Installation.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Files that no gateway may start from, not even halfway. */
class ConfigurationFaultsTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String ENTRY = """
            providers:
              - name: hello-go
                type: grpc
                address: "localhost:50051"
            """;

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void a_fault_is_one_line_with_its_place(String what, byte[] file, String place, String words) {
        try (Installation installation = Installation.create().configuration(file)) {
            Run run = installation.run("stdio");

            assertRefused(run);
            assertThat(run.stderr()).contains("providers.yaml" + place, words);
            assertThat(run.stderr().lines()).as("lines").hasSize(1);
        }
    }

    static Stream<Arguments> a_fault_is_one_line_with_its_place() {
        return Stream.of(
                fault("unknown key", ENTRY + "    timout: 2.5s\n", ":5:5", "did you mean 'timeout'"),
                fault("duplicate key", ENTRY + "    type: other\n", ":5:5", "type"),
                fault(
                        "two providers of one name",
                        ENTRY + "  - name: hello-go\n    type: grpc\n    address: \"localhost:1\"\n",
                        ":5:",
                        "hello-go"),
                fault("tab", "providers:\n\t- name: x\n", ":2:1", "tab"),
                fault("java tag", "providers: !!java.net.URL [\"http://localhost/\"]\n", ":1:12", "tag"),
                fault(
                        "51 aliases",
                        "providers: []\ngateway:\n  require: &a [x]\n  pluginsAllow: [" + "*a,".repeat(51) + "*a]\n",
                        "",
                        "alias"),
                fault("a number without a unit", ENTRY + "    timeout: 5\n", ":5:14", "5s"),
                fault(
                        "a variable that is not set",
                        ENTRY + "    prefix: ${NOT_SET_ANYWHERE}\n",
                        ":5:13",
                        "NOT_SET_ANYWHERE"),
                fault("empty file", "", "", "empty"),
                Arguments.of("UTF-16", ENTRY.getBytes(UTF_16), "", "UTF-8"),
                fault("4 MB", ENTRY + "#" + "x".repeat(4_000_000) + "\n", "", "bytes"));
    }

    private static Arguments fault(String what, String file, String place, String words) {
        return Arguments.of(what, file.getBytes(UTF_8), place, words);
    }

    @Test
    void a_missing_file_is_named() {
        try (Installation installation = Installation.create()) {
            Run run = installation.runBare(
                    "--config", installation.folder().resolve("none.yaml").toString());

            assertRefused(run);
            assertThat(run.stderr()).contains("none.yaml");
        }
    }

    @Test
    void a_folder_is_no_file() {
        try (Installation installation = Installation.create()) {
            Run run = installation.runBare("--config", installation.folder().toString());

            assertRefused(run);
            assertThat(run.stderr()).contains(installation.folder().toString());
        }
    }

    @Test
    void a_file_that_may_not_be_read_is_named() throws IOException {
        try (Installation installation = Installation.create()) {
            var secret = installation.folder().resolve("secret.yaml");
            Files.writeString(secret, ENTRY);
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("-w-------"));
            assumeFalse(Files.isReadable(secret), "root may read everything");

            Run run = installation.runBare("--config", secret.toString());

            assertRefused(run);
            assertThat(run.stderr()).contains("secret.yaml");
        }
    }

    @Test
    void check_says_the_same_and_names_every_fault() {
        String file = ENTRY + "    timout: 2.5s\n    conections: 3\n";
        try (Installation installation = Installation.create().configuration(file.getBytes(UTF_8))) {
            Run run = installation.run("check");

            assertRefused(run);
            assertThat(run.stderr()).contains("did you mean 'timeout'", "did you mean 'connections'");
            assertThat(run.stderr().lines()).as("one line a fault").hasSize(2);
        }
    }

    /** Only the jar knows what they may be. */
    @Test
    void settings_of_a_plugin_have_their_place_in_check_in_the_log_and_after_a_change() throws IOException {
        try (Installation installation = Installation.createWithoutPlugins()
                .plugin(Checkout.pluginJar("redact"))
                .pluginSetting("redact:")
                .pluginSetting("  patern: [{pattern: s3cret}]")) {
            Path file = installation.configurationFile();
            String unknown = file + ":7:5: unknown key 'patern' (did you mean 'patterns'?)";
            Run check = installation.run("check");
            assertThat(check.exitCode()).as(check.stderr()).isEqualTo(78);
            assertThat(check.stdout()).contains(unknown).doesNotContain("s3cret");

            try (Gateway gateway = installation.start()) {
                gateway.client().initialize();
                JsonNode refused = gateway.log()
                        .await(line -> line.path("code").asString("").equals("SETTINGS_INVALID"));
                assertThat(refused.path("message").asString()).contains(unknown).doesNotContain("s3cret");
                await().atMost(SOON)
                        .untilAsserted(() ->
                                assertThat(installation.run("plugins").stdout()).contains(unknown));

                String mended = Files.readString(file).replace("patern:", "patterns:");
                Files.writeString(file, mended);
                gateway.log().await(line -> line.path("state").asString("").equals("LIVE"));
                Files.writeString(file, "# a line more\n" + mended.replace("s3cret", "5"));
                assertThat(gateway.log()
                                .await("serves on with its earlier settings")
                                .path("message")
                                .asString())
                        .contains(file + ":8:26: /patterns/0/pattern: must be a string");
            }
        }
    }

    private static void assertRefused(Run run) {
        assertThat(run.exitCode()).as(run.stderr()).isEqualTo(78);
        assertThat(run.stdout()).isEmpty();
        assertThat(run.stderr()).isNotBlank().doesNotContain("Exception", "\tat ");
    }
}
