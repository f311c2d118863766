// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/**
 * The vectors that hold the demo providers to each other, through the gateway: what the provider in Go, the one in Rust and the
 * one in a Java plugin answer reaches the client as the same bytes. Replies are compared as they came, not as they parse.
 */
@Tag("alone")
class VectorsTest {

    /** The one that has 2.5 s at most is asked first. */
    private static final String[] PROVIDERS = {"hello", "hello-go", "hello-rs"};

    /** Of every answer, before its id. */
    private static final String BEGIN = "{\"jsonrpc\":\"2.0\",\"id\":";

    private record Vector(String name, String tool, byte[] payload, JsonNode expected) {

        /** A line feed ends a message, so such white space cannot be sent over stdio. */
        boolean fitsOnALine() {
            for (byte b : payload) {
                if (b == '\n' || b == '\r') {
                    return false;
                }
            }
            return true;
        }
    }

    @Test
    @Timeout(value = 240, unit = SECONDS)
    void all_three_providers_answer_with_the_same_bytes() throws IOException, InterruptedException {
        List<Vector> vectors = vectors();
        assertThat(vectors).hasSizeGreaterThan(200);
        try (Installation installation = Installation.create()
                .grpc("hello-go", "command: [" + Checkout.ROOT + "/providers/hello-go/bin/hello-go]", "timeout: 20s")
                .grpc("hello-rs", "command: [" + Checkout.ROOT + "/providers/hello-rs/bin/hello-rs]", "timeout: 20s")
                .plugin(Checkout.pluginJar("hello"))) {
            Process gateway = installation.launch("stdio");
            Thread.ofVirtual().start(() -> drain(gateway.getErrorStream()));
            try (OutputStream in = gateway.getOutputStream();
                    Lines out = new Lines(gateway.getInputStream())) {
                send(in, """
                        {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",\
                        "capabilities":{},"clientInfo":{"name":"vectors","version":"1"}}}""".getBytes(UTF_8));
                out.next();
                awaitAll(in, out);
                for (Vector vector : vectors) {
                    List<String> replies = repliesOfAll(in, out, vector);
                    assertThat(Set.copyOf(replies).size() == 1)
                            .as("%s: the same bytes from all:\n%s", vector.name, cut(replies))
                            .isTrue();
                    check(vector, replies.getFirst());
                }
            } finally {
                gateway.waitFor(10, SECONDS);
                installation.awaitNoProcess(Duration.ofSeconds(10));
            }
        }
    }

    private static void check(Vector vector, String reply) {
        JsonNode expected = vector.expected;
        if (expected.has("result") || expected.has("text")) {
            String result = new String(text(expected.get(expected.has("result") ? "result" : "text")), ISO_8859_1);
            assertThat(reply.endsWith(",\"structuredContent\":" + result + "}}"))
                    .as("%s: the result to the byte: %s", vector.name, cut(reply))
                    .isTrue();
        } else if (expected.has("failure")) {
            JsonNode result =
                    Json.parse(new String(reply.getBytes(ISO_8859_1), UTF_8)).path("result");
            assertThat(result.path("isError").asBoolean()).as(vector.name).isTrue();
            assertThat(result.path("content").path(0).path("text").asString())
                    .as(vector.name)
                    .isEqualTo(expected.get("failure").asString());
        } else {
            assertThat(reply).as(vector.name).containsAnyOf("\"isError\":true", "\"error\":{");
            assertThat(reply).as(vector.name).doesNotContain("structuredContent");
        }
    }

    /** Of each provider, without its name; all are asked at once, since one call keeps one processor busy. */
    private static List<String> repliesOfAll(OutputStream in, Lines out, Vector vector)
            throws IOException, InterruptedException {
        List<byte[]> requests = new ArrayList<>();
        for (int i = 0; i < PROVIDERS.length; i++) {
            requests.add(request(i, vector));
        }
        Thread writer = Thread.ofVirtual().start(() -> requests.forEach(request -> send(in, request)));
        List<String> came = List.of(reply(out), reply(out), reply(out));
        writer.join();
        List<String> replies = new ArrayList<>();
        for (int i = 0; i < PROVIDERS.length; i++) {
            String begin = BEGIN + i + ",";
            String reply = came.stream()
                    .filter(each -> each.startsWith(begin))
                    .findFirst()
                    .orElse(came.get(i)); // where nobody can tell whose it is
            if (!cameInTime(reply)) {
                reply = alone(in, out, requests.get(i));
            }
            replies.add((reply.startsWith(begin) ? BEGIN + "0," + reply.substring(begin.length()) : reply)
                    .replace("'" + PROVIDERS[i], "'…"));
        }
        return replies;
    }

