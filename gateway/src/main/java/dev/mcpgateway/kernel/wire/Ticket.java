package dev.mcpgateway.kernel.wire;

import dev.mcpgateway.kernel.json.Utf8Writer;

/** One request's place among those in flight. It ends once: with an answer, or without one. Thread-safe. */
public interface Ticket {

    /** Sends the answer; the writer must not be used afterwards. */
    void answer(Utf8Writer message);

    /** There will be no answer: the client has cancelled the request. */
    void withdraw();

    /** How many bytes of an answer still have room: less than this while the client does not read. */
    long room();
}
