// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import java.time.Duration;

/**
 * How long things may take. All are looked at once in {@link #sweep}, so each may take that much longer.
 *
 * @param head from a request's first byte to the end of its head
 * @param body from when the gateway has let a request in to the end of its body
 * @param idle between two requests
 * @param linger from our last byte of a connection to the client's
 * @param stalled without a byte that the client takes
 * @param silence of a stream, until it is kept alive by a comment
 * @param patience with a call, until its answer is begun as a stream
 * @param settled without a request, for a connection to carry nothing when the transport is drained
 */
record Limits(
        Duration head,
        Duration body,
        Duration idle,
        Duration linger,
        Duration stalled,
        Duration silence,
        Duration patience,
        Duration settled,
        Duration sweep) {

    /** Bytes of a request's head. */
    static final int HEAD_BYTES = 8 * 1024;

    static final int HEADER_FIELDS = 100;

    /** Bytes that may wait for a client that reads too slowly; a stream that has more when the next message comes is closed. */
    static final int UNSENT_BYTES = 1024 * 1024;

    static final Limits DEFAULT = new Limits(
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(75),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(14),
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofMillis(500));
}
