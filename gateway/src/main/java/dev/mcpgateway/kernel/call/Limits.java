package dev.mcpgateway.kernel.call;

import java.util.concurrent.Executor;

/**
 * What holds for every call.
 *
 * @param payload bytes of what is passed on, either way
 * @param heavy runs what would keep a thread that others wait for
 */
record Limits(int payload, Executor heavy) {}
