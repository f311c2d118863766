// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads JSON as strictly as the gateway is expected to write it. Thread-safe. */
public final class Json {

    private static final JsonMapper STRICT = reader(StreamReadConstraints.builder());
    private static final JsonMapper BOUNDLESS = reader(
            StreamReadConstraints.builder().maxNestingDepth(Integer.MAX_VALUE).maxNumberLength(Integer.MAX_VALUE));
    private static final JsonMapper LENIENT = BOUNDLESS
            .rebuild()
            .disable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Json() {}

    /** @throws IllegalArgumentException for anything but one JSON value without duplicate keys */
    public static JsonNode parse(String text) {
        return parse(STRICT, text);
    }

    private static JsonNode parse(JsonMapper reader, String text) {
        try {
            return reader.readTree(text);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not JSON: " + shortened(text) + ": " + e.getOriginalMessage(), e);
        }
    }

    /** As {@link #parse(String)}; malformed UTF-8 is refused too. */
    public static JsonNode parse(byte[] utf8) {
        return parse(decode(utf8));
    }

    /** As {@link #parse(byte[])}, but numbers may be of any length and values of any depth. */
    static JsonNode parseBoundless(byte[] utf8) {
        return parse(BOUNDLESS, decode(utf8));
    }

    /** As {@link #parseBoundless}, but of keys that are equal the last one counts. */
    static JsonNode parseLeniently(byte[] utf8) {
        return parse(LENIENT, decode(utf8));
    }

    /** The JSON string with these characters. */
    public static String quoted(String text) {
        return STRICT.writeValueAsString(text);
    }

    private static JsonMapper reader(StreamReadConstraints.Builder limits) {
        return JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(
                                limits.maxStringLength(Integer.MAX_VALUE).build())
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
                .build();
    }

    static String shortened(String text) {
        return text.length() <= 400 ? text : text.substring(0, 400) + "… (" + text.length() + " characters)";
    }

    private static String decode(byte[] utf8) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("not UTF-8: " + shortened(new String(utf8, UTF_8)), e);
        }
    }

    /** As many of these elements, separated by commas, as fit into so many bytes with what is around them; one at least. */
    public static String filled(String open, String element, String close, int bytes) {
        StringBuilder text = new StringBuilder(bytes).append(open).append(element);
        while (text.length() + element.length() + 1 + close.length() <= bytes) {
            text.append(',').append(element);
        }
        return text.append(close).toString();
    }
}
