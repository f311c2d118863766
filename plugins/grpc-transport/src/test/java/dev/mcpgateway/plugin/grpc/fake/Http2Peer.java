// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc.fake;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.mcpgateway.provider.v1.Capabilities;
import dev.mcpgateway.provider.v1.InvokeResponse;
import dev.mcpgateway.provider.v1.Json;
import dev.mcpgateway.provider.v1.Tool;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A provider without a health service that writes its HTTP/2 frames by hand, so that a call of a tool can be answered in
 * ways no library has.
 */
public final class Http2Peer implements AutoCloseable {

    public static final int NO_ERROR = 0;
    public static final int INTERNAL_ERROR = 2;
    public static final int CANCEL = 8;
    public static final int ENHANCE_YOUR_CALM = 11;

    private static final int PREFACE = 24;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int CONTINUATION = 9;
    private static final int MOST_IN_A_FRAME = 16 * 1024;
    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final byte STATUS_200 = (byte) 0x88; // HPACK's static table

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger calls = new AtomicInteger();
    private final int streams;
    private final Script script;

    /** What happens to the call of a tool, on the thread that reads the connection. */
    public interface Script {
        void play(Stream call) throws IOException;
    }

    /** @param streams how many it permits at once */
    public Http2Peer(int streams, Script script) throws IOException {
        this.streams = streams;
        this.script = script;
        Thread.ofVirtual().start(this::accept);
    }

    public Http2Peer(Script script) throws IOException {
        this(100, script);
    }

