package dev.mcpgateway.kernel.json;

import dev.mcpgateway.api.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * JSON that has passed the strict parser: its bytes, the tree that was made of them, and a plain view made on demand. The
 * tree is many times as large as the text: who keeps a value for long lets go of it, and it is made anew where it is
 * asked for. Thread-safe.
 */
public final class JsonValue implements Json {

    private static final byte[] NO_MEMBERS = {'{', '}'};
    private static final int ANY_DEPTH = 1_000; // it was looked at when the text came

    private final byte[] text;
    private final int from;
    private final int to;
    private volatile @Nullable JsonNode tree; // null once it was dropped, and for good
    private @Nullable Object view; // a race makes it twice, equal both times

    /** Bytes of which {@code tree} was parsed; the array is not changed any more. */
    public JsonValue(byte[] text, int from, int to, JsonNode tree) {
        this.text = text;
        this.from = from;
        this.to = to;
        this.tree = tree;
    }

    private JsonValue(byte[] parsedBefore) {
        this.text = parsedBefore;
        this.from = 0;
        this.to = parsedBefore.length;
    }

    /** What came from outside, through the strict parser. */
    public static JsonValue parse(Json json, int maxDepth) throws JsonFault {
        if (json instanceof JsonValue value) {
            return value;
        }
        ByteBuffer utf8 = json.utf8();
        if (utf8.hasArray()) {
            int from = utf8.arrayOffset() + utf8.position();
            return parse(utf8.array(), from, from + utf8.remaining(), maxDepth);
        }
        byte[] bytes = new byte[utf8.remaining()];
        utf8.get(bytes);
        return parse(bytes, 0, bytes.length, maxDepth);
    }

    public static JsonValue parse(byte[] text, int from, int to, int maxDepth) throws JsonFault {
        return new JsonValue(text, from, to, StrictJson.parse(text, from, to, maxDepth));
    }

    /** {@code {}}. */
    public static JsonValue emptyObject() {
        return new JsonValue(
                NO_MEMBERS, 0, NO_MEMBERS.length, tools.jackson.databind.node.JsonNodeFactory.instance.objectNode());
    }

    /** The tree; after {@link #dropTree()} one that is made for each caller and not kept. */
    public JsonNode tree() {
        JsonNode made = tree;
        return made != null ? made : parsedAgain();
    }

    /** From now on only the text is kept. Whoever has the tree in hand may go on with it. */
    public void dropTree() {
        tree = null;
    }

    /** The same in bytes of its own and without a tree: keeps nothing alive of the message that it came in. */
    public JsonValue detached() {
        return new JsonValue(Arrays.copyOfRange(text, from, to));
    }

    private JsonNode parsedAgain() {
        try {
            return StrictJson.parse(text, from, to, ANY_DEPTH);
        } catch (JsonFault fault) {
            throw new IllegalStateException("what was JSON before is none any more", fault);
        }
    }

    /** How many arrays and objects stand in one another; walks the tree. */
    public int depth() {
        return depth(tree());
    }

    /** Bytes of UTF-8. */
    public int length() {
        return to - from;
    }

    @Override
    public ByteBuffer utf8() {
        return ByteBuffer.wrap(text, from, to - from).slice();
    }

    @Override
    public Object value() {
        Object made = view;
        if (made == null) {
            made = plain(tree());
            view = made;
        }
        return made;
    }

    /** Appends the text, without the line breaks that may stand between its tokens. */
    public void writeOnOneLine(Utf8Writer out) {
        int begin = from;
        for (int i = from; i < to; i++) {
            if (text[i] == '\n' || text[i] == '\r') {
                out.bytes(text, begin, i);
                begin = i + 1;
            }
        }
        out.bytes(text, begin, to);
    }

    /** Appends the text without the white space between its tokens. */
    public void writeCompact(Utf8Writer out) {
        out.compactJson(text, from, to);
    }

    /** Appends the text as the contents of a JSON string, likewise. */
    public void writeQuoted(Utf8Writer out) {
        out.quotedJson(text, from, to);
    }

    /** The text; for people and tests. */
    @Override
    public String toString() {
        return new String(text, from, to - from, StandardCharsets.UTF_8);
    }

    private static int depth(JsonNode node) {
        int deepest = 0;
        for (JsonNode child : node) {
            deepest = Math.max(deepest, depth(child));
        }
        return node.isContainer() ? deepest + 1 : deepest;
    }

    private static Object plain(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                Map<String, Object> map = LinkedHashMap.newLinkedHashMap(node.size());
                node.forEachEntry((name, value) -> map.put(name, plain(value)));
                yield Collections.unmodifiableMap(map);
            }
            case ARRAY -> {
                List<Object> list = new ArrayList<>(node.size());
                node.forEach(value -> list.add(plain(value)));
                yield Collections.unmodifiableList(list);
            }
            case STRING -> node.stringValue();
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> number(node);
            default -> Json.NULL;
        };
    }

    private static Number number(JsonNode node) {
        if (!node.isIntegralNumber()) {
            BigDecimal decimal = node.decimalValue();
            return decimal;
        }
        BigInteger integer = node.bigIntegerValue();
        return integer.bitLength() < Long.SIZE ? (Number) integer.longValue() : integer;
    }
}
