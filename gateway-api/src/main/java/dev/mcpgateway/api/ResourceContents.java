package dev.mcpgateway.api;

import java.nio.ByteBuffer;

/** What stands in a resource. Immutable. */
public sealed interface ResourceContents {

    String uri();

    /** Empty where it is not known. */
    String mimeType();

    record Text(String uri, String mimeType, String text) implements ResourceContents {}

    /** Anything that is not text; the buffer must not be changed any more. */
    record Blob(String uri, String mimeType, ByteBuffer data) implements ResourceContents {}
}