    public String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** How many there were so far. */
    public int connections() {
        return connections.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            new Conversation(socket).hold();
        } catch (IOException ended) {
            // by the client, or by the script
        }
    }

    /** One call of a tool that waits for its answer. */
    public final class Stream {

        private final Conversation conversation;
        private final int id;
        private final int number;

        Stream(Conversation conversation, int id, int number) {
            this.conversation = conversation;
            this.id = id;
            this.number = number;
        }

        /** 1 for the first call of a tool in any connection. */
        public int number() {
            return number;
        }

        public void headers() throws IOException {
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            block.write(STATUS_200);
            literal(block, "content-type", "application/grpc");
            conversation.frame(HEADERS, END_HEADERS, id, block.toByteArray());
        }

        public void message() throws IOException {
            conversation.frame(DATA, 0, id, framed(result()));
        }

        public void halfOfTheMessage() throws IOException {
            byte[] whole = framed(result());
            conversation.frame(DATA, 0, id, java.util.Arrays.copyOf(whole, whole.length / 2));
        }

        public void trailers() throws IOException {
            conversation.trailers(id, 0);
        }

        /** Fails with that status, in as many frames as its text takes. */
        public void fail(int status, String text) throws IOException {
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            block.write(STATUS_200);
            literal(block, "content-type", "application/grpc");
            literal(block, "grpc-status", Integer.toString(status));
            literal(block, "grpc-message", text);
            conversation.block(id, block.toByteArray());
        }

        /** As it should be. */
        public void succeed() throws IOException {
            headers();
            message();
            trailers();
        }

        public void reset(int error) throws IOException {
            conversation.frame(RST_STREAM, 0, id, fourBytes(error));
        }

        /** Says that no stream after this one was looked at. */
        public void goAway(int error) throws IOException {
            ByteArrayOutputStream last = new ByteArrayOutputStream();
            last.writeBytes(fourBytes(id));
            last.writeBytes(fourBytes(error));
            conversation.frame(GOAWAY, 0, 0, last.toByteArray());
        }

        public void pings(int count) throws IOException {
            for (int i = 0; i < count; i++) {
                conversation.frame(PING, 0, 0, new byte[8]);
            }
        }

        /** Whatever it is, it goes out. */
        public void bytes(byte... bytes) throws IOException {
            conversation.out.write(bytes);
            conversation.out.flush();
        }

        public void hangUp() throws IOException {
            conversation.out.flush();
            conversation.socket.close();
        }

        private static MessageLite result() {
            return InvokeResponse.newBuilder().setResult(json("{\"ok\":true}")).build();
        }
    }

    private final class Conversation {

        private final Socket socket;
        private final DataInputStream in;
        private final DataOutputStream out;
        private final DefaultHttp2HeadersDecoder headers = new DefaultHttp2HeadersDecoder(false);

        Conversation(Socket socket) throws IOException {
            this.socket = socket;
            in = new DataInputStream(socket.getInputStream());
            out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        }

        void hold() throws IOException {
            in.skipNBytes(PREFACE);
            ByteArrayOutputStream limits = new ByteArrayOutputStream();
            limits.writeBytes(new byte[] {0, 3}); // MAX_CONCURRENT_STREAMS
            limits.writeBytes(fourBytes(streams));
            frame(SETTINGS, 0, 0, limits.toByteArray());
            java.util.Map<Integer, String> paths = new java.util.HashMap<>();
            while (true) {
                out.flush();
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                byte[] payload = in.readNBytes(length);
                if (payload.length < length) {
                    throw new EOFException();
                }
                if (type == SETTINGS && (flags & ACK) == 0) {
                    frame(SETTINGS, ACK, 0);
                } else if (type == PING && (flags & ACK) == 0) {
                    frame(PING, ACK, 0, payload);
                } else if (type == HEADERS) {
                    paths.put(stream, path(stream, payload));
                }
                if ((type == HEADERS || type == DATA) && (flags & END_STREAM) != 0) {
                    answer(stream, paths.getOrDefault(stream, ""));
                }
            }
        }

        private void answer(int stream, String path) throws IOException {
            if (path.endsWith("/Invoke")) {
                script.play(new Stream(this, stream, calls.incrementAndGet()));
            } else if (path.endsWith("/ListCapabilities")) {
                ByteArrayOutputStream block = new ByteArrayOutputStream();
                block.write(STATUS_200);
                literal(block, "content-type", "application/grpc");
                frame(HEADERS, END_HEADERS, stream, block.toByteArray());
                frame(
                        DATA,
                        0,
                        stream,
                        framed(Capabilities.newBuilder()
                                .addTools(Tool.newBuilder()
                                        .setName("echo.v1")
                                        .setInputSchema(json("{\"type\":\"object\"}")))
                                .build()));
                trailers(stream, 0);
            } else {
                ByteArrayOutputStream block = new ByteArrayOutputStream();
                block.write(STATUS_200);
                literal(block, "content-type", "application/grpc");
                literal(block, "grpc-status", "12"); // UNIMPLEMENTED
                frame(HEADERS, END_HEADERS | END_STREAM, stream, block.toByteArray());
            }
        }

        void trailers(int stream, int status) throws IOException {
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            literal(block, "grpc-status", Integer.toString(status));
            frame(HEADERS, END_HEADERS | END_STREAM, stream, block.toByteArray());
        }

        /** Headers that end the stream. */
        void block(int stream, byte[] block) throws IOException {
            for (int from = 0; from < block.length; from += MOST_IN_A_FRAME) {
                int to = Math.min(block.length, from + MOST_IN_A_FRAME);
                int flags = (from == 0 ? END_STREAM : 0) | (to == block.length ? END_HEADERS : 0);
                frame(from == 0 ? HEADERS : CONTINUATION, flags, stream, java.util.Arrays.copyOfRange(block, from, to));
            }
        }

        void frame(int type, int flags, int stream, byte... payload) throws IOException {
            out.writeByte(payload.length >> 16);
            out.writeShort(payload.length);
            out.writeByte(type);
            out.writeByte(flags);
            out.writeInt(stream);
            out.write(payload);
        }

        private String path(int stream, byte[] block) throws IOException {
            try {
                return headers.decodeHeaders(stream, Unpooled.wrappedBuffer(block))
                        .path()
                        .toString();
            } catch (Http2Exception e) {
                throw new IOException(e);
            }
        }
    }

    private static Json json(String text) {
        return Json.newBuilder().setValue(ByteString.copyFromUtf8(text)).build();
    }

    private static byte[] framed(MessageLite message) {
        ByteArrayOutputStream framed = new ByteArrayOutputStream();
        framed.write(0); // not compressed
        framed.writeBytes(fourBytes(message.getSerializedSize()));
        framed.writeBytes(message.toByteArray());
        return framed.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, String name, String value) {
        block.write(0); // with a new name, not to be remembered
        string(block, name);
        string(block, value);
    }

    /** RFC 7541, sections 5.1 and 5.2, without Huffman's code. */
    private static void string(ByteArrayOutputStream block, String text) {
        int length = text.length();
        if (length < 127) {
            block.write(length);
        } else {
            block.write(127);
            for (length -= 127; length >= 128; length >>= 7) {
                block.write(length & 127 | 128);
            }
            block.write(length);
        }
        block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] fourBytes(int number) {
        return new byte[] {(byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number};
    }
}
