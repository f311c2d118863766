// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What two programs in a row may read in two ways is refused, and ends its connection. */
class MalformedRequestsTest {

    private static Door door;

    @BeforeAll
    static void open() throws Exception {
        door = new Door();
    }

    @AfterAll
    static void close() throws Exception {
        door.close();
    }

    static Stream<Arguments> requests() {
        return Stream.of(
                Arguments.of(
                        "length and chunks",
                        post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n")),
                Arguments.of("two lengths", post("Content-Length: 2\r\nContent-Length: 3\r\n", "{} ")),
                Arguments.of("two equal lengths", post("Content-Length: 2\r\nContent-Length: 2\r\n", "{}")),
                Arguments.of("a list of lengths", post("Content-Length: 2, 2\r\n", "{}")),
                Arguments.of("a length with a sign", post("Content-Length: +2\r\n", "{}")),
                Arguments.of("a negative length", post("Content-Length: -2\r\n", "{}")),
                Arguments.of("two hosts", post("Host: localhost:PORT\r\nContent-Length: 2\r\n", "{}")),
                Arguments.of(
                        "no host",
                        "POST /mcp HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"),
                Arguments.of("a folded line", post("X: a\r\n b\r\nContent-Length: 2\r\n", "{}")),
                Arguments.of("NUL", post("X: a\u0000b\r\nContent-Length: 2\r\n", "{}")),
                Arguments.of("CR alone", post("X: a\rb\r\nContent-Length: 2\r\n", "{}")),
                Arguments.of("LF alone", post("X: a\nContent-Length: 2\r\n", "{}")),
                Arguments.of("a blank before a colon", post("Content-Length : 2\r\n", "{}")),
                Arguments.of("no colon", post("Content-Length\r\n", "{}")),
                Arguments.of("an unknown coding", post("Transfer-Encoding: xchunked\r\n", "2\r\n{}\r\n0\r\n\r\n")),
                Arguments.of("chunked not last", post("Transfer-Encoding: chunked, gzip\r\n", "2\r\n{}\r\n0\r\n\r\n")),
                Arguments.of("a bad chunk", post("Transfer-Encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n")),
                Arguments.of(
                        "another host in the target",
                        post("Content-Length: 2\r\n", "{}").replace("/mcp", "http://evil.com/mcp")),
                Arguments.of(
                        "NUL in the target", post("Content-Length: 2\r\n", "{}").replace("/mcp", "/mcp%00")),
                Arguments.of("HTTP/3.0", post("Content-Length: 2\r\n", "{}").replace("HTTP/1.1", "HTTP/3.0")),
                Arguments.of("HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                Arguments.of("no HTTP", "hello\r\n\r\n"),
                Arguments.of("TLS", "\u0016\u0003\u0001\u0002\u0000\u0001"));
    }

    private static String post(String headers, String body) {
        return "POST /mcp HTTP/1.1\r\nHost: localhost:PORT\r\nContent-Type: application/json\r\n" + headers + "\r\n"
                + body;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void a_malformed_request_is_refused(String name, String request) throws Exception {
        door.gateway.taken.clear();
        try (Peer peer = new Peer(door)) {
            peer.send(request.replace("PORT", String.valueOf(door.port)));
            peer.socket.shutdownOutput();
            int status;
            try {
                status = peer.head().status();
            } catch (IOException e) {
                status = 400; // closed without a word is as good
            }
            assertThat(status).describedAs(name).isBetween(400, 505);
            assertThat(peer.isClosed()).isTrue();
        }
        assertThat(door.gateway.taken).allMatch(taken -> !taken.body.isDone());
    }
}
