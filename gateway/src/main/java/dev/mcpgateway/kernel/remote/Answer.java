// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.remote;

import dev.mcpgateway.api.transport.MessageStream;
import dev.mcpgateway.api.transport.Reply;
import dev.mcpgateway.api.transport.ReplyStatus;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.mcp.Unsessioned;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/** The way back of one request, in the kernel's terms. Thread-safe. */
final class Answer {

    private static final Log LOG = Log.named("transport");
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private static final Reply NOWHERE = new Reply() {

        @Override
        public void end(ReplyStatus status, Map<String, String> headers, ByteBuffer body) {}

        @Override
        public Optional<MessageStream> stream(Map<String, String> headers) {
            return Optional.empty();
        }
    };

    private volatile Reply reply;
    private volatile Map<String, String> headers = Map.of();

    Answer(Reply reply) {
        this.reply = reply;
    }

    Reply reply() {
        return reply;
    }

    /** The request has ended, and its transport may be closed: nothing here keeps its classes. */
    void forget() {
        reply = NOWHERE;
    }

    /** A good answer will say which session it has begun. */
    void begins(String sessionId) {
        headers = Map.of("Mcp-Session-Id", sessionId);
    }

    void end(ReplyStatus status) {
        reply.end(status, Map.of(), NOTHING.duplicate());
    }

    void end(ReplyStatus status, Utf8Writer body) {
        reply.end(
                status,
                status == ReplyStatus.OK ? headers : Map.of(),
                ByteBuffer.wrap(body.buffer(), 0, body.length()));
    }

    /** A fault of ours came in between. */
    void fail(Throwable bug) {
        LOG.failure(Log.Level.ERROR, "a client's request could not be dealt with", Fields.NONE, bug);
        end(ReplyStatus.FAILED, Unsessioned.failure());
    }

    /** Says no to a request of which nothing is known but its head. */
    void refuse(ReplyStatus status, String reason) {
        end(status, Unsessioned.refusal(reason));
    }
}
