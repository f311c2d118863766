// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes requests and damages them. Of one seed, always the same. Not thread-safe. */
public final class Mutations {

    // Far from the ids that a client counts up, whatever a damaged digit does.
    private static final long FIRST_ID = 7_000_000_000_000L;

    private static final List<String> REQUESTS = List.of(
            "{\"jsonrpc\":\"2.0\",\"id\":ID,\"method\":\"tools/call\",\"params\":{\"name\":\"mirror.echo.v1\",\"arguments\":{\"message\":\"Grüße 🌍\",\"n\":[1,2.50,-3e2]}}}",
            "{\"jsonrpc\":\"2.0\",\"id\":ID,\"method\":\"tools/call\",\"params\":{\"name\":\"mirror_echo_v1\",\"arguments\":{},\"_meta\":{\"progressToken\":1}}}",
            "{\"jsonrpc\":\"2.0\",\"id\":ID,\"method\":\"tools/list\",\"params\":{\"cursor\":\"b2Zmc2V0\"}}",
            "{\"jsonrpc\":\"2.0\",\"id\":ID,\"method\":\"tools/list\"}",
            "{\"jsonrpc\":\"2.0\",\"id\":ID,\"method\":\"ping\"}",
            "{\"jsonrpc\":\"2.0\",\"id\":ID,\"method\":\"logging/setLevel\",\"params\":{\"level\":\"error\"}}",
            "{\"jsonrpc\":\"2.0\",\"id\":ID,\"method\":\"resources/read\",\"params\":{\"uri\":\"hello://greeting\"}}",
            "{\"jsonrpc\":\"2.0\",\"id\":ID,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},\"clientInfo\":{\"name\":\"f\",\"version\":\"1\"}}}",
            "{\"jsonrpc\":\"2.0\",\"id\":ID,\"method\":\"no/such/method\",\"params\":{\"a\":[true,false,null]}}");

    private static final List<String> OTHER_IDS = List.of(
            "null",
            "true",
            "{}",
            "[]",
            "1.5",
            "\"\"",
            "[7000000000001]",
            "{\"id\":1}",
            "7e12",
            "-7000000000000",
            "\"\\u0000\"",
            "\"" + "i".repeat(2_000) + "\"",
            "9".repeat(400),
            "9".repeat(1_500));

    private static final List<String> HUGE_NUMBERS = List.of(
            "1e40000000",
            "-1e-40000000",
            "1e9999",
            "1e10000",
            "0." + "1".repeat(1_200),
            "9".repeat(999),
            "9".repeat(1_001),
            "1E400",
            "-0");

    // As ISO 8859-1 reads them: an overlong slash, a surrogate, a lone continuation, a cut sequence, bytes that never
    // occur.
    private static final List<String> NOT_UTF8 = List.of(
            "\u00c3\u0028",
            "\u00c0\u00af",
            "\u00ed\u00a0\u0080",
            "\u0080",
            "\u00e2\u0082",
            "\u00ff",
            "\u00f8\u0088\u0080\u0080\u0080");

    private static final List<String> ODD_TEXT = List.of(
            "\\ud800",
            "\\udc00\\ud800",
            "\\u0000",
            "\\x",
            "\u0000",
            "\u0007",
            "\t",
            "\r",
            "  ",
            "\u00ef\u00bb\u00bf",
            "//",
            "NaN",
            ",",
            "'");

    private static final Pattern ID = Pattern.compile("\"id\":(\"[^\"]*\"|\\d+)");

    private final Random random;
    private final Map<String, UnaryOperator<String>> kinds = new LinkedHashMap<>();
    private final Map<String, Integer> made = new LinkedHashMap<>();

