// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What stands in a resource (MCP specification, ResourceContents). Immutable, made by the factories here; tell the kinds apart by
 * {@code instanceof}.
 */
public abstract class ResourceContents extends Value {

    private final String uri;
    private final String mimeType;

    private ResourceContents(String uri, String mimeType) {
        this.uri = requireNonNull(uri, "uri");
        this.mimeType = requireNonNull(mimeType, "mimeType");
    }

    /** Text, of a type that is not known. */
    public static Text text(String uri, String text) {
        return new Text(uri, "", text);
    }

    /** Anything that is not text, of a type that is not known; the buffer must not be changed any more. */
    public static Blob blob(String uri, ByteBuffer data) {
        return new Blob(uri, "", data);
    }

    public final String uri() {
        return uri;
    }

    /** Empty where it is not known. */
    public final String mimeType() {
        return mimeType;
    }

    /** See {@link ResourceContents#text(String, String)}. */
    public static final class Text extends ResourceContents {

        private final String text;

        private Text(String uri, String mimeType, String text) {
            super(uri, mimeType);
            this.text = requireNonNull(text, "text");
        }

        public String text() {
            return text;
        }

        /** These contents, said to be of this type. */
        public Text withMimeType(String type) {
            return new Text(uri(), type, text);
        }

        @Override
        List<Object> parts() {
            return List.of(uri(), mimeType(), text);
        }
    }

    /** See {@link ResourceContents#blob}. */
    public static final class Blob extends ResourceContents {

        private final ByteBuffer data;

        private Blob(String uri, String mimeType, ByteBuffer data) {
            super(uri, mimeType);
            this.data = requireNonNull(data, "data");
        }

        /** Not to be changed, its position included. */
        public ByteBuffer data() {
            return data;
        }

        /** These contents, said to be of this type. */
        public Blob withMimeType(String type) {
            return new Blob(uri(), type, data);
        }

        @Override
        List<Object> parts() {
            return List.of(uri(), mimeType(), data);
        }
    }
}