    /** As long for one provider as for the other, because a parse error says at which byte it is. */
    private static byte[] request(int provider, Vector vector) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(String.format(
                        "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"tools/call\",\"params\":{\"name\":%-20s,\"arguments\":",
                        provider, "\"" + PROVIDERS[provider] + "." + vector.tool + "\"")
                .getBytes(UTF_8));
        message.writeBytes(vector.payload);
        message.writeBytes("}}".getBytes(UTF_8));
        return message.toByteArray();
    }

    /** A plugin has 2.5 s, which the largest vectors may take on a busy machine: it is asked until it had the machine to itself. */
    private static String alone(OutputStream in, Lines out, byte[] request) throws IOException {
        long end = System.nanoTime() + SECONDS.toNanos(60);
        String reply;
        do {
            send(in, request);
            reply = reply(out);
        } while (!cameInTime(reply) && System.nanoTime() - end < 0);
        return reply;
    }

    private static boolean cameInTime(String reply) {
        return !reply.contains("timed out after 2.5 s") && !reply.contains("overloaded: ");
    }

    private static void send(OutputStream in, byte[] message) {
        try {
            in.write(message);
            in.write('\n');
            in.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the gateway does not read any more", e);
        }
    }

    /** The next message that answers something, a character a byte. */
    private static String reply(Lines out) throws IOException {
        while (true) {
            String line = out.next();
            if (!line.startsWith("{\"jsonrpc\":\"2.0\",\"method\"")) {
                return line;
            }
        }
    }

    private static String cut(List<String> replies) {
        return replies.stream().map(VectorsTest::cut).collect(Collectors.joining("\n"));
    }

    private static String cut(String reply) {
        return reply.length() <= 500 ? reply : reply.substring(0, 500) + "… of " + reply.length() + " bytes";
    }

    /** The first list waits for 2.5 s, which a busy machine may need for more than that. */
    private static void awaitAll(OutputStream in, Lines out) throws IOException, InterruptedException {
        String tools = "";
        for (int i = 0;
                i < 100 && !Stream.of(PROVIDERS).map("%s.echo.v1"::formatted).allMatch(tools::contains);
                i++) {
            Thread.sleep(50);
            send(in, "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"tools/list\"}".getBytes(UTF_8));
            tools = reply(out);
        }
    }

    private static void drain(InputStream stderr) {
        try (stderr) {
            stderr.transferTo(OutputStream.nullOutputStream());
        } catch (IOException ended) {
            // with the process
        }
    }

    private static List<Vector> vectors() throws IOException {
        List<Vector> vectors = new ArrayList<>();
        try (Stream<Path> files = Files.list(Checkout.ROOT.resolve("schemas/vectors"))) {
            for (Path file : files.filter(each -> each.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                String ofFile = file.getFileName().toString().replaceFirst("\\.json$", "");
                for (JsonNode each : Json.parse(Files.readString(file))) {
                    String tool = each.path("capability").asString(ofFile);
                    if (each.path("method").asString("Invoke").equals("Invoke") && tool.matches("echo\\.v1|sum\\.v1")) {
                        vectors.add(new Vector(
                                ofFile + ": " + each.path("name").asString(), tool, text(each.path("payload")), each));
                    }
                }
            }
        }
        vectors.removeIf(vector -> !vector.fitsOnALine() || vector.payload.length == 0);
        return vectors;
    }

    /** A string, or parts that are put together (schemas/README.md, Vectors). */
    private static byte[] text(JsonNode text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (JsonNode part : text.isArray() ? text : List.of(text)) {
            if (part.has("repeat")) {
                bytes.writeBytes(part.get("repeat")
                        .asString()
                        .repeat(part.get("times").asInt())
                        .getBytes(UTF_8));
            } else if (part.has("hex")) {
                bytes.writeBytes(HexFormat.of().parseHex(part.get("hex").asString()));
            } else {
                bytes.writeBytes(part.asString("").getBytes(UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    /** Lines of many megabytes, a character a byte. */
    private static final class Lines implements AutoCloseable {

        private final InputStream in;
        private final byte[] buffer = new byte[1 << 20];
        private int from;
        private int to;

        Lines(InputStream in) {
            this.in = in;
        }

        String next() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            while (true) {
                for (int i = from; i < to; i++) {
                    if (buffer[i] == '\n') {
                        line.write(buffer, from, i - from);
                        from = i + 1;
                        return line.toString(ISO_8859_1);
                    }
                }
                line.write(buffer, from, to - from);
                from = 0;
                to = in.read(buffer);
                assertThat(to).as("the gateway has closed its output").isNotNegative();
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
