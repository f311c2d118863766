// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.exchange;

import dev.mcpgateway.kernel.json.Utf8Writer;
import java.util.Optional;

/** Where answers go: a transport's way back to a client. Nothing in it waits for the client. Thread-safe. */
public interface AnswerSink {

    /** Takes an answer; the writer must not be used afterwards. */
    void put(Utf8Writer answer);

    /** Takes the answer to a message that could not be understood; the writer must not be used afterwards. */
    default void refuse(Utf8Writer answer) {
        put(answer);
    }

    /** There will be no answer: none is wanted, or nobody wants it any more. */
    default void putNothing() {}

    /**
     * Keeps room for an answer that is about to be written, among those that the client has not read.
     *
     * @param size bytes that it will have
     * @return why there is no room, as words behind a semicolon; empty where there is
     */
    Optional<String> reserve(long size);

    /** The answer that room of that size was kept for has been put in, or will not be. */
    void release(long size);
}
