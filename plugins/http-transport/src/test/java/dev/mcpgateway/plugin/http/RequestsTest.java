// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.api.transport.ReplyStatus;
import dev.mcpgateway.api.transport.RequestHead.Verb;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is let through, what is refused, and how outcomes look. */
class RequestsTest {

    private static Door door;

    @BeforeAll
    static void open() throws Exception {
        door = new Door(Map.of(
                "allowedHosts", List.of("mcp.example.com", "proxy.example.com:443", "other.example.com:9000"),
                "allowedOrigins", List.of("https://app.example.com", "http://dev.example.com:3000")));
    }

    @AfterAll
    static void close() throws Exception {
        door.close();
    }

    @BeforeEach
    void forget() {
        door.gateway.taken.clear();
        door.gateway.hasRoom = true;
        door.gateway.isReady = true;
        door.gateway.whenBodyCame = FakeGateway.Taken::echo;
    }

    private static void assertRefusal(Peer.Answer answer, int status) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.body()).startsWith("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32600,\"message\":\"");
        assertThat(answer.body()).doesNotContain("\"id\"");
        assertThat(door.gateway.taken).isEmpty();
    }

    @Test
    void a_message_is_answered_and_carries_no_name_of_a_server() throws Exception {
        try (Peer peer = new Peer(door)) {
            Peer.Answer answer = peer.ask(peer.post("Mcp-Session-Id: s1\r\nX-Two: a\r\nX-Two: b\r\n", "{\"a\":\"é\"}"));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{\"a\":\"é\"}");
            assertThat(answer.headers())
                    .containsEntry("content-type", "application/json")
                    .containsEntry("cache-control", "no-store")
                    .containsEntry("x-content-type-options", "nosniff")
                    .doesNotContainKeys("server", "date", "connection");
        }
        FakeGateway.Taken taken = door.taken();
        assertThat(taken.head.verb()).isEqualTo(Verb.SEND);
        assertThat(taken.head.header("mcp-session-id")).contains("s1");
        assertThat(taken.head.headers("x-two")).containsExactly("a", "b");
        assertThat(taken.head.isForwarded()).isFalse();
        assertThat(taken.head.peer().getAddress().isLoopbackAddress()).isTrue();
        assertThat(taken.reserved).containsExactly(10);
        assertThat(taken.thread).startsWith("gateway-");
        Door.until(() -> taken.ended.get() == 1);
        assertThat(taken.goneCount).hasValue(0);
    }

    @Test
    void credentials_and_cookies_stay_outside() throws Exception {
        try (Peer peer = new Peer(door)) {
            peer.ask(peer.post("Authorization: Bearer x\r\nProxy-Authorization: y\r\nCookie: z\r\n", "{}"));
        }
        assertThat(door.taken().head.headers("authorization")).isEmpty();
        assertThat(door.taken().head.headers("proxy-authorization")).isEmpty();
        assertThat(door.taken().head.headers("cookie")).isEmpty();
        assertThat(door.taken().head.headers("content-type")).containsExactly("application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Forwarded: for=1.2.3.4",
                "X-Forwarded-For: 1.2.3.4",
                "x-forwarded-anything: 1",
                "X-Real-IP: 1",
                "Via: 1.1 p"
            })
    void a_request_by_way_of_a_proxy_says_so(String header) throws Exception {
        try (Peer peer = new Peer(door)) {
            assertThat(peer.ask(peer.post(header + "\r\n", "{}")).status()).isEqualTo(200);
        }
        assertThat(door.taken().head.isForwarded()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:PORT",
                "LocalHost:PORT",
                "127.0.0.1:PORT",
                "[::1]:PORT",
                "mcp.example.com",
                "MCP.example.com:PORT",
                "proxy.example.com",
                "proxy.example.com:443",
                "other.example.com:9000"
            })
    void a_host_of_the_gateways_is_admitted(String host) throws Exception {
        assertThat(withHost(host).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:1",
                "localhost.:PORT",
                "localhost.evil.com:PORT",
                "evil.com",
                "evil.com:PORT",
                "127.1:PORT",
                "0x7f000001:PORT",
                "2130706433:PORT",
                "127.0.0.2:PORT",
                "user@localhost:PORT",
                "localhost:PORT@evil.com",
                "localhost:PORTx",
                "localhost:0PORTPORT",
                "[::1]",
                "[::1%25lo]:PORT",
                "::1",
                "",
                "mcp.example.com:1",
                "xmcp.example.com",
                "proxy.example.com:80",
                "other.example.com",
                "localhost:",
                "local host:PORT",
                "localhost,evil.com"
            })
    void any_other_host_is_misdirected(String host) throws Exception {
        assertRefusal(withHost(host), 421);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Host: localhost:PORT\r\nHost: localhost:PORT\r\n"})
    void anything_but_one_host_is_misdirected(String hosts) throws Exception {
        try (Peer peer = new Peer(door)) {
            String lines = hosts.replace("PORT", String.valueOf(door.port));
            assertRefusal(peer.ask("GET /mcp HTTP/1.1\r\n" + lines + "\r\n"), 421);
        }
    }

    private static Peer.Answer withHost(String host) throws Exception {
        try (Peer peer = new Peer(door)) {
            String value = host.replace("PORT", String.valueOf(door.port));
            return peer.ask("POST /mcp HTTP/1.1\r\nHost: " + value
                    + "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost",
                "http://localhost:3000",
                "https://127.0.0.1:1",
                "http://[::1]:99",
                "HTTP://LOCALHOST:5",
                "https://app.example.com",
                "https://app.example.com:443",
                "http://dev.example.com:3000"
            })
    void an_origin_of_this_machine_or_of_the_list_is_admitted(String origin) throws Exception {
        try (Peer peer = new Peer(door)) {
            Peer.Answer answer = peer.ask(peer.post("Origin: " + origin + "\r\n", "{}"));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers()).doesNotContainKey("access-control-allow-origin");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "http://evil.com",
                "http://localhost.evil.com",
                "http://localhost@evil.com",
                "http://localhost:80.evil.com",
                "http://localhost/",
                "http://localhost:",
                "http://localhost:0",
                "http://127.1",
                "http://0x7f000001",
                "http://localhost.",
                "ftp://localhost",
                "file://",
                "localhost",
                "http:localhost",
                "http://",
                "https://app.example.com.evil.com",
                "http://app.example.com",
                "https://app.example.com:444",
                "http://dev.example.com",
                "http://localhost http://evil.com"
            })
    void any_other_origin_is_forbidden(String origin) throws Exception {
        try (Peer peer = new Peer(door)) {
            assertRefusal(peer.ask(peer.post("Origin: " + origin + "\r\n", "{}")), 403);
        }
    }

    @Test
    void two_origins_are_forbidden() throws Exception {
        try (Peer peer = new Peer(door)) {
            assertRefusal(peer.ask(peer.post("Origin: http://localhost\r\nOrigin: http://localhost\r\n", "{}")), 403);
        }
    }

    @Test
    void an_evil_page_is_refused_before_the_body_comes() throws Exception {
        try (Peer peer = new Peer(door)) {
            assertRefusal(
                    peer.ask(peer.request(
                            "POST",
                            "/mcp",
                            "Origin: http://evil.com\r\nContent-Type: application/json\r\nContent-Length: 9\r\n",
                            "")),
                    403);
            assertThat(peer.isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/x/mcp",
                "/mcp/",
                "/mcp/../mcp",
                "//mcp",
                "/mc%70",
                "/%6dcp",
                "/mcp;a=b",
                "/MCP",
                "/./mcp",
                "/mcp/.",
                "/register",
                "/mcp%2f",
                "/healthz/",
                "/.well-known/oauth-authorization-server"
            })
    void any_other_path_is_not_there(String path) throws Exception {
        try (Peer peer = new Peer(door)) {
            assertRefusal(peer.ask(peer.request("GET", path, "", "")), 404);
        }
    }

    @Test
    void a_query_does_not_matter() throws Exception {
        try (Peer peer = new Peer(door)) {
            String request = peer.post("", "{}").replace("/mcp", "/mcp?token=secret/../x");
            assertThat(peer.ask(request).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({"GET,LISTEN", "PUT,OTHER", "OPTIONS,OTHER", "PATCH,OTHER", "FOO,OTHER"})
    void a_method_is_judged_by_the_gateway(String method, Verb verb) throws Exception {
        try (Peer peer = new Peer(door)) {
            Peer.Answer answer = peer.ask(peer.request(method, "/mcp", "", ""));
            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.header("Allow")).isEqualTo("GET, POST, DELETE");
            assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        }
        assertThat(door.taken().head.verb()).isEqualTo(verb);
    }

    @Test
    void head_is_no_get() throws Exception {
        try (Peer peer = new Peer(door)) {
            peer.send(peer.request("HEAD", "/mcp", "", ""));
            assertThat(peer.head().status()).isEqualTo(405);
            assertThat(peer.ask(peer.post("", "{}")).status()).isEqualTo(200);
        }
    }

    @Test
    void delete_ends_a_session() throws Exception {
        try (Peer peer = new Peer(door)) {
            Peer.Answer answer = peer.ask(peer.request("DELETE", "/mcp", "", ""));
            assertThat(answer.status()).isEqualTo(202);
            assertThat(answer.body()).isEmpty();
            assertThat(answer.headers()).doesNotContainKey("content-type");
        }
        assertThat(door.taken().head.verb()).isEqualTo(Verb.END);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "Application/JSON",
                "application/json; charset=utf-8",
                "application/json;charset=\"UTF-8\"",
                "application/json; q=1; charset=utf-8"
            })
    void json_is_taken(String type) throws Exception {
        try (Peer peer = new Peer(door)) {
            assertThat(peer.ask(peer.request(
                                    "POST", "/mcp", "Content-Type: " + type + "\r\nContent-Length: 2\r\n", "{}"))
                            .status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Content-Type: text/plain\r\n",
                "Content-Type:\r\n",
                "Content-Type: application/jsonx\r\n",
                "Content-Type: application/json; charset=utf-16\r\n",
                "Content-Type: application/json;charset=iso-8859-1\r\n",
                "Content-Type: text/plain; application/json\r\n",
                "Content-Type: application/x-www-form-urlencoded\r\n",
                "Content-Type: application/json\r\nContent-Type: text/plain\r\n",
                "Content-Type: text/plain, application/json\r\n",
                "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
                "Content-Type: application/json\r\nContent-Encoding: identity, gzip\r\n"
            })
    void other_content_is_unsupported(String headers) throws Exception {
        try (Peer peer = new Peer(door)) {
            assertRefusal(peer.ask(peer.request("POST", "/mcp", headers + "Content-Length: 2\r\n", "{}")), 415);
        }
    }

    @Test
    void identity_is_no_compression() throws Exception {
        try (Peer peer = new Peer(door)) {
            assertThat(peer.ask(peer.post("Content-Encoding: identity\r\n", "{}"))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void a_message_as_long_as_the_limit_is_taken_and_a_byte_more_is_not() throws Exception {
        String longest = "x".repeat(FakeGateway.LIMIT);
        try (Peer peer = new Peer(door)) {
            assertThat(peer.ask(peer.post("", longest)).body()).isEqualTo(longest);
        }
        door.gateway.taken.clear();
        try (Peer peer = new Peer(door)) {
            assertRefusal(
                    peer.ask(peer.request(
                            "POST",
                            "/mcp",
                            "Content-Type: application/json\r\nContent-Length: " + (FakeGateway.LIMIT + 1) + "\r\n",
                            "")),
                    413);
            assertThat(peer.isClosed()).isTrue();
        }
    }

    @Test
    void a_message_in_chunks_is_taken_as_it_grows_and_refused_past_the_limit() throws Exception {
        String chunk = Integer.toHexString(10_000) + "\r\n" + "y".repeat(10_000) + "\r\n";
        try (Peer peer = new Peer(door)) {
            String head = peer.request(
                    "POST", "/mcp", "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n", "");
            assertThat(peer.ask(head + chunk.repeat(10) + "0\r\n\r\n").body()).isEqualTo("y".repeat(100_000));
            assertThat(door.taken().reserved).last().isEqualTo(FakeGateway.LIMIT);
            assertThat(door.taken().reserved).isSorted();
            Peer.Answer answer = peer.ask(head + chunk.repeat(10) + "1\r\ny\r\n");
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(peer.isClosed()).isTrue();
        }
        Door.until(() -> door.taken().ended.get() == 1);
        assertThat(door.taken().reserved).allMatch(bytes -> bytes <= FakeGateway.LIMIT);
    }

    @Test
    void a_message_without_room_is_to_be_tried_again() throws Exception {
        door.gateway.hasRoom = false;
        try (Peer peer = new Peer(door)) {
            Peer.Answer answer = peer.ask(peer.post("", "{}"));
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(answer.header("Connection")).isEqualTo("close");
        }
        assertThat(door.taken().body).isNotDone();
        Door.until(() -> door.taken().ended.get() == 1);
    }

    @ParameterizedTest
    @CsvSource({
        "OK,200",
        "ACCEPTED,202",
        "INVALID,400",
        "FORBIDDEN,403",
        "UNKNOWN_SESSION,404",
        "NOT_ALLOWED,405",
        "TOO_LARGE,413",
        "UNAVAILABLE,503",
        "FAILED,500"
    })
    void each_outcome_has_its_status(ReplyStatus status, int code) throws Exception {
        door.gateway.whenBodyCame =
                taken -> taken.reply.end(status, Map.of("Mcp-Session-Id", "abc"), FakeGateway.utf8("{}"));
        try (Peer peer = new Peer(door)) {
            Peer.Answer answer = peer.ask(peer.post("", "{}"));
            assertThat(answer.status()).isEqualTo(code);
            assertThat(answer.header("Mcp-Session-Id")).isEqualTo("abc");
            assertThat(answer.headers().containsKey("retry-after")).isEqualTo(code == 503);
            assertThat(answer.headers().containsKey("allow")).isEqualTo(code == 405);
        }
    }

    @ParameterizedTest
    @EnumSource(ReplyStatus.class)
    void only_the_first_answer_counts(ReplyStatus second) throws Exception {
        door.gateway.whenBodyCame = taken -> {
            taken.answer("{\"first\":1}");
            taken.answer(second, "{\"second\":2}");
            assertThat(taken.reply.stream(Map.of())).isEmpty();
        };
        try (Peer peer = new Peer(door)) {
            assertThat(peer.ask(peer.post("", "{}")).body()).isEqualTo("{\"first\":1}");
            assertThat(peer.ask(peer.post("", "{}")).body()).isEqualTo("{\"first\":1}");
        }
    }

    @Test
    void a_head_of_more_than_8_kib_is_too_large() throws Exception {
        try (Peer peer = new Peer(door)) {
            assertRefusal(peer.ask(peer.post("X: " + "x".repeat(9_000) + "\r\n", "{}")), 431);
            assertThat(peer.isClosed()).isTrue();
        }
    }

    @Test
    void a_hundred_header_fields_are_taken_and_one_more_is_not() throws Exception {
        try (Peer peer = new Peer(door)) {
            assertThat(peer.ask(peer.post("X: y\r\n".repeat(97), "{}")).status())
                    .isEqualTo(200);
            door.gateway.taken.clear();
            assertRefusal(peer.ask(peer.post("X: y\r\n".repeat(98), "{}")), 431);
        }
    }

    @Test
    void health_is_told_to_anybody_and_counts_to_this_machine() throws Exception {
        try (Peer peer = new Peer(door)) {
            assertThat(peer.ask("GET /healthz HTTP/1.1\r\nHost: 10.1.2.3:8080\r\n\r\n")
                            .body())
                    .isEqualTo("{\"status\":\"ok\"}");
            String counts = ",\"sessions\":3,\"streams\":2,\"connections\":1}";
            assertThat(peer.ask("GET /readyz HTTP/1.1\r\nHost: pod\r\n\r\n").body())
                    .isEqualTo("{\"status\":\"ready\"" + counts);
            assertThat(peer.ask("GET /readyz HTTP/1.1\r\nHost: pod\r\nVia: 1.1 x\r\n\r\n")
                            .body())
                    .isEqualTo("{\"status\":\"ready\"}");
            door.gateway.isReady = false;
            Peer.Answer answer = peer.ask("GET /readyz HTTP/1.1\r\nHost: pod\r\n\r\n");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo("{\"status\":\"not ready\"" + counts);
            assertThat(peer.ask("GET /healthz HTTP/1.1\r\nHost: pod\r\n\r\n").status())
                    .isEqualTo(200);
            assertThat(peer.ask("POST /healthz HTTP/1.1\r\nHost: pod\r\nContent-Length: 0\r\n\r\n")
                            .status())
                    .isEqualTo(405);
        }
        assertThat(door.gateway.taken).isEmpty();
    }

    @Test
    void a_preflight_is_no_request_of_its_own_unless_cors_is_configured() throws Exception {
        try (Peer peer = new Peer(door)) {
            Peer.Answer answer = peer.ask(peer.request(
                    "OPTIONS",
                    "/mcp",
                    "Origin: https://app.example.com\r\nAccess-Control-Request-Method: POST\r\n",
                    ""));
            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.headers()).doesNotContainKey("access-control-allow-origin");
        }
    }
}
