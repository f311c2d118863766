// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The methods of {@code provider.v1} and of the health protocol ({@code grpc.health.v1}).
 *
 * <p>Written out rather than taken from generated stubs: a request goes from its message straight into the transport's
 * buffer, an answer stays the bytes that arrived until {@link ResponseReader} reads it, and the jar does without three
 * libraries.
 */
final class Contract {

    /** The longest message either way, in bytes: a payload of 10 MiB and 64 KiB around it (proto/README.md, Connection). */
    static final int MESSAGE_LIMIT = 10 * 1024 * 1024 + 64 * 1024;

    /** The most content blocks, resource contents or prompt messages of one answer. */
    static final int MOST_BLOCKS = 10_000;

    /**
     * The most definitions of one kind that are read: far more than the gateway serves, so that it can name those that it
     * leaves out, and far fewer than fit into a message.
     */
    static final int MOST_DEFINITIONS = 50_000;

    /** The most that headers and status text of an answer may take, in bytes (RFC 9113, SETTINGS_MAX_HEADER_LIST_SIZE). */
    static final int HEADERS_LIMIT = 64 * 1024;

    private static final Marshaller<MessageLite> REQUEST = new Requests();
    private static final Marshaller<byte[]> ANSWER = new Bytes();

    static final MethodDescriptor<MessageLite, byte[]> LIST_CAPABILITIES = provider("ListCapabilities");
    static final MethodDescriptor<MessageLite, byte[]> INVOKE = provider("Invoke");
    static final MethodDescriptor<MessageLite, byte[]> READ_RESOURCE = provider("ReadResource");
    static final MethodDescriptor<MessageLite, byte[]> GET_PROMPT = provider("GetPrompt");

    static final MethodDescriptor<MessageLite, byte[]> HEALTH_CHECK =
            method("grpc.health.v1.Health", "Check", MethodType.UNARY);
    static final MethodDescriptor<MessageLite, byte[]> HEALTH_WATCH =
            method("grpc.health.v1.Health", "Watch", MethodType.SERVER_STREAMING);

    private Contract() {}

    private static MethodDescriptor<MessageLite, byte[]> provider(String name) {
        return method("provider.v1.Provider", name, MethodType.UNARY);
    }

    private static MethodDescriptor<MessageLite, byte[]> method(String service, String name, MethodType type) {
        return MethodDescriptor.newBuilder(REQUEST, ANSWER)
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(service, name))
                .build();
    }

    private static final class Requests implements Marshaller<MessageLite> {

        @Override
        public InputStream stream(MessageLite message) {
            return new MessageStream(message);
        }

        @Override
        public MessageLite parse(InputStream stream) {
            throw new UnsupportedOperationException("this side sends requests only");
        }
    }

    /** A message that writes itself where the transport wants it. */
    private static final class MessageStream extends InputStream implements Drainable, KnownLength {

        private final MessageLite message;
        private @Nullable InputStream bytes;

        MessageStream(MessageLite message) {
            this.message = message;
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            message.writeTo(target);
            return message.getSerializedSize();
        }

        @Override
        public int available() throws IOException {
            return bytes == null ? message.getSerializedSize() : bytes.available();
        }

        @Override
        public int read() throws IOException {
            return bytes().read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return bytes().read(target, offset, length);
        }

        private InputStream bytes() {
            InputStream now = bytes;
            if (now == null) {
                now = new ByteArrayInputStream(message.toByteArray());
                bytes = now;
            }
            return now;
        }
    }

    private static final class Bytes implements Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] message) {
            throw new UnsupportedOperationException("this side reads answers only");
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                // Of an uncompressed message all is there, and one array of the right size is enough.
                return stream instanceof KnownLength ? stream.readNBytes(stream.available()) : stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