    public Mutations(Random random) {
        this.random = random;
        kinds.put("left alone", line -> line);
        kinds.put("bit flipped", this::flipBit);
        kinds.put("cut out", line -> splice(line, random.nextInt(1, 9), ""));
        kinds.put("cut off", line -> line.substring(0, at(line)));
        kinds.put("repeated", this::repeat);
        kinds.put("bytes inserted", line -> splice(line, 0, bytes(random.nextInt(1, 5))));
        kinds.put("odd text", line -> splice(line, 0, one(ODD_TEXT)));
        kinds.put("not UTF-8", line -> splice(line, 0, one(NOT_UTF8)));
        kinds.put("key repeated", this::repeatKey);
        kinds.put("case changed", this::changeCase);
        kinds.put("nested", this::nest);
        kinds.put("huge number", line -> inParams(line, "\"big\":" + one(HUGE_NUMBERS)));
        kinds.put("other id", this::otherId);
        kinds.put("long text", line -> inParams(line, "\"long\":\"" + "y".repeat(random.nextInt(10_000)) + "\""));
    }

    /** A line, without its end, whose request had an id that no other of this run has. */
    public byte[] next(long number) {
        String id = random.nextBoolean() ? Long.toString(FIRST_ID + number) : "\"f" + number + "\"";
        String line = new String(one(REQUESTS).replace("ID", id).getBytes(UTF_8), ISO_8859_1);
        for (int times = random.nextInt(8) == 0 ? 3 : 1; times > 0; times--) {
            List<String> names = List.copyOf(kinds.keySet());
            String kind = one(names);
            made.merge(kind, 1, Integer::sum);
            line = kinds.getOrDefault(kind, same -> same).apply(line);
        }
        return line.replace('\n', ' ').getBytes(ISO_8859_1);
    }

    private String flipBit(String line) {
        if (line.isEmpty()) {
            return line;
        }
        int position = at(line);
        return splice(line, position, 1, Character.toString(line.charAt(position) ^ 1 << random.nextInt(8)));
    }

    private String repeat(String line) {
        int from = at(line);
        int to = Math.min(line.length(), from + random.nextInt(1, 40));
        return line.substring(0, to) + line.substring(from);
    }

    private String repeatKey(String line) {
        String key = one(List.of(
                "\"id\":8000000000000",
                "\"method\":\"ping\"",
                "\"jsonrpc\":\"2.0\"",
                "\"ID\":8000000000001",
                "\"params\":{}"));
        return line.startsWith("{") ? "{" + key + "," + line.substring(1) : key + line;
    }

    private String changeCase(String line) {
        Matcher key = Pattern.compile("\"([a-z]+)\":").matcher(line);
        for (int skip = random.nextInt(4); key.find(); skip--) {
            if (skip == 0) {
                return splice(line, key.start(1), 1, Character.toString(line.charAt(key.start(1)) - 32));
            }
        }
        return line;
    }

    private String nest(String line) {
        int levels = random.nextInt(10) == 0 ? random.nextInt(20_000) : random.nextInt(60, 80);
        boolean objects = random.nextBoolean();
        return inParams(
                line,
                "\"deep\":" + (objects ? "{\"a\":" : "[").repeat(levels) + "1" + (objects ? "}" : "]").repeat(levels));
    }

    private String otherId(String line) {
        return ID.matcher(line).replaceFirst(Matcher.quoteReplacement("\"id\":" + one(OTHER_IDS)));
    }

    /** Adds a member to params or, where there are none, to the envelope. */
    private static String inParams(String line, String member) {
        int params = line.indexOf("\"params\":{");
        int object = params < 0 ? line.indexOf('{') : params + 9;
        return object < 0
                ? line + member
                : line.substring(0, object + 1)
                        + member
                        + (line.startsWith("}", object + 1) ? "" : ",")
                        + line.substring(object + 1);
    }

    private String splice(String line, int length, String insertion) {
        return splice(line, at(line), length, insertion);
    }

    private static String splice(String line, int from, int length, String insertion) {
        return line.substring(0, from) + insertion + line.substring(Math.min(line.length(), from + length));
    }

    private String bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return new String(bytes, ISO_8859_1);
    }

    private int at(String line) {
        return line.isEmpty() ? 0 : random.nextInt(line.length());
    }

    private String one(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    @Override
    public String toString() {
        return made.toString();
    }
}
