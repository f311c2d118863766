// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** JSON on the plugin's side of the seam: written here, read only by the gateway. */
final class JsonText implements Json {

    static final Object NULL = new Object() {
        @Override
        public String toString() {
            return "null";
        }
    };

    private static final int DEPTH = 1_000;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final ByteBuffer utf8;
    private final Optional<Object> value;

    JsonText(ByteBuffer utf8) {
        this(utf8, Optional.empty());
    }

    private JsonText(ByteBuffer utf8, Optional<Object> value) {
        this.utf8 = utf8;
        this.value = value;
    }

    static JsonText of(Object value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(128);
        Object copy = write(value, out, 0);
        return new JsonText(ByteBuffer.wrap(out.toByteArray()), Optional.of(copy));
    }

    @Override
    public ByteBuffer utf8() {
        return utf8.duplicate();
    }

    @Override
    public Object value() {
        return value.orElseThrow(
                () -> new UnsupportedOperationException("made from text: only the gateway reads JSON"));
    }

    @Override
    public String toString() {
        return StandardCharsets.UTF_8.decode(utf8()).toString();
    }

    /** Writes the value and returns it as {@link Json#value()} promises it: immutable, numbers narrowed. */
    private static Object write(Object value, ByteArrayOutputStream out, int depth) {
        if (depth > DEPTH) {
            throw new IllegalArgumentException("more than " + DEPTH + " levels of JSON");
        }
        return switch (value) {
            case Map<?, ?> map -> object(map, out, depth);
            case Iterable<?> list -> array(list, out, depth);
            case CharSequence text -> string(text.toString(), out);
            case Number number -> number(number, out);
            case Boolean truth -> {
                ascii(truth.toString(), out);
                yield truth;
            }
            case Json json -> {
                ByteBuffer text = json.utf8();
                byte[] bytes = new byte[text.remaining()];
                text.get(bytes);
                out.writeBytes(bytes);
                yield json.value();
            }
            case Object none
            when none == NULL -> {
                ascii("null", out);
                yield NULL;
            }
            default ->
                throw new IllegalArgumentException("a " + value.getClass().getName()
                        + " is not JSON: use Map, List, String, Number, Boolean or Json.NULL");
        };
    }

    private static Object object(Map<?, ?> map, ByteArrayOutputStream out, int depth) {
        Map<String, Object> copy = LinkedHashMap.newLinkedHashMap(map.size());
        char before = '{';
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String key)) {
                throw new IllegalArgumentException("the keys of a JSON object are strings, not " + entry.getKey());
            }
            out.write(before);
            string(key, out);
            out.write(':');
            copy.put(key, write(entry.getValue(), out, depth + 1));
            before = ',';
        }
        ascii(map.isEmpty() ? "{}" : "}", out);
        return Collections.unmodifiableMap(copy);
    }

    private static Object array(Iterable<?> list, ByteArrayOutputStream out, int depth) {
        List<Object> copy = new ArrayList<>();
        char before = '[';
        for (Object element : list) {
            out.write(before);
            copy.add(write(element, out, depth + 1));
            before = ',';
        }
        ascii(copy.isEmpty() ? "[]" : "]", out);
        return Collections.unmodifiableList(copy);
    }

    private static Number number(Number number, ByteArrayOutputStream out) {
        Number narrowed = switch (number) {
            case Byte b -> b.longValue();
            case Short s -> s.longValue();
            case Integer i -> i.longValue();
            case Long l -> l;
            case BigInteger integer -> narrowed(integer);
            case BigDecimal decimal when decimal.scale() == 0 -> narrowed(decimal.unscaledValue());
            case BigDecimal decimal -> decimal;
            case Float f when Float.isFinite(f) -> new BigDecimal(f.toString());
            case Double d when Double.isFinite(d) -> new BigDecimal(d.toString());
            default -> throw new IllegalArgumentException(number + " cannot be written as a JSON number");
        };
        ascii(narrowed.toString(), out);
        return narrowed;
    }

    private static Number narrowed(BigInteger integer) {
        return integer.bitLength() < Long.SIZE ? (Number) integer.longValue() : integer;
    }

    private static String string(String text, ByteArrayOutputStream out) {
        out.write('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.write('\\');
                out.write(c);
            } else if (c < 0x20) {
                ascii("\\u00", out);
                out.write(HEX[c >> 4]);
                out.write(HEX[c & 15]);
            } else if (c < 0x80) {
                out.write(c);
            } else if (!Character.isSurrogate(c)) {
                out.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                out.writeBytes(text.substring(i, i + 2).getBytes(StandardCharsets.UTF_8));
                i++;
            } else {
                throw new IllegalArgumentException("a lone surrogate at index " + i + " has no UTF-8 form");
            }
        }
        out.write('"');
        return text;
    }

    private static void ascii(String text, ByteArrayOutputStream out) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
}
