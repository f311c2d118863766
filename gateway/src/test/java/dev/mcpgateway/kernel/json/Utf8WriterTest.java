// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8WriterTest {

    @Test
    void a_string_is_escaped_where_JSON_wants_it() {
        Utf8Writer out = new Utf8Writer(1).string("\"\\/\n\r\t\b\f\u0000\u001f\u007fé世😀");

        assertThat(text(out)).isEqualTo("\"\\\"\\\\/\\n\\r\\t\\u0008\\u000c\\u0000\\u001f\u007fé世😀\"");
    }

    @Test
    void a_lone_surrogate_becomes_a_question_mark() {
        assertThat(text(new Utf8Writer(8).string("a\ud83db"))).isEqualTo("\"a?b\"");
    }

    @Test
    void it_grows_from_nothing_to_whatever_is_written() {
        Utf8Writer out = new Utf8Writer(0);
        for (int i = 0; i < 10_000; i++) {
            out.raw("[").raw(',').raw("]".getBytes(UTF_8));
        }

        assertThat(out.length()).isEqualTo(30_000);
        assertThat(text(out)).isEqualTo("[,]".repeat(10_000));
    }

    @Test
    void any_string_reads_back_as_itself() throws JsonFault {
        long seed = 20_261_122;
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(20); i > 0; i--) {
                int c = random.nextInt(4) == 0 ? random.nextInt(0x80) : random.nextInt(0x110000);
                if (c < 0xd800 || c > 0xdfff) {
                    text.appendCodePoint(c);
                }
            }
            Utf8Writer out = new Utf8Writer(4).string(text.toString());

            assertThat(StrictJson.parse(out.buffer(), 0, out.length(), 1).stringValue())
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(text.toString());
        }
    }

    private static String text(Utf8Writer out) {
        return new String(out.buffer(), 0, out.length(), UTF_8);
    }
}
