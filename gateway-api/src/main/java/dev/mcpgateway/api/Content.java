package dev.mcpgateway.api;

import java.nio.ByteBuffer;

/** One block of what a tool or a prompt says (MCP specification, ContentBlock). Immutable. */
public sealed interface Content {

    /** Plain text. */
    record Text(String text) implements Content {}

    /** A picture; the buffer must not be changed any more. */
    record Image(ByteBuffer data, String mimeType) implements Content {}

    /** A sound; the buffer must not be changed any more. */
    record Audio(ByteBuffer data, String mimeType) implements Content {}

    /**
     * Points at a resource that can be read.
     *
     * @param mimeType empty where it is not known
     */
    record ResourceLink(String uri, String name, String mimeType) implements Content {}

    /** Brings a resource along. */
    record EmbeddedResource(ResourceContents resource) implements Content {}
}
