// SPDX-License-Identifier: Apache-2.0
/**
 * What the gateway says to its operator: one JSON object per line on standard error.
 *
 * <p>{@link dev.mcpgateway.kernel.log.Log} takes a line from any thread and never blocks: it puts it into a bounded
 * queue. {@link dev.mcpgateway.kernel.log.LogWriter} owns the one thread that lays the lines out with log4j and writes
 * them. log4j costs 80 to 100 ms to start, so the lines of the first moments wait in the queue.
 */
@NullMarked
package dev.mcpgateway.kernel.log;

import org.jspecify.annotations.NullMarked;
