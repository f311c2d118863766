// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ClientConfigTest {

    private static final String URL = "http://127.0.0.1:8080/mcp";
    private static final List<String> COMMAND =
            List.of("/opt/Zoë's \"tools\"/bin/mcp-gateway", "--config", "/etc/p.yaml");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @EnumSource(value = ClientConfig.class, mode = EnumSource.Mode.EXCLUDE, names = "CODEX")
    void each_client_is_told_in_json_what_to_launch_and_where_to_connect(ClientConfig client) {
        JsonNode launched = server(client, Optional.empty());
        assertThat(launched.get("command").asString()).isEqualTo(COMMAND.get(0));
        assertThat(launched.get("args").get(1).asString()).isEqualTo("/etc/p.yaml");

        assertThat(server(client, Optional.of(URL)).toString()).contains("\"" + URL + "\"");
    }

    @Test
    void codex_is_told_in_toml() {
        print("codex", Optional.of(URL));
        assertThat(out.toString(UTF_8)).isEqualTo("[mcp_servers.gateway]\nurl = \"" + URL + "\"\n");
        assertThat(err.toString(UTF_8)).contains("config.toml");
    }

    @Test
    void an_unknown_client_is_refused_with_those_that_are_known() {
        assertThat(print("emacs", Optional.empty())).isEqualTo(Exit.USAGE);
        assertThat(err.toString(UTF_8)).contains("unknown client 'emacs'", "claude-desktop", "inspector");
        assertThat(out.size()).isZero();
    }

    private JsonNode server(ClientConfig client, Optional<String> url) {
        out.reset();
        assertThat(print(client.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'), url))
                .isEqualTo(Exit.OK);
        JsonNode servers = new JsonMapper().readTree(out.toString(UTF_8));
        return servers.get(client == ClientConfig.VSCODE ? "servers" : "mcpServers")
                .get("gateway");
    }

    private int print(String client, Optional<String> url) {
        return ClientConfig.print(
                client, url, COMMAND, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    }
}
