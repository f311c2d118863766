// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import java.nio.ByteBuffer;
import java.util.Map;

/**
 * A JSON value (RFC 8259): its UTF-8 text, and a view of it as plain Java values. Immutable and thread-safe.
 *
 * <p>What the gateway hands to a plugin has passed its strict parser: valid UTF-8, no duplicate keys, no lone
 * surrogates, bounded depth and numbers. What a plugin hands back goes through the same parser.
 */
public interface Json {

    /** Stands for JSON's null in {@link #value()}, where Java's never appears. */
    Object NULL = JsonText.NULL;

    /** The text, as a buffer of its own positioned at its beginning; its contents must not be changed. */
    ByteBuffer utf8();

    /**
     * The value as {@link Map} with string keys in their order, {@link java.util.List}, {@link String}, {@link
     * Boolean}, {@link #NULL}, or a {@link Number}: {@link java.math.BigDecimal} where it is written with a point or an
     * exponent, else {@link Long} where that holds it and {@link java.math.BigInteger} where not. Immutable.
     *
     * @throws UnsupportedOperationException where this was made by {@link #ofUtf8}: reading JSON is the gateway's
     */
    Object value();

    /**
     * The value where it is an object.
     *
     * @throws IllegalStateException when it is not an object
     */
    @SuppressWarnings("unchecked") // the keys of an object are strings: see value()
    default Map<String, Object> object() {
        if (value() instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new IllegalStateException("this JSON value is not an object");
    }

    /**
     * JSON from plain values: {@link Map} with string keys, {@link Iterable}, {@link CharSequence}, {@link Number},
     * {@link Boolean}, {@link #NULL}, and {@link Json} that was not made by {@link #ofUtf8}, nested at will. The value is
     * written at once.
     *
     * @throws IllegalArgumentException for any other type, a number that is not finite, a lone surrogate, or more than
     *     1,000 levels
     */
    static Json of(Object value) {
        return JsonText.of(value);
    }

    /** JSON that is text already. It is checked when it reaches the gateway; the array must not be changed any more. */
    static Json ofUtf8(byte[] text) {
        return new JsonText(ByteBuffer.wrap(text));
    }

    /** As {@link #ofUtf8(byte[])}, from the buffer's position to its limit. */
    static Json ofUtf8(ByteBuffer text) {
        return new JsonText(text.slice());
    }
}
