// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.kernel.json.JsonFault.Kind;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonToken;

/** A text of which no tree is made is held to all that one is held to of which one is made. */
class CheckedAsParsedTest {

    private static final long SEED = 20_261_130;
    private static final int DEPTH = 5;
    private static final List<String> PARTS = List.of(
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            " ",
            "\n",
            "\"a\"",
            "\"b\"",
            "\"\\u0061\"",
            "\"ü\"",
            "\"\\ud800\"",
            "\"\\ud83d\\ude00\"",
            "\"\\q\"",
            "\"\\u00g0\"",
            "\"\u0001\"",
            "\"",
            "\\",
            "0",
            "-0",
            "01",
            "1.5",
            "1.",
            ".5",
            "-",
            "+1",
            "1e5",
            "1e99999",
            "1E-10000",
            "12345678901234567890",
            "1".repeat(1_001),
            "0." + "3".repeat(1_000),
            "true",
            "false",
            "null",
            "nul",
            "NaN",
            "[[[[[[",
            "]]]]]]",
            "{\"a\":1,\"a\":2}",
            "{\"a\":",
            "\u00ff",
            "\"\u00c0\u0080\"");

    @Test
    @Tag("slow")
    void both_let_the_same_texts_through_and_refuse_the_others_for_the_same_reason() {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        int good = 0;
        int limits = 0;
        for (int i = 0; i < 400_000; i++) {
            byte[] text = i % 2 == 0 ? parts(random) : broken(random);
            String parsed = parsed(text, Sight.WHOLE);
            assertThat(checked(text)).as(() -> new String(text, ISO_8859_1)).isEqualTo(parsed);
            assertThat(parsed(text, new Sight(false, true, Map.of("a", Sight.KIND, "b", Sight.WHOLE))))
                    .as(() -> new String(text, ISO_8859_1))
                    .isEqualTo(parsed);
            good += parsed.isEmpty() ? 1 : 0;
            limits += parsed.startsWith(Kind.LIMIT.name()) ? 1 : 0;
        }
        assertThat(good).isGreaterThan(1_000);
        assertThat(limits).isGreaterThan(1_000);
    }

    @Test
    @Tag("slow")
    void that_is_so_of_long_texts_too() {
        Random random = new Random(SEED);
        byte[] filling = ("\"" + "x".repeat(70_000) + "\"").getBytes(UTF_8);
        for (int i = 0; i < 3_000; i++) {
            byte[] part = broken(random);
            byte[] text = new byte[filling.length + part.length + 3];
            text[0] = '[';
            System.arraycopy(filling, 0, text, 1, filling.length);
            text[filling.length + 1] = ',';
            System.arraycopy(part, 0, text, filling.length + 2, part.length);
            text[text.length - 1] = ']';
            assertThat(checked(text)).as(() -> new String(part, ISO_8859_1)).isEqualTo(parsed(text, Sight.WHOLE));
        }
    }

    private static byte[] parts(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(9); i >= 0; i--) {
            text.append(PARTS.get(random.nextInt(PARTS.size())));
        }
        return text.toString().getBytes(random.nextInt(10) == 0 ? ISO_8859_1 : UTF_8);
    }

    /** Sound JSON, of which a byte may be another. */
    private static byte[] broken(Random random) {
        StringBuilder text = new StringBuilder();
        value(random, text, 0);
        byte[] bytes = text.toString().getBytes(UTF_8);
        if (random.nextInt(3) == 0) {
            bytes[random.nextInt(bytes.length)] = (byte) "\"\\{}[],:0u\u0001e".charAt(random.nextInt(12));
        }
        return bytes;
    }

    private static void value(Random random, StringBuilder text, int depth) {
        int kind = depth > DEPTH ? 2 : random.nextInt(4);
        int members = random.nextInt(kind == 0 && random.nextInt(10) == 0 ? 20 : 4);
        if (kind == 0) {
            text.append('{');
            for (int i = 0; i < members; i++) {
                text.append(i == 0 ? "\"" : ",\"")
                        .append((char) ('a' + random.nextInt(26)))
                        .append("\":");
                value(random, text, depth + 1);
            }
            text.append('}');
        } else if (kind == 1) {
            text.append('[');
            for (int i = 0; i < members; i++) {
                text.append(i == 0 ? "" : ",");
                value(random, text, depth + 1);
            }
            text.append(']');
        } else {
            text.append(List.of("\"\\u00e4\"", "\"\\ud800\"", "1", "-2.5e3", "1e10000", "true", "\"ü\\n\"", "\"\"")
                    .get(random.nextInt(8)));
        }
    }

    /** What is wrong with it; empty where nothing is. */
    private static String parsed(byte[] text, Sight sight) {
        try {
            StrictJson.parse(text, 0, text.length, DEPTH, sight, () -> false);
            return "";
        } catch (JsonFault fault) {
            return fault.kind() + " " + fault.text();
        }
    }

    private static String checked(byte[] text) {
        try (StrictJson json = new StrictJson(text, 0, text.length, DEPTH)) {
            JsonToken first = json.next();
            if (first == null) {
                throw new JsonFault(Kind.SYNTAX, "nothing there");
            }
            json.check();
            json.finish();
            return "";
        } catch (JsonFault fault) {
            return fault.kind() + " " + fault.text();
        }
    }
}
