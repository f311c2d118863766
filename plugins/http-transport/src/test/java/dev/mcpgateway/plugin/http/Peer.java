// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client that says just what it is told, byte for byte. */
final class Peer implements AutoCloseable {

    final Socket socket;
    private final InputStream in;
    private final int port;

    Peer(Door door) throws IOException {
        this(new Socket("127.0.0.1", door.port), door.port);
    }

    Peer(Socket socket, int port) throws IOException {
        this.socket = socket;
        this.port = port;
        socket.setSoTimeout((int) Door.LONG.toMillis());
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** An answer as it stood on the wire. */
    record Answer(int status, Map<String, String> headers, String body) {

        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    /** @param headers each with its line end */
    String request(String method, String path, String headers, String body) {
        return method + " " + path + " HTTP/1.1\r\nHost: localhost:" + port + "\r\n" + headers + "\r\n" + body;
    }

    String post(String headers, String body) {
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return request(
                "POST", "/mcp", "Content-Type: application/json\r\nContent-Length: " + length + "\r\n" + headers, body);
    }

    Answer ask(String request) throws IOException {
        send(request);
        return answer();
    }

    /** A whole one, by its length or its chunks; of HEAD only the head is to be asked for. */
    Answer answer() throws IOException {
        Answer head = head();
        if (head.headers.containsKey("content-length")) {
            byte[] body = in.readNBytes(Integer.parseInt(head.header("content-length")));
            return new Answer(head.status, head.headers, new String(body, StandardCharsets.UTF_8));
        }
        if (head.header("transfer-encoding").equals("chunked")) {
            StringBuilder body = new StringBuilder();
            for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
                body.append(chunk);
            }
            return new Answer(head.status, head.headers, body.toString());
        }
        return head;
    }

    Answer head() throws IOException {
        String line = line();
        assertThat(line).startsWith("HTTP/1.");
        Map<String, String> headers = new TreeMap<>();
        for (String next = line(); !next.isEmpty(); next = line()) {
            int colon = next.indexOf(':');
            headers.put(
                    next.substring(0, colon).toLowerCase(Locale.ROOT),
                    next.substring(colon + 1).strip());
        }
        return new Answer(Integer.parseInt(line.split(" ")[1]), headers, "");
    }

    /** What one chunk holds: one write of a stream; empty for the last. The line end behind a chunk may come with the next. */
    String chunk() throws IOException {
        String size = line();
        if (size.isEmpty()) {
            size = line();
        }
        int length = Integer.parseInt(size, 16);
        byte[] bytes = in.readNBytes(length);
        if (length == 0) {
            assertThat(line()).isEmpty();
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The next event or comment of a stream, however it was cut into chunks. */
    String event() throws IOException {
        StringBuilder event = new StringBuilder();
        while (event.indexOf("\n\n") < 0) {
            String chunk = chunk();
            assertThat(chunk)
                    .describedAs("the stream goes on behind: %s", event)
                    .isNotEmpty();
            event.append(chunk);
        }
        return event.toString();
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("closed behind: " + line);
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    /** Whether the other side has closed, read to there; waits for it. */
    boolean isClosed() throws IOException {
        try {
            while (in.read() >= 0) {
                // what was still under way
            }
            return true;
        } catch (SocketException e) {
            return true;
        }
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
