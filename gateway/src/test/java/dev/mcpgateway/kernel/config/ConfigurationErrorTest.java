// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mcpgateway.kernel.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each mistake, and the line that is shown for it. */
class ConfigurationErrorTest {

    private static final String PROVIDER = "providers:\n  - name: a\n    type: grpc\n    address: \"localhost:1\"\n";

    @TempDir
    Path folder;

    @Test
    void an_unknown_key_comes_with_the_nearest_known_one() throws IOException {
        assertRefused(PROVIDER + "    timout: 2.5s\n", ":5:5: unknown key 'timout' (did you mean 'timeout'?)");
        assertRefused(PROVIDER + "    Timeout: 2.5s\n", ":5:5: unknown key 'Timeout' (did you mean 'timeout'?)");
        assertRefused(PROVIDER + "    adress: x\n", ":5:5: unknown key 'adress' (did you mean 'address'?)");
        assertRefused("provider: []\nproviders: []", ":1:1: unknown key 'provider' (did you mean 'providers'?)");
        assertRefused(
                "providers: []\ngateway: {toolnames: auto}",
                ":2:11: unknown key 'toolnames' (did you mean 'toolNames'?)");
        assertRefused(
                PROVIDER + "    tls: {cert: a.pem}\n", ":5:11: unknown key 'cert'; known here: ca, certificate, key");
        assertRefused(
                "providers: []\nlogging: {}", ":2:1: unknown key 'logging'; known here: providers, gateway, plugins");
        assertRefused(
                PROVIDER + "    <<: {timeout: 1s}\n",
                ":5:5: unknown key '<<'; known here: name, type, address, command, env, workingDirectory, enabled,"
                        + " timeout, connections, callsPerConnection, queue, refresh, prefix, tls, metadata, settings");
    }

    @Test
    void a_duplicate_key_comes_with_the_line_of_the_first() throws IOException {
        assertRefused(PROVIDER + "    type: http\n", ":5:5: duplicate key 'type' (first in line 3)");
        assertRefused("providers: []\nproviders: []", ":2:1: duplicate key 'providers' (first in line 1)");
        assertRefused(
                "providers: []\nplugins:\n  a:\n    b: {c: 1, c: 2}", ":4:15: duplicate key 'c' (first in line 4)");
    }

    @Test
    void a_provider_name_is_used_once() throws IOException {
        assertRefused(
                PROVIDER + "  - name: a\n    type: grpc\n    command: [x]\n",
                ":5:11: the provider name 'a' is used twice (first in line 2)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"providers:\n\t- name: a\n", "providers:\n  - name: a\n\ttype: grpc\n"})
    void a_tab_is_named(String yaml) throws IOException {
        assertThat(refusal(write(yaml)))
                .matches("(?s).*providers.yaml:[23]:\\d+: a tab stands where only spaces may; indent with spaces");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader []] | !!javax.script.ScriptEngineManager",
                "!!java.net.URL ['http://127.0.0.1/'] | !!java.net.URL",
                "!!binary aGVsbG8= | !!binary",
                "!!set {a, b} | !!set",
                "!mine x | !mine"
            })
    void a_tag_is_refused(String value, String tag) throws IOException {
        assertThat(refusal(write("providers: []\nplugins:\n  a: {b: " + value + "}\n")))
                .startsWith(folder.resolve("providers.yaml") + ":3:10: has a tag ('" + tag
                        + "'); only plain values are read");
    }

    @Test
    void the_tag_of_text_is_read() throws Exception {
        assertThat(Configuration.load(write("providers: []\nplugins: {a: {b: !!str 7}}"), Map.of())
                        .plugins())
                .isEqualTo(Map.of("a", Settings.of(Map.of("b", "7"))));
    }

    @Test
    void fifty_one_aliases_are_too_many() throws IOException {
        assertRefused(
                "providers: []\nplugins:\n  a: &a {x: 1}\n" + ConfigurationTest.aliases(51),
                ":54:8: has more than 50 aliases");
    }

    @Test
    void aliases_that_multiply_or_run_in_circles_are_refused() throws IOException {
        StringBuilder bomb = new StringBuilder("providers: []\nplugins:\n  p0: &p0 {a: 1, b: 2, c: 3, d: 4, e: 5}\n");
        for (int i = 1; i < 10; i++) {
            bomb.append("  p%d: &p%d {a: *p%d, b: *p%d, c: *p%d, d: *p%d, e: *p%d}\n"
                    .formatted(i, i, i - 1, i - 1, i - 1, i - 1, i - 1));
        }

        assertThat(refusal(write(bomb.toString())))
                .matches(".*providers.yaml:\\d+:\\d+: has more than 100000 values, those behind aliases included");
        assertRefused(
                "providers: []\nplugins: &p {a: *p}", ":2:17: the alias '*p' stands before its anchor, or inside it");
    }

