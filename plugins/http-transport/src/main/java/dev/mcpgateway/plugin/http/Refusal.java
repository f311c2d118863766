// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * An answer of the transport's own: a status, and an error of JSON-RPC without an id that says what to do.
 *
 * @param message without anything that the client has sent
 */
record Refusal(int status, String message) {

    static final Refusal MALFORMED = new Refusal(
            400,
            "This is not a valid HTTP/1.1 request. Check what sends it, or what stands"
                    + " between it and the gateway.");
    static final Refusal ORIGIN = new Refusal(
            403,
            "Pages of this Origin may not talk to the gateway. Add it to allowedOrigins under"
                    + " 'plugins: http-transport:' if they should.");
    static final Refusal METHOD = new Refusal(405, "Only GET and HEAD are answered here.");
    static final Refusal LATE = new Refusal(408, "The body did not come as a whole in time. Send the request again.");
    static final Refusal TOO_LARGE =
            new Refusal(413, "The message has more bytes than the gateway takes. Send less at once.");
    static final Refusal CONTENT_TYPE =
            new Refusal(415, "A message must come with 'Content-Type: application/json', in UTF-8.");
    static final Refusal CONTENT_ENCODING =
            new Refusal(415, "A message must not be compressed: leave Content-Encoding out.");
    static final Refusal HOST = new Refusal(
            421,
            "The Host header names none of the gateway's hosts. Use localhost with the gateway's"
                    + " port, or add the name to allowedHosts under 'plugins: http-transport:'.");
    static final Refusal HEAD_TOO_LARGE =
            new Refusal(431, "The head of the request is too large: at most 8 KiB and 100 fields.");
    static final Refusal FAULT = new Refusal(500, "The gateway could not take the request. Its log may say more.");
    static final Refusal NO_ROOM =
            new Refusal(503, "The gateway has no room for the request now. Try again in a second.");

    static Refusal notFound(String path) {
        return new Refusal(404, "There is nothing here. MCP is served at " + path + ".");
    }

    ByteBuffer body() {
        String json = "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32600,\"message\":\"" + message + "\"}}";
        return ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8));
    }
}
