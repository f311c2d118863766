// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CorsTest {

    private static final Map<String, Object> SETTINGS =
            Map.of("cors", true, "allowedOrigins", List.of("https://app.example.com"));

    @Test
    void a_preflight_of_an_admitted_origin_is_answered_with_that_origin() throws Exception {
        try (Door door = new Door(SETTINGS);
                Peer peer = new Peer(door)) {
            Peer.Answer answer = peer.ask(peer.request(
                    "OPTIONS",
                    "/mcp",
                    "Origin: https://app.example.com\r\nAccess-Control-Request-Method: POST\r\n"
                            + "Access-Control-Request-Headers: content-type, mcp-param-region, x-evil\r\n",
                    ""));
            assertThat(answer.status()).isEqualTo(204);
            assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("https://app.example.com");
            assertThat(answer.header("Access-Control-Allow-Methods")).isEqualTo("GET, POST, DELETE");
            assertThat(answer.header("Access-Control-Allow-Headers"))
                    .contains("Authorization", "Mcp-Session-Id", "mcp-param-region")
                    .doesNotContain("x-evil", "*");
            assertThat(answer.header("Vary")).isEqualTo("Origin");
            assertThat(door.gateway.taken).isEmpty();
        }
    }

    @Test
    void any_other_origin_is_forbidden_also_in_a_preflight() throws Exception {
        try (Door door = new Door(SETTINGS);
                Peer peer = new Peer(door)) {
            Peer.Answer answer = peer.ask(peer.request(
                    "OPTIONS", "/mcp", "Origin: https://evil.com\r\nAccess-Control-Request-Method: POST\r\n", ""));
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.headers()).doesNotContainKey("access-control-allow-origin");
        }
    }

    @Test
    void an_answer_names_its_origin_and_what_a_page_may_read() throws Exception {
        try (Door door = new Door(SETTINGS);
                Peer peer = new Peer(door)) {
            Peer.Answer answer = peer.ask(peer.post("Origin: http://localhost:3000\r\n", "{}"));
            assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("http://localhost:3000");
            assertThat(answer.header("Access-Control-Expose-Headers")).contains("Mcp-Session-Id");
            assertThat(peer.ask(peer.post("", "{}")).headers()).doesNotContainKey("access-control-allow-origin");
        }
    }
}
