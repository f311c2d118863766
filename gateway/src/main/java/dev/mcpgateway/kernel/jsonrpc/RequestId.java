// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.jsonrpc;

import dev.mcpgateway.kernel.json.Utf8Writer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;

/** A request's id, kept as the client spelled it (JSON-RPC 2.0, section 4: a string or an integer). Immutable. */
public final class RequestId {

    /** Bytes: ids are kept while calls run, and echoed. */
    static final int MAX_LENGTH = 1_024;

    private final byte[] spelling;

    RequestId(byte[] text, int from, int to) {
        spelling = Arrays.copyOfRange(text, from, to);
    }

    /** The id that a notification names; a string is spelled anew, so an unusual spelling is not recognised. */
    public static RequestId of(JsonNode id) {
        Utf8Writer spelled = new Utf8Writer(32);
        if (id.isString()) {
            spelled.string(id.stringValue());
        } else {
            spelled.raw(id.asString(""));
        }
        return new RequestId(spelled.buffer(), 0, spelled.length());
    }

    /** Appends it as it came. */
    public void write(Utf8Writer out) {
        out.raw(spelling);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RequestId id && Arrays.equals(spelling, id.spelling);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(spelling);
    }

    /** As it came; for people. */
    @Override
    public String toString() {
        return new String(spelling, StandardCharsets.UTF_8);
    }
}
