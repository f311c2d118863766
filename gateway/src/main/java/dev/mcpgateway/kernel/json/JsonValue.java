// SPDX-License-Identifier: Apache-2.0
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
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * JSON that has passed the strict parser: its bytes, the tree that was made of them, and a plain view made on demand. The
 * tree is many times as large as the text: who keeps a value for long lets go of it, and it is made anew where it is
 * asked for. Thread-safe.
 */
public final class JsonValue implements Json {

    private static final byte[] NO_MEMBERS = {'{', '}'};
    /** Bytes up to which a tree is cheaper kept than made again. */
    public static final int SMALL = 4 * 1024;

    private static final long BYTES_PER_VALUE = 48;
    private static final int ANY_DEPTH = 1_000; // it was looked at when the text came

    private final byte[] text;
    private final int from;
    private final int to;
    private volatile @Nullable JsonNode tree; // null once it was dropped, and for good
    private int depth = -1; // not known yet
    private int values; // 0 where that is not known
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

    private JsonValue(byte[] text, int from, int to, int depth, int values) {
        this.text = text;
        this.from = from;
        this.to = to;
        this.depth = depth;
        this.values = values;
    }

    /**
     * What has passed the strict parser, without a tree.
     *
     * @param depth how many arrays and objects stand in one another
     * @param values how many there are, however deep
     */
    public static JsonValue checked(byte[] text, int from, int to, int depth, int values) {
        return new JsonValue(text, from, to, depth, values);
    }

    /** What came from outside, through the strict parser; of what is large no tree is made yet. */
    public static JsonValue checked(Json json, int maxDepth) throws JsonFault {
        if (json instanceof JsonValue value) {
            return value;
        }
        ByteBuffer utf8 = json.utf8();
        if (utf8.remaining() <= SMALL || !utf8.hasArray()) {
            return parse(json, maxDepth);
        }
        int from = utf8.arrayOffset() + utf8.position();
        int to = from + utf8.remaining();
        try (StrictJson reader = new StrictJson(utf8.array(), from, to, maxDepth)) {
            if (reader.next() == null) {
                return parse(json, maxDepth); // says what is wrong
            }
            reader.measureDepth();
            reader.check();
            int depth = reader.measuredDepth();
            reader.finish();
            return new JsonValue(utf8.array(), from, to, depth, reader.values());
        }
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
        return made != null ? made : tree(Sight.WHOLE, () -> false);
    }

    /**
     * The tree as far as that looks; of what is large it is made for this caller, and not kept.
     *
     * @param isOver whether nobody waits for it any more: then it is empty
     */
    public JsonNode tree(Sight sight, BooleanSupplier isOver) {
        JsonNode made = tree;
        if (made != null) {
            return made;
        }
        try {
            return StrictJson.parse(text, from, to, ANY_DEPTH, sight, isOver);
        } catch (JsonFault fault) {
            if (isOver.getAsBoolean()) {
                return MissingNode.getInstance();
            }
            throw new IllegalStateException("what was JSON before is none any more", fault);
        }
    }

    /** Whether it is an array or an object; looks at the text only. */
    public boolean isContainer() {
        return first() == '[' || first() == '{';
    }

    /** Whether it is an object; looks at the text only. */
    public boolean isObject() {
        return first() == '{';
    }

    private int first() {
        int at = from;
        while (at < to
                && text[at] <= ' ') { // of a whole text; a value that was taken out of one begins at its first byte
            at++;
        }
        return at < to ? text[at] : -1;
    }

    /** As {@link #dropTree()}, where there are more than {@link #SMALL} bytes. */
    public void dropTreeIfLarge() {
        if (length() > SMALL) {
            dropTree();
        }
    }

    /** From now on only the text is kept. Whoever has the tree in hand may go on with it. */
    public void dropTree() {
        tree = null;
    }

    /** The same in bytes of its own and without a tree: keeps nothing alive of the message that it came in. */
    public JsonValue detached() {
        return new JsonValue(Arrays.copyOfRange(text, from, to));
    }

    /** How many arrays and objects stand in one another. */
    public int depth() {
        int known = depth;
        if (known < 0) {
            known = depth(tree());
            depth = known;
        }
        return known;
    }

    /** An estimate of the bytes that it takes with its tree: by its length, and by how many values there are. */
    public long weight() {
        return length() + BYTES_PER_VALUE * (values > 0 ? values : length() / 2);
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

    /** Bytes that {@link #writeQuoted} appends, at most. */
    public long quotedLength() {
        return Utf8Writer.quotedLength(text, from, to);
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