    @Test
    void values_nested_too_deep_are_refused() throws IOException {
        assertRefused(
                "providers: []\nplugins: {a: {b: " + "[".repeat(40) + "]".repeat(40) + "}}",
                ":2:47: is nested more than 32 levels deep");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# nothing but a comment\n"})
    void an_empty_file_is_refused(String yaml) throws IOException {
        assertRefused(yaml, ":1:1: is empty; it must have the key 'providers'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "gateway: {} | :1:1: the file must have the key 'providers'",
                "`---\n...` | :2:1: the file must be a mapping, is empty",
                "hello | :1:1: the file must be a mapping, is text",
                "[] | :1:1: the file must be a mapping, is a list",
                "`providers:\n` | :1:11: 'providers' must be a list, is empty",
                "providers: {} | :1:12: 'providers' must be a list, is a mapping",
                "providers: [x] | :1:13: an entry of 'providers' must be a mapping, is text",
                "`providers: []\n---\nproviders: []` | :2:1: a second document begins; there must be one only",
                "`providers: []\n? [a]\n: b` | :2:3: a key must be text",
            })
    void a_file_of_another_form_is_refused(String yaml, String problem) throws IOException {
        assertRefused(yaml, problem);
    }

    @Test
    void text_that_is_not_YAML_is_refused_with_its_place() throws IOException {
        assertThat(refusal(write("providers: [\n")))
                .startsWith(folder.resolve("providers.yaml") + ":2:1: is not YAML: ");
        assertThat(refusal(write("providers: []\n\u0001")))
                .endsWith("is not YAML: it has a character that is not printable");
        assertRefused(
                PROVIDER + "    env: {TOKEN: ${TOKEN}}\n",
                ":5:19: is not YAML: expected ',' or '}', but got {; a value with ${…} inside { } or [ ] must be in quotes");
        assertThat(refusal(write("a: b: c"))).endsWith(":1:5: is not YAML: mapping values are not allowed here");
    }

    @Test
    void a_file_that_is_not_there_or_is_none_is_refused() throws IOException {
        Path missing = folder.resolve("missing.yaml");
        assertThat(refusal(missing))
                .isEqualTo(
                        missing + ": does not exist; name the configuration with --config FILE or MCP_GATEWAY_CONFIG");
        assertThat(refusal(folder)).isEqualTo(folder + ": is a folder; name the file in it");
        Path device = Path.of("/dev/null");
        assertThat(refusal(device)).isEqualTo(device + ": is not a regular file");
    }

    @Test
    void a_file_that_may_not_be_read_is_refused() throws IOException {
        Path file = write("providers: []");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        Assumptions.assumeFalse(Files.isReadable(file), "root reads everything");

        assertThat(refusal(file)).isEqualTo(file + ": cannot be read: permission denied");
    }

    @Test
    void a_file_that_fails_while_it_is_read_is_refused() {
        Path memory = Path.of("/proc/self/mem"); // there, regular, and an I/O error at its first byte
        Assumptions.assumeTrue(Files.isRegularFile(memory));

        assertThat(refusal(memory)).startsWith(memory + ": cannot be read");
    }

    @Test
    void a_file_in_another_encoding_is_refused() throws IOException {
        String utf16 = ":1:1: is UTF-16; save it as UTF-8";
        assertRefused("providers: []".getBytes(StandardCharsets.UTF_16), utf16);
        assertRefused("providers: []".getBytes(StandardCharsets.UTF_16LE), utf16);
        assertRefused("providers: []".getBytes(StandardCharsets.UTF_16BE), utf16);
        assertRefused(
                "providers: []\n# café".getBytes(StandardCharsets.ISO_8859_1),
                ":2:6: is not UTF-8 from here on; save it as UTF-8");
    }

    @Test
    void a_file_of_4_MB_is_refused_and_one_of_1_MiB_is_read() throws Exception {
        String head = "providers: []\n#";

        assertThat(Configuration.load(write(head + "x".repeat(1024 * 1024 - head.length())), Map.of())
                        .providers())
                .isEmpty();
        assertRefused((head + "x".repeat(4_000_000)).getBytes(StandardCharsets.UTF_8), ": has more than 1048576 bytes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "enabled: no | :5:14: 'enabled' must be true or false, is text",
                "enabled: 1 | :5:14: 'enabled' must be true or false, is a number",
                "enabled: | :5:13: 'enabled' must be true or false, is empty",
                "timeout: 12:30:45 | :5:14: 'timeout' must be a duration with its unit, such as 2.5s (ms, s, m, h)",
                "timeout: 5 | :5:14: 'timeout' must be a duration with its unit, such as 2.5s (ms, s, m, h), is a number",
                "timeout: 5 s | :5:14: 'timeout' must be a duration with its unit, such as 2.5s (ms, s, m, h)",
                "timeout: -1s | :5:14: 'timeout' must be a duration with its unit, such as 2.5s (ms, s, m, h)",
                "timeout: 0s | :5:14: 'timeout' must be from 1ms to 1h",
                "timeout: 61m | :5:14: 'timeout' must be from 1ms to 1h",
                "refresh: 999ms | :5:14: 'refresh' must be from 1s to 24h",
                "connections: 0 | :5:18: 'connections' must be a whole number from 1 to 100",
                "connections: 101 | :5:18: 'connections' must be a whole number from 1 to 100",
                "connections: 1.5 | :5:18: 'connections' must be a whole number from 1 to 100, is a number",
                "connections: many | :5:18: 'connections' must be a whole number from 1 to 100, is text",
                "callsPerConnection: 0 | :5:25: 'callsPerConnection' must be a whole number from 1 to 1000",
                "queue: -1 | :5:12: 'queue' must be a whole number from 0 to 100000",
                "queue: 99999999999999999999 | :5:12: 'queue' must be a whole number from 0 to 100000",
                "queue: 1e99999999 | :5:12: has a number that is too long or too large; put it in quotes if it is text",
                "prefix: a b | :5:13: 'prefix' must be at most 64 of A-Z a-z 0-9 _ - .",
                "command: hello | :5:14: 'command' must be a list, is text",
                "command: [] | :5:14: 'command' must not be empty",
                "command: [''] | :5:14: 'command' must begin with a program",
                "command: [[a]] | :5:15: an entry of 'command' must be text, a number, true or false, is a list",
                "env: [A=b] | :5:10: 'env' must be a mapping, is a list",
                "env: {A-B: c} | :5:11: 'A-B' in 'env' must be the name of an environment variable",
                "env: {A: [b]} | :5:14: 'A' in 'env' must be text, a number, true or false, is a list",
                "tls: true | :5:10: 'tls' must be a mapping, is true or false",
                "tls: {key: k.pem} | :5:10: 'tls' has the key 'key' and must have 'certificate' with it",
                "tls: {certificate: c.pem} | :5:10: 'tls' has the key 'certificate' and must have 'key' with it",
                "tls: {ca: ''} | :5:15: 'ca' must be a path",
                "settings: [] | :5:15: 'settings' must be a mapping, is a list",
                "metadata: {a: {b: c}} | :5:19: 'a' in 'metadata' must be text, a number, true or false, is a mapping",
            })
    void a_wrong_value_of_a_provider_is_refused(String line, String problem) throws IOException {
        assertRefused(PROVIDER + "    " + line + "\n", problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "toolNames: none | :2:22: 'toolNames' must be auto, dotted or portable",
                "payloadLimit: 10485760"
                        + " | :2:25: 'payloadLimit' must be a size with its unit, such as 10MiB (B, KiB, MiB), is a number",
                "payloadLimit: 10MB | :2:25: 'payloadLimit' must be a size with its unit, such as 10MiB (B, KiB, MiB)",
                "payloadLimit: 1023B | :2:25: 'payloadLimit' must be from 1KiB to 64MiB",
                "payloadLimit: 65MiB | :2:25: 'payloadLimit' must be from 1KiB to 64MiB",
                "pluginsAllow: [abc] | :2:26: an entry of 'pluginsAllow' must be a SHA-256: 64 hexadecimal digits",
                "require: auth-token | :2:20: 'require' must be a list, is text",
                "workDir: 7 | :2:20: 'workDir' must be a path, is a number",
            })
    void a_wrong_value_of_the_gateway_is_refused(String member, String problem) throws IOException {
        assertRefused("providers: []\ngateway: {" + member + "}\n", problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:0",
                "localhost:65536",
                "localhost:http",
                ":50051",
                "http://localhost:50051",
                "local host:1",
                "-bad-:1",
                "[::1:1",
                "dns:/name:1",
                "unix:",
                "localhost:1/path",
                ""
            })
    void a_bad_address_is_refused(String address) throws IOException {
        assertRefused(
                "providers:\n  - {name: a, type: grpc, address: '" + address + "'}",
                ":2:36: 'address' must be host:port, dns:///name:port or unix:/path");
    }

    @Test
    void a_port_alone_is_no_address() throws IOException {
        assertRefused(
                "providers:\n  - {name: a, type: grpc, address: 50051}",
                ":2:36: 'address' must be host:port, dns:///name:port or unix:/path, is a number");
    }

    @Test
    void the_path_of_a_socket_that_the_system_would_cut_is_refused() throws IOException {
        assertThat(refusal(write("providers:\n  - {name: a, type: grpc, address: 'unix:/" + "s".repeat(110) + "'}")))
                .matches(".*:2:36: 'address' is the path of a socket with 111 bytes; the system allows 10[37]");
    }

    @Test
    void a_provider_is_reached_or_started() throws IOException {
        assertRefused(
                "providers:\n  - name: a\n    type: grpc\n",
                ":2:5: an entry of 'providers' must have the key 'address' or 'command'");
        assertRefused(
                "providers:\n  - {name: a, type: grpc, command: [x], address: 'dns:///a:1'}",
                ":2:50: 'address' of a provider with a command is what it listens on: host:port or unix:/path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Hello", "1st", "a_b", "a.b", "-a", "''", "aaaaaaaaaabbbbbbbbbbccccccccccddd"})
    void a_bad_name_is_refused(String name) throws IOException {
        assertRefused(
                "providers:\n  - {name: " + name + ", type: grpc, address: 'a:1'}",
                ":2:12: 'name' must be a name of a-z 0-9 - that begins with a letter, at most 32 characters");
    }

    @Test
    void an_entry_without_a_name_or_type_is_refused() throws IOException {
        assertRefused(
                "providers:\n  - {}",
                ":2:5: an entry of 'providers' must have the key 'name'",
                ":2:5: an entry of 'providers' must have the key 'type'",
                ":2:5: an entry of 'providers' must have the key 'address' or 'command'");
    }

    @Test
    void a_variable_that_is_not_set_is_refused_by_name() throws IOException {
        assertRefused(
                "providers: []\nplugins: {a: {token: \"${TOKEN}\"}}",
                ":2:22: the environment variable 'TOKEN' is not set, and ${TOKEN} has no default");
        assertRefused(
                "providers: []\nplugins: {a: {token: \"${TO-KEN}\"}}",
                ":2:22: '${' must begin ${NAME} or ${NAME:-default}; write $${ for the characters themselves");
        assertRefused(
                "providers: []\nplugins: {a: {token: \"${TOKEN\"}}",
                ":2:22: '${' must begin ${NAME} or ${NAME:-default}; write $${ for the characters themselves");
    }

    @Test
    void every_mistake_is_told_in_the_order_of_the_file_and_ten_at_once() throws IOException {
        assertRefused(
                "gateway: {toolNames: x, payloadLimit: 1}\nprovider: []\nproviders: [{name: A, type: g, address: a}]\n",
                ":1:22: 'toolNames' must be auto, dotted or portable",
                ":1:39: 'payloadLimit' must be a size with its unit, such as 10MiB (B, KiB, MiB), is a number",
                ":2:1: unknown key 'provider' (did you mean 'providers'?)",
                ":3:20: 'name' must be a name of a-z 0-9 - that begins with a letter, at most 32 characters",
                ":3:41: 'address' must be host:port, dns:///name:port or unix:/path");

        String many = refusal(write("providers:\n" + "  - x\n".repeat(12)));
        assertThat(many.lines()).hasSize(11).last().isEqualTo("and 2 more");
    }

    @Test
    void a_value_is_never_repeated() throws IOException {
        String secret = "s3cr3t";
        for (String line : new String[] {
            "timeout: " + secret,
            "env: {A: [" + secret + "]}",
            "metadata: {a: {b: " + secret + "}}",
            "connections: " + secret,
            "settings: " + secret,
            "settings: {a: !!" + "java.net.URL " + secret + "}",
            "env: " + secret,
            "timeout: ${SECRET}"
        }) {
            Path file = write(PROVIDER + "    " + line + "\n");
            assertThatExceptionOfType(ConfigurationException.class)
                    .isThrownBy(() -> Configuration.load(file, Map.of("SECRET", secret)))
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain(secret));
        }
    }

    @Test
    void a_name_from_the_file_cannot_write_on_the_terminal() throws IOException {
        assertThat(refusal(write("providers: []\n\"\\e[2J\": 1")))
                .contains("unknown key ' [2J'")
                .doesNotContain("\u001B");
    }

    private void assertRefused(String yaml, String... problems) throws IOException {
        assertRefused(yaml.getBytes(StandardCharsets.UTF_8), problems);
    }

    private void assertRefused(byte[] yaml, String... problems) throws IOException {
        Path file = Files.write(folder.resolve("providers.yaml"), yaml);
        StringBuilder expected = new StringBuilder();
        for (String problem : problems) {
            expected.append(expected.isEmpty() ? "" : "\n").append(file).append(problem);
        }
        assertThat(refusal(file)).isEqualTo(expected.toString());
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("providers.yaml"), yaml);
    }

    private static String refusal(Path file) {
        ThrowingCallable load = () -> Configuration.load(file, Map.of());
        return String.valueOf(assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(load)
                .actual()
                .getMessage());
    }
}
