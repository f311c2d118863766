// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.transport;

import dev.mcpgateway.kernel.json.Utf8Writer;
import java.util.Optional;

/** One request's place among those in flight. It ends once: with an answer, or without one. Thread-safe. */
public interface Responder {

    /** Sends the answer; the writer must not be used afterwards. */
    void answer(Utf8Writer message);

    /** There will be no answer: the client has cancelled the request. */
    void withdraw();

    /**
     * Keeps room for an answer among those that the client has not read; to be called once, before the answer is written.
     *
     * @param size bytes that it will have
     * @return why there is no room, as words behind a semicolon; empty where there is
     */
    Optional<String> reserve(long size);
}
