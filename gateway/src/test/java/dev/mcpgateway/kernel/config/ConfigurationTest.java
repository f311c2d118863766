// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.kernel.settings.Settings;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a configuration says when nothing is wrong with it. */
class ConfigurationTest {

    private static final Map<String, String> NO_VARIABLES = Map.of("HOME", "/home/ann");

    @TempDir
    Path folder;

    @Test
    void everything_left_out_has_its_default() throws Exception {
        Configuration configuration = load("""
                providers:
                  - name: hello-go
                    type: grpc
                    command: [providers/hello-go/bin/hello-go]
                """);

        assertThat(configuration.file()).isEqualTo(folder.resolve("providers.yaml"));
        assertThat(configuration.providers())
                .containsExactly(new ProviderEntry(
                        "hello-go",
                        "grpc",
                        Optional.empty(),
                        List.of(folder.resolve("providers/hello-go/bin/hello-go")
                                .toString()),
                        Map.of(),
                        folder,
                        true,
                        Duration.ofMillis(2_500),
                        15,
                        1,
                        1_024,
                        Duration.ofSeconds(60),
                        "hello-go",
                        Optional.empty(),
                        Map.of(),
                        Map.of()));
        assertThat(configuration.gateway())
                .isEqualTo(new GatewaySettings(
                        ToolNames.AUTO,
                        10_485_760,
                        folder.resolve("plugins-dir"),
                        List.of(),
                        List.of(),
                        Path.of("/home/ann/.local/state/mcp-gateway")));
        assertThat(configuration.plugins()).isEmpty();
    }

