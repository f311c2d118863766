// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.jsonrpc;

import dev.mcpgateway.kernel.json.JsonValue;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One message of a client, taken apart (JSON-RPC 2.0, without batches). */
public sealed interface Incoming {

    /** How many arrays and objects may stand in one another in a message. */
    int MAX_DEPTH = 72;

    /** Wants an answer. */
    record Request(RequestId id, String method, Params params) implements Incoming {

        /** Bytes of memory that it holds until it is answered, about. */
        public long weight() {
            return params.weight();
        }
    }

    /** Wants none. */
    record Notification(String method, Params params) implements Incoming {}

    /**
     * Answers a request of ours.
     *
     * @param isError what {@code body} stood under: {@code error}, or {@code result}
     * @param body in its own bytes, without a tree
     */
    record Response(RequestId id, boolean isError, JsonValue body) implements Incoming {}

    /**
     * A notification or an answer that cannot be understood: it is not answered either.
     *
     * @param reason in a whole sentence, for the log
     */
    record Dropped(String reason) implements Incoming {}

    /**
     * Is refused.
     *
     * @param id empty where it is not known
     * @param code of JSON-RPC: -32700 for what is not JSON, -32600 for what is not a message
     */
    record Refused(Optional<RequestId> id, int code, String reason) implements Incoming {}

    /**
     * What stands under {@code params}.
     *
     * @param members all but {@code arguments}
     * @param arguments in its own bytes
     * @param weight bytes of memory that it holds, about: the text of the message, which the arguments are part of, and the
     *     trees that are kept of it
     */
    record Params(ObjectNode members, Optional<JsonValue> arguments, long weight) {
        /** No parameters. */
        public static final Params NONE = new Params(JsonNodeFactory.instance.objectNode(), Optional.empty(), 0);
    }

    /** Reads one message; the array is not changed any more. */
    static Incoming read(byte[] text) {
        return read(text, () -> false);
    }

    /**
     * Reads one message as long as somebody waits for it.
     *
     * @param isOver whether nobody does any more: then it comes to nothing
     */
    static Incoming read(byte[] text, BooleanSupplier isOver) {
        return new EnvelopeReader(text, isOver).read();
    }
}
