// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.wall;

import dev.mcpgateway.api.transport.MessageStream;
import dev.mcpgateway.api.transport.Reply;
import dev.mcpgateway.api.transport.ReplyStatus;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/** The way back through a plugin's transport. What that throws goes to the log: the client is its own. Thread-safe. */
final class GatedReply implements Reply {

    private final Gate gate;
    private final Reply theirs;

    GatedReply(Gate gate, Reply theirs) {
        this.gate = gate;
        this.theirs = theirs;
    }

    @Override
    public void end(ReplyStatus status, Map<String, String> headers, ByteBuffer body) {
        ClassLoader before = gate.enter();
        try {
            theirs.end(status, headers, body);
        } catch (Throwable thrown) {
            gate.report("answering a client", thrown);
        } finally {
            gate.leave(before);
        }
    }

    @Override
    public Optional<MessageStream> stream(Map<String, String> headers) {
        ClassLoader before = gate.enter();
        try {
            return theirs.stream(headers).map(stream -> new GatedStream(gate, stream));
        } catch (Throwable thrown) {
            gate.report("beginning a stream to a client", thrown);
            return Optional.empty();
        } finally {
            gate.leave(before);
        }
    }

    /** A stream of the transport's. */
    private record GatedStream(Gate gate, MessageStream theirs) implements MessageStream {

        @Override
        public boolean send(ByteBuffer message) {
            ClassLoader before = gate.enter();
            try {
                return theirs.send(message);
            } catch (Throwable thrown) {
                gate.report("sending to a client", thrown);
                return false;
            } finally {
                gate.leave(before);
            }
        }

        @Override
        public long unsent() {
            ClassLoader before = gate.enter();
            try {
                return theirs.unsent();
            } catch (Throwable thrown) {
                gate.report("asking what a client has not read", thrown);
                return 0;
            } finally {
                gate.leave(before);
            }
        }

        @Override
        public void end() {
            gate.quietly("ending a stream to a client", theirs::end);
        }
    }
}
