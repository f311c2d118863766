// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import java.io.IOException;

/** A process that answers echo calls. Used by one thread. */
interface Subject extends AutoCloseable {

    /** @throws IOException when an answer is not the echo, or the process has ended */
    Sample call(Load load) throws IOException;

    /** Ends the process. */
    @Override
    void close();
}
