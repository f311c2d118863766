// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.jsonrpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class HeadTest {

    private static final long SEED = 20_261_130;
    private static final List<String> PARTS = List.of(
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "\\",
            " ",
            "\"id\"",
            "\"id\":",
            "\"ID\":",
            "\"\\u0069d\":",
            "\"method\":",
            "\"method\"",
            "1",
            "-1",
            "01",
            "-",
            "1.0",
            "1e3",
            "\"a\"",
            "\"\\u00e4\"",
            "\"ü\"",
            "\"\\ud800\"",
            "\"\\q\"",
            "\"tools/call\"",
            "\"tools\\/call\"",
            "null",
            "\"jsonrpc\":\"2.0\"",
            "\"params\":{}",
            "\"params\":{\"id\":7}",
            "\u0001",
            "\n",
            ",\"id\":2");

    @Test
    void a_method_is_what_its_spelling_stands_for() {
        Head head = head("{\"jsonrpc\":\"2.0\",\"id\":\"\\u00e4\",\"method\":\"tools\\/call\"}");

        assertThat(head.method()).contains("tools/call");
        assertThat(head.id().orElseThrow()).hasToString("\"\\u00e4\"");
    }

    @Test
    @Tag("slow")
    void whatever_a_request_looks_like_its_head_is_that_of_the_strict_reader_or_none() {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        int requests = 0;
        for (int i = 0; i < 300_000; i++) {
            String text = text(random);
            Head head = head(text);
            if (head.id().isPresent()) { // it may be echoed whatever comes of the message
                Incoming echo = Incoming.read(("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":"
                                + head.id().get() + "}")
                        .getBytes(UTF_8));
                assertThat(echo).as(text).isInstanceOf(Incoming.Request.class);
            }
            if (head.isRequest() && Incoming.read(text.getBytes(UTF_8)) instanceof Incoming.Request request) {
                requests++;
                assertThat(head.id()).as(text).contains(request.id());
                assertThat(head.method()).as(text).contains(request.method());
            }
        }
        assertThat(requests).isGreaterThan(100);
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder("{\"jsonrpc\":\"2.0\"");
        int parts = random.nextInt(8);
        for (int i = 0; i < parts; i++) {
            if (random.nextInt(4) > 0) {
                text.append(',').append(random.nextBoolean() ? "\"id\":" : "\"method\":");
            }
            text.append(PARTS.get(random.nextInt(PARTS.size())));
        }
        return text.append('}').toString();
    }

    private static Head head(String text) {
        return Head.of(text.getBytes(UTF_8));
    }
}
