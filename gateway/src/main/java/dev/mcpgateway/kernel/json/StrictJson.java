// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.json;

import dev.mcpgateway.kernel.json.JsonFault.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads one JSON text (RFC 8259) strictly: well-formed UTF-8, nothing behind the value, no duplicate keys, no lone
 * surrogates, bounded depth and numbers. Not thread-safe; one per text.
 *
 * <p>What is not JSON ends the reading at once. A limit that was broken is remembered instead and the reading goes on,
 * building nothing more, so that a message that is refused can still be answered by its id: ask {@link #finish()}.
 *
 * <p>It is a cursor: {@link #next()} moves to a token, {@link #value()} takes the whole value that begins there. It is longer than
 * other classes are, since each of its ways to read on (building, checking, skipping) holds to the same limits by the same few counters,
 * token by token.
 */
public final class StrictJson implements AutoCloseable {

    /** Characters in a number: more make arithmetic on it expensive. */
    public static final int NUMBER_LENGTH = 1_000;

    /** The largest exponent, either way: {@code 1e40000000} is a short text and a number that fills the memory. */
    public static final int EXPONENT = 9_999;

    // Of a text this long, strings are taken from its bytes where they can be: a parser's own buffers would be several
    // times as large as they are.
    private static final int LONG_TEXT = 64 * 1024;

    // Past this depth reading ends: the way there is paid for in parser contexts, not in our own stack.
    private static final int PARSER_DEPTH = 1_000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(TokenStreamFactory.Feature.CHARSET_DETECTION) // else UTF-16 is read that the next reader does not
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(PARSER_DEPTH)
                    .maxNumberLength(Integer.MAX_VALUE) // ours is checked below, where the reading can go on
                    .maxStringLength(Integer.MAX_VALUE) // bounded by the length of the text
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final JsonNode EMPTY_OBJECT = new ObjectNode(JsonNodeFactory.instance, Map.of());
    private static final JsonNode EMPTY_ARRAY = new ArrayNode(JsonNodeFactory.instance, List.of());
    private static final int TOKENS_BETWEEN_LOOKS = 4_096;

    private final byte[] text;
    private final int from;
    private final int maxDepth;
    private final BooleanSupplier isOver;
    private final JsonParser parser;
    private final int to;
    private int depth;
    private int deepest;
    private int stringEnd; // of the current token, where it is a string that was taken from the bytes; else 0
    private int values;
    private int unicodeEscapes; // 0 where that has not been looked at, 1 where there are none, 2 where there are
    private Object[] stack = new Object[16]; // parts of the arrays and objects that are open
    private int open;
    private int tokens;
    private @Nullable JsonFault broken;

    /**
     * @param maxDepth how many arrays and objects may stand in one another
     * @throws JsonFault when the text is not UTF-8
     */
    public StrictJson(byte[] text, int from, int to, int maxDepth) throws JsonFault {
        this(text, from, to, maxDepth, () -> false);
    }

    /** @param isOver whether nobody waits for the result any more: then reading ends; asked every some thousand tokens */
    public StrictJson(byte[] text, int from, int to, int maxDepth, BooleanSupplier isOver) throws JsonFault {
        Utf8.check(text, from, to);
        this.isOver = isOver;
        this.text = text;
        this.from = from;
        this.to = to;
        this.maxDepth = maxDepth;
        this.parser = FACTORY.createParser(ObjectReadContext.empty(), text, from, to - from);
    }

    /** Parses a whole text; the tree must not be changed, since what is equal in it may be one object. */
    public static JsonNode parse(byte[] text, int from, int to, int maxDepth) throws JsonFault {
        return parse(text, from, to, maxDepth, Sight.WHOLE, () -> false);
    }

    /** As {@link #parse(byte[], int, int, int)}, as far as that looks, and as long as somebody waits for it. */
    public static JsonNode parse(byte[] text, int from, int to, int maxDepth, Sight sight, BooleanSupplier isOver)
            throws JsonFault {
        try (StrictJson json = new StrictJson(text, from, to, maxDepth, isOver)) {
            if (json.next() == null) {
                throw new JsonFault(Kind.SYNTAX, "nothing there");
            }
            JsonNode value = json.value(sight);
            json.finish();
            return value;
        }
    }

    /** The next token; null at the end of the text. */
    public @Nullable JsonToken next() throws JsonFault {
        JsonToken token;
        stringEnd = 0;
        if (++tokens % TOKENS_BETWEEN_LOOKS == 0 && isOver.getAsBoolean()) {
            throw new JsonFault(Kind.LIMIT, "nobody waits for it any more");
        }
        try {
            token = parser.nextToken();
        } catch (JacksonException e) {
            throw syntax(e);
        }
        if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
            depth++;
            deepest = Math.max(deepest, depth);
            if (depth > maxDepth) {
                broke("nested more than " + maxDepth + " levels deep");
            }
        } else if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) {
            depth--;
        }
        return token;
    }

    /** The name or the string at the current token. */
    public String string() throws JsonFault {
        if (to - from > LONG_TEXT && parser.currentToken() == JsonToken.VALUE_STRING) {
            String string = stringOfBytes();
            if (string != null) {
                return string;
            }
        }
        try {
            String string = parser.getString();
            checkSurrogates(string);
            return string;
        } catch (JacksonException e) {
            throw syntax(e);
        }
    }

    /** The string at the current token where nothing in it is escaped; what may not stand in it, the parser will see. */
    private @Nullable String stringOfBytes() {
        int begin = start() + 1;
        for (int i = begin; i < to && text[i] != '\\'; i++) {
            if (text[i] == '"') {
                stringEnd = i + 1;
                return new String(text, begin, i - begin, StandardCharsets.UTF_8);
            }
        }
        return null;
    }

    /** The value that begins at the current token, to its end. */
    public JsonNode value() throws JsonFault {
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw new JsonFault(Kind.SYNTAX, "value missing at byte " + end());
        }
        return switch (token) {
            case START_OBJECT -> object(Sight.WHOLE);
            case START_ARRAY -> array();
            case VALUE_STRING -> JsonNodeFactory.instance.stringNode(string());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(token);
            case VALUE_TRUE -> JsonNodeFactory.instance.booleanNode(true);
            case VALUE_FALSE -> JsonNodeFactory.instance.booleanNode(false);
            case VALUE_NULL -> JsonNodeFactory.instance.nullNode();
            default -> throw new JsonFault(Kind.SYNTAX, "value missing at byte " + end());
        };
    }

    /** As {@link #value()}, as far as that looks. */
    private JsonNode value(Sight sight) throws JsonFault {
        JsonToken token = parser.currentToken();
        if (sight.isWhole() || token == null) {
            return value();
        }
        switch (token) {
            case START_OBJECT -> {
                if (sight.seesNames()) {
                    return object(sight);
                }
                check(token);
                return EMPTY_OBJECT;
            }
            case START_ARRAY -> {
                check(token);
                return EMPTY_ARRAY;
            }
            case VALUE_STRING -> {
                check(token);
                return JsonNodeFactory.instance.stringNode("");
            }
            default -> {
                return value();
            }
        }
    }

    /** Skips the value that begins at the current token; limits are watched all the same. */
    public void skip() throws JsonFault {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
            int outside = depth - 1;
            while (depth > outside) {
                if (next() == null) {
                    return;
                }
            }
        }
    }

    /** Begins to count depth anew, at the current token. */
    public void measureDepth() {
        deepest = depth;
    }

    /** How many levels lie between the outside of the value that was taken last and its deepest place. */
    public int measuredDepth() {
        return deepest - depth;
    }

    /** Where the current token begins, as an index into the array. */
    public int start() {
        return from + (int) parser.currentTokenLocation().getByteOffset();
    }

    /** Where the reading stands, as an index into the array; call {@link #string()} or {@link #value()} before. */
    public int end() {
        return stringEnd > 0 ? stringEnd : from + (int) parser.currentLocation().getByteOffset();
    }

    /** Remembers that the text is JSON but may not pass; the first reason stays. */
    public void broke(String reason) {
        if (broken == null) {
            broken = new JsonFault(Kind.LIMIT, reason);
        }
    }

    /** Whether {@link #finish()} will say that a limit was broken: what was read until then is of no use. */
    public boolean isBroken() {
        return broken != null;
    }

    /** Nothing may follow, and no limit may have been broken. */
    public void finish() throws JsonFault {
        if (next() != null) {
            throw new JsonFault(Kind.SYNTAX, "Parse error at byte " + (start() - from) + ": text behind the value");
        }
        if (broken != null) {
            throw broken;
        }
    }

    @Override
    public void close() {
        parser.close();
    }

    private JsonNode object(Sight sight) throws JsonFault {
        if (broken != null) {
            skip();
            return MissingNode.getInstance();
        }
        int base = open;
        Map<String, JsonNode> many = null;
        while (next() == JsonToken.PROPERTY_NAME) {
            String name = string();
            next();
            JsonNode value = value(sight.of(name));
            if (value.isMissingNode()) {
                continue;
            }
            boolean isTwice;
            if (many != null) {
                isTwice = many.putIfAbsent(name, value) != null;
            } else {
                isTwice = isAmong(name, base);
                push(name);
                push(value);
                if (open - base > 2 * FewMembers.MOST) {
                    many = new LinkedHashMap<>();
                    for (int i = base; i < open; i += 2) {
                        many.put((String) stack[i], (JsonNode) stack[i + 1]);
                    }
                    open = base;
                }
            }
            if (isTwice) {
                broke("duplicate key '" + shortened(name) + "'");
            }
        }
        if (many != null) {
            return new ObjectNode(JsonNodeFactory.instance, many);
        }
        return open == base ? EMPTY_OBJECT : new ObjectNode(JsonNodeFactory.instance, new FewMembers(pop(base)));
    }

    private JsonNode array() throws JsonFault {
        if (broken != null) {
            skip();
            return MissingNode.getInstance();
        }
        int base = open;
        while (next() != JsonToken.END_ARRAY) {
            JsonNode value = value();
            if (!value.isMissingNode()) {
                push(value);
            }
        }
        return open == base
                ? EMPTY_ARRAY
                : new ArrayNode(JsonNodeFactory.instance, (List<JsonNode>) (List<?>) Arrays.asList(pop(base)));
    }

    private boolean isAmong(String name, int base) {
        for (int i = base; i < open; i += 2) {
            if (name.equals(stack[i])) {
                return true;
            }
        }
        return false;
    }

    private void push(Object part) {
        if (open == stack.length) {
            stack = Arrays.copyOf(stack, 2 * open);
        }
        stack[open++] = part;
    }

    private Object[] pop(int base) {
        Object[] parts = Arrays.copyOfRange(stack, base, open);
        open = base;
        return parts;
    }

    /**
     * Passes over the value that begins at the current token, as strictly as if its tree were made. Ends where {@link #value()}
     * does.
     */
    public void check() throws JsonFault {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_STRING) {
            string(); // to its end
        } else {
            check(token);
        }
    }

    /** How many tokens have been read so far. */
    public int tokens() {
        return tokens;
    }

    /** How many values {@link #check()} has passed. */
    public int values() {
        return values;
    }

    private void check(@Nullable JsonToken token) throws JsonFault {
        values++;
        switch (token) {
            case START_OBJECT -> checkObject();
            case START_ARRAY -> {
                if (broken != null) {
                    skip();
                    return;
                }
                JsonToken next;
                while ((next = next()) != JsonToken.END_ARRAY) {
                    check(next);
                }
            }
            case VALUE_STRING -> {
                if (hasUnicodeEscapes()) { // else it is UTF-8, in which there are no lone surrogates
                    string();
                }
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> checkNumber(token);
            case VALUE_TRUE, VALUE_FALSE, VALUE_NULL -> {}
            case null, default -> throw new JsonFault(Kind.SYNTAX, "value missing at byte " + end());
        }
    }

    private void checkObject() throws JsonFault {
        if (broken != null) {
            skip();
            return;
        }
        String first = null;
        Set<String> names = null;
        while (next() == JsonToken.PROPERTY_NAME) {
            String name = string();
            boolean isTwice = false;
            if (first == null) {
                first = name;
            } else {
                if (names == null) {
                    names = new HashSet<>();
                    names.add(first);
                }
                isTwice = !names.add(name);
            }
            check(next());
            if (isTwice) { // as where a tree is made: what is wrong with the value is said first
                broke("duplicate key '" + shortened(name) + "'");
            }
        }
    }

    private void checkNumber(JsonToken token) throws JsonFault {
        try {
            int length = parser.getStringLength();
            if (length > NUMBER_LENGTH) {
                broke("a number of more than " + NUMBER_LENGTH + " characters");
            } else if (token == JsonToken.VALUE_NUMBER_FLOAT
                    && exponentIsTooLarge(parser.getStringCharacters(), parser.getStringOffset(), length)) {
                broke("an exponent beyond ±" + EXPONENT);
            }
        } catch (JacksonException e) {
            throw syntax(e);
        }
    }

    private boolean hasUnicodeEscapes() {
        if (unicodeEscapes == 0) {
            unicodeEscapes = 1;
            for (int i = from + 1; i < to; i++) {
                if (text[i] == 'u' && text[i - 1] == '\\') {
                    unicodeEscapes = 2;
                    break;
                }
            }
        }
        return unicodeEscapes == 2;
    }

    private JsonNode number(JsonToken token) throws JsonFault {
        try {
            int length = parser.getStringLength();
            if (length > NUMBER_LENGTH) {
                broke("a number of more than " + NUMBER_LENGTH + " characters");
                return MissingNode.getInstance();
            }
            if (token == JsonToken.VALUE_NUMBER_INT) {
                return switch (parser.getNumberType()) {
                    case INT -> JsonNodeFactory.instance.numberNode(parser.getIntValue());
                    case LONG -> JsonNodeFactory.instance.numberNode(parser.getLongValue());
                    default -> JsonNodeFactory.instance.numberNode(parser.getBigIntegerValue());
                };
            }
            if (exponentIsTooLarge(parser.getStringCharacters(), parser.getStringOffset(), length)) {
                broke("an exponent beyond ±" + EXPONENT);
                return MissingNode.getInstance();
            }
            return JsonNodeFactory.instance.numberNode(parser.getDecimalValue());
        } catch (JacksonException e) {
            throw syntax(e);
        }
    }

    private static boolean exponentIsTooLarge(char[] digits, int offset, int length) {
        int end = offset + length;
        int i = offset;
        while (i < end && (digits[i] | 0x20) != 'e') {
            i++;
        }
        int exponent = 0;
        for (i++; i < end; i++) {
            char c = digits[i];
            if (c >= '0' && c <= '9') {
                exponent = exponent * 10 + (c - '0');
                if (exponent > EXPONENT) {
                    return true;
                }
            }
        }
        return false;
    }

    private void checkSurrogates(String string) {
        for (int i = 0; i < string.length(); i++) {
            if (Character.isSurrogate(string.charAt(i))) {
                if (Character.isHighSurrogate(string.charAt(i))
                        && i + 1 < string.length()
                        && Character.isLowSurrogate(string.charAt(i + 1))) {
                    i++;
                } else {
                    broke("a lone surrogate in a string");
                    return;
                }
            }
        }
    }

    private JsonFault syntax(JacksonException e) {
        if (depth >= PARSER_DEPTH - 1 && broken != null) {
            return broken; // the parser gave up on the depth that was refused long before
        }
        long at = e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
        return new JsonFault(Kind.SYNTAX, "Parse error at byte " + (at >= 0 ? at : text.length - from));
    }

    private static String shortened(String name) {
        return name.length() <= 64 ? name : name.substring(0, 64) + "…";
    }
}