    @Test
    void every_key_is_read() throws Exception {
        Configuration configuration = load("""
                providers:
                  - name: hello-rs
                    type: grpc
                    address: "localhost:50052"
                    command: [hello-rs, --verbose, 7, true]
                    env: {TOKEN: "${TOKEN}", PORT: 8080, DEBUG: true}
                    workingDirectory: work/./here
                    enabled: false
                    timeout: 1.5m
                    connections: 100
                    callsPerConnection: 64
                    queue: 0
                    refresh: 24h
                    prefix: ""
                    tls: {ca: ca.pem, certificate: /etc/gw.pem, key: gw-key.pem}
                    metadata: {version: 1.10, environment: development}
                    settings: {list: [1, a, 1.50, null, {b: no}], time: 12:30:45, big: 123456789012345678901}
                gateway:
                  toolNames: portable
                  payloadLimit: 512KiB
                  pluginsDir: /srv/plugins
                  pluginsAllow: [ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789]
                  require: [auth-token]
                  workDir: state
                plugins:
                  http-transport: {listen: "127.0.0.1:8080", anonymous: true, allowedOrigins: []}
                  auth-token: {}
                """, Map.of("TOKEN", "s3cret: [}"));

        ProviderEntry entry = configuration.providers().getFirst();
        assertThat(entry.address()).contains("localhost:50052");
        assertThat(entry.command()).containsExactly("hello-rs", "--verbose", "7", "true");
        assertThat(entry.env())
                .containsExactly(
                        Map.entry("TOKEN", "s3cret: [}"), Map.entry("PORT", "8080"), Map.entry("DEBUG", "true"));
        assertThat(entry.workingDirectory()).isEqualTo(folder.resolve("work/here"));
        assertThat(entry.enabled()).isFalse();
        assertThat(entry.timeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(entry.connections()).isEqualTo(100);
        assertThat(entry.callsPerConnection()).isEqualTo(64);
        assertThat(entry.queue()).isZero();
        assertThat(entry.refresh()).isEqualTo(Duration.ofHours(24));
        assertThat(entry.prefix()).isEmpty();
        ProviderConfig.Tls tls = entry.tls().orElseThrow();
        assertThat(tls.ca()).contains(folder.resolve("ca.pem"));
        assertThat(tls.certificate()).contains(Path.of("/etc/gw.pem"));
        assertThat(tls.key()).contains(folder.resolve("gw-key.pem"));
        assertThat(entry.metadata()).isEqualTo(Map.of("version", "1.10", "environment", "development"));
        assertThat(entry.settings())
                .isEqualTo(Map.of(
                        "list",
                        List.of(1L, "a", new BigDecimal("1.50"), Json.NULL, Map.of("b", "no")),
                        "time",
                        "12:30:45",
                        "big",
                        new BigInteger("123456789012345678901")));
        assertThat(configuration.gateway())
                .isEqualTo(new GatewaySettings(
                        ToolNames.PORTABLE,
                        524_288,
                        Path.of("/srv/plugins"),
                        List.of("abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"),
                        List.of("auth-token"),
                        folder.resolve("state")));
        assertThat(configuration.plugins())
                .isEqualTo(Map.of(
                        "http-transport",
                                Settings.of(Map.of(
                                        "listen", "127.0.0.1:8080", "anonymous", true, "allowedOrigins", List.of())),
                        "auth-token", Settings.of(Map.of())));
    }

    @Test
    void no_providers_are_legal() throws Exception {
        assertThat(load("providers: []").providers()).isEmpty();
    }

    @Test
    void providers_stay_in_the_order_of_the_file() throws Exception {
        assertThat(load("providers:\n" + entry("zeta") + entry("alpha") + entry("mid"))
                        .providers())
                .extracting(ProviderEntry::name)
                .containsExactly("zeta", "alpha", "mid");
    }

    @Test
    void the_template_is_valid() throws Exception {
        Path template = Path.of("..", "providers.yaml");

        Configuration configuration = Configuration.load(template, NO_VARIABLES);

        assertThat(configuration.providers()).extracting(ProviderEntry::name).containsExactly("hello-go", "hello-rs");
        assertThat(Files.readString(template))
                .startsWith("# yaml-language-server: $schema=schemas/providers.schema.json\n");
    }

    @ParameterizedTest
    @CsvSource({
        "5ms, PT0.005S",
        "2.5s, PT2.5S",
        "0.001s, PT0.001S",
        "60s, PT1M",
        "2m, PT2M",
        "1h, PT1H",
        "0.5h, PT30M",
        "1.000000001s, PT1.000000001S"
    })
    void a_duration_has_a_unit(String text, Duration expected) throws Exception {
        assertThat(load("providers:\n" + entry("a") + "    timeout: " + text + "\n")
                        .providers()
                        .getFirst()
                        .timeout())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"2048B, 2048", "1KiB, 1024", "10MiB, 10485760", "64MiB, 67108864"})
    void a_size_has_a_unit(String text, int expected) throws Exception {
        assertThat(load("providers: []\ngateway: {payloadLimit: " + text + "}")
                        .gateway()
                        .payloadLimit())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:50051",
        "127.0.0.1:1",
        "'[::1]:50052'",
        "my_service:65535",
        "dns:///hello.example.com:443",
        "unix:/run/hello.sock"
    })
    void an_address_has_one_of_three_forms(String address) throws Exception {
        assertThat(load("providers:\n  - {name: a, type: grpc, address: '" + address + "'}")
                        .providers()
                        .getFirst()
                        .address())
                .contains(address);
    }

    @Test
    void the_path_of_a_socket_is_relative_to_the_file() throws Exception {
        Path short_ = Files.createTempDirectory(Path.of("/tmp"), "c");
        try {
            Path file = Files.writeString(
                    short_.resolve("p.yaml"), "providers:\n  - {name: a, type: grpc, address: 'unix:run/a.sock'}");

            assertThat(Configuration.load(file, NO_VARIABLES)
                            .providers()
                            .getFirst()
                            .address())
                    .contains("unix:" + short_ + "/run/a.sock");
            Files.delete(file);
        } finally {
            Files.delete(short_);
        }
    }

    @Test
    void a_program_without_a_slash_is_looked_up_in_PATH_and_one_with_a_slash_is_relative_to_the_file()
            throws Exception {
        assertThat(command("[hello-go, a/b]")).containsExactly("hello-go", "a/b");
        assertThat(command("[./hello-go]")).containsExactly(folder + "/hello-go");
        assertThat(command("[../hello-go]")).containsExactly(folder.getParent() + "/hello-go");
        assertThat(command("[/bin/cat, '']")).containsExactly("/bin/cat", "");
    }

    private List<String> command(String command) throws Exception {
        return load("providers:\n  - {name: a, type: grpc, command: " + command + "}")
                .providers()
                .getFirst()
                .command();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "${HOST}:1 | db:1",
                "${NONE:-localhost}:1 | localhost:1",
                "${EMPTY:-localhost}:1 | localhost:1",
                "${HOST:-localhost}:${NONE:-2} | db:2",
            })
    void variables_are_replaced_from_the_environment(String address, String expected) throws Exception {
        Configuration configuration = load(
                "providers:\n  - {name: a, type: grpc, address: '" + address + "'}", Map.of("HOST", "db", "EMPTY", ""));

        assertThat(configuration.providers().getFirst().address()).contains(expected);
    }

    @Test
    void what_replaces_a_variable_is_a_value_and_never_more_YAML_or_another_variable() throws Exception {
        Configuration configuration = load("""
                providers: []
                plugins:
                  a:
                    text: "${N}"
                    plain: ${N}
                    twice: ${V}
                    yaml: ${Y}
                    itself: $${N}
                """, Map.of("N", "7", "V", "${N}", "Y", "{b: c}"));

        assertThat(configuration.plugins())
                .containsEntry(
                        "a",
                        Settings.of(
                                Map.of("text", "7", "plain", 7L, "twice", "${N}", "yaml", "{b: c}", "itself", "${N}")));
    }

    @Test
    void keys_and_numbers_and_booleans_may_come_from_variables_where_they_stand_plain() throws Exception {
        Configuration configuration = load(
                "providers:\n" + entry("a") + "    connections: ${N}\n    enabled: ${E}\n",
                Map.of("N", "7", "E", "false"));

        assertThat(configuration.providers().getFirst().connections()).isEqualTo(7);
        assertThat(configuration.providers().getFirst().enabled()).isFalse();
    }

    @Test
    void fifty_aliases_are_followed() throws Exception {
        String yaml = "providers: []\nplugins:\n  a: &a {x: 1}\n" + aliases(50);

        assertThat(load(yaml).plugins()).hasSize(51).containsEntry("p49", Settings.of(Map.of("x", 1L)));
    }

    static String aliases(int count) {
        StringBuilder yaml = new StringBuilder();
        for (int i = 0; i < count; i++) {
            yaml.append("  p").append(i).append(": *a\n");
        }
        return yaml.toString();
    }

    @Test
    void state_is_kept_where_the_XDG_specification_says() throws Exception {
        assertThat(workDir(Map.of("XDG_STATE_HOME", "/var/state", "HOME", "/home/ann")))
                .isEqualTo(Path.of("/var/state/mcp-gateway"));
        assertThat(workDir(Map.of("XDG_STATE_HOME", "relative", "HOME", "/home/ann")))
                .isEqualTo(Path.of("/home/ann/.local/state/mcp-gateway"));
        assertThat(workDir(Map.of())).isEqualTo(Path.of(System.getProperty("user.home"), ".local/state/mcp-gateway"));
    }

    private Path workDir(Map<String, String> environment) throws Exception {
        return load("providers: []", environment).gateway().workDir();
    }

    @Test
    void two_readings_of_one_text_are_equal() throws Exception {
        String yaml = "providers:\n" + entry("a") + "    tls: {ca: a.pem}\n    settings: {a: [1.0]}\n";

        assertThat(load(yaml)).isEqualTo(load(yaml));
    }

    @Test
    void a_byte_order_mark_and_carriage_returns_do_no_harm() throws Exception {
        assertThat(load("\uFEFFproviders: []\r\ngateway:\r\n  toolNames: dotted\r\n")
                        .gateway()
                        .toolNames())
                .isEqualTo(ToolNames.DOTTED);
    }

    private static String entry(String name) {
        return "  - name: " + name + "\n    type: grpc\n    address: \"localhost:1\"\n";
    }

    private Configuration load(String yaml) throws IOException, ConfigurationException {
        return load(yaml, NO_VARIABLES);
    }

    private Configuration load(String yaml, Map<String, String> environment)
            throws IOException, ConfigurationException {
        return Configuration.load(Files.writeString(folder.resolve("providers.yaml"), yaml), environment);
    }
}
