// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * One block of what a tool or a prompt says (MCP specification, ContentBlock). Immutable, made by the factories here. Tell the
 * kinds apart by {@code instanceof}; there will be more of them. Pass on what you do not know, unless you are a policy that has to
 * look into it: then refuse it.
 */
public abstract class Content extends Value {

    private Content() {}

    /** Plain text. */
    public static Text text(String text) {
        return new Text(text);
    }

    /** A picture; the buffer must not be changed any more. */
    public static Image image(ByteBuffer data, String mimeType) {
        return new Image(data, mimeType);
    }

    /** A sound; the buffer must not be changed any more. */
    public static Audio audio(ByteBuffer data, String mimeType) {
        return new Audio(data, mimeType);
    }

    /** Points at a resource that can be read. */
    public static ResourceLink resourceLink(String uri, String name) {
        return new ResourceLink(uri, name, "");
    }

    /** Brings a resource along. */
    public static EmbeddedResource embedded(ResourceContents resource) {
        return new EmbeddedResource(resource);
    }

    /** See {@link Content#text}. */
    public static final class Text extends Content {

        private final String text;

        private Text(String text) {
            this.text = requireNonNull(text, "text");
        }

        public String text() {
            return text;
        }

        @Override
        List<Object> parts() {
            return List.of(text);
        }
    }

    /** See {@link Content#image}. */
    public static final class Image extends Content {

        private final ByteBuffer data;
        private final String mimeType;

        private Image(ByteBuffer data, String mimeType) {
            this.data = requireNonNull(data, "data");
            this.mimeType = requireNonNull(mimeType, "mimeType");
        }

        /** Not to be changed, its position included. */
        public ByteBuffer data() {
            return data;
        }

        public String mimeType() {
            return mimeType;
        }

        @Override
        List<Object> parts() {
            return List.of(data, mimeType);
        }
    }

    /** See {@link Content#audio}. */
    public static final class Audio extends Content {

        private final ByteBuffer data;
        private final String mimeType;

        private Audio(ByteBuffer data, String mimeType) {
            this.data = requireNonNull(data, "data");
            this.mimeType = requireNonNull(mimeType, "mimeType");
        }

        /** Not to be changed, its position included. */
        public ByteBuffer data() {
            return data;
        }

        public String mimeType() {
            return mimeType;
        }

        @Override
        List<Object> parts() {
            return List.of(data, mimeType);
        }
    }

    /** See {@link Content#resourceLink}. */
    public static final class ResourceLink extends Content {

        private final String uri;
        private final String name;
        private final String mimeType;

        private ResourceLink(String uri, String name, String mimeType) {
            this.uri = requireNonNull(uri, "uri");
            this.name = requireNonNull(name, "name");
            this.mimeType = requireNonNull(mimeType, "mimeType");
        }

        public String uri() {
            return uri;
        }

        public String name() {
            return name;
        }

        /** Empty where it is not known. */
        public String mimeType() {
            return mimeType;
        }

        /** This link, to a resource of this type. */
        public ResourceLink withMimeType(String type) {
            return new ResourceLink(uri, name, type);
        }

        @Override
        List<Object> parts() {
            return List.of(uri, name, mimeType);
        }
    }

    /** See {@link Content#embedded}. */
    public static final class EmbeddedResource extends Content {

        private final ResourceContents resource;

        private EmbeddedResource(ResourceContents resource) {
            this.resource = requireNonNull(resource, "resource");
        }

        public ResourceContents resource() {
            return resource;
        }

        @Override
        List<Object> parts() {
            return List.of(resource);
        }
    }
}
