// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.request.CorrelationId;
import dev.mcpgateway.kernel.text.PlainText;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.Workers;
import java.util.function.Supplier;

/**
 * What all requests have around them.
 *
 * @param catalogs what is offered now
 * @param barrier what nobody knows waits for it
 * @param workers run what would keep a thread that others wait for
 * @param payloadLimit bytes of what is passed on, either way
 */
record CallRoom(
        Supplier<Catalog> catalogs,
        StartupBarrier barrier,
        Deadlines deadlines,
        Workers workers,
        Interceptors interceptors,
        int payloadLimit) {

    /** Bytes up to which arguments and results are judged on the thread that brings them. */
    static final int LIGHT = 64 * 1024;
    /** Bytes up to which that takes a thread of the workers no more than some milliseconds, where the schema is cheap. */
    static final int MIDDLING = 1024 * 1024;

    private static final Log LOG = Log.named("call");

    /** The action runs after that time, unless it is taken out before; it must not block. */
    Deadlines.Entry after(long nanos, Runnable action) {
        Deadlines.Entry entry = new Deadlines.Entry(System.nanoTime() + nanos) {
            @Override
            protected void expired() {
                action.run();
            }
        };
        deadlines.add(entry);
        return entry;
    }

    /** Whoever has taken a message of a middling size apart may as well check it: a hop to another thread costs more. */
    boolean isLightHere(int bytes) {
        return bytes <= LIGHT || (bytes <= MIDDLING && workers.isOwnThread());
    }

    /** Runs that on the workers, in turn with what others want. Returns false where too much waits already. */
    boolean work(Object owner, long weight, boolean isCostly, Runnable work) {
        return isCostly ? workers.executeCostly(owner, weight, work) : workers.execute(owner, weight, work);
    }

    Catalog catalog() {
        return catalogs.get();
    }

    /**
     * That nobody has it, and which providers cannot be asked and why; fit to be shown to a client.
     *
     * @param what {@code tool}, {@code resource} or {@code prompt}
     */
    String unknown(String what, String name) {
        StringBuilder text = new StringBuilder("unknown ")
                .append(what)
                .append(" '")
                .append(name)
                .append('\'');
        String before = "; unavailable: ";
        for (Slot slot : catalog().slots()) {
            if (!slot.status().isAvailable()) {
                text.append(before).append("provider '").append(slot.name()).append("' ");
                text.append(slot.status().reason());
                before = ", ";
            }
        }
        return PlainText.of(text.toString());
    }

    /** Writes a fault of ours to the log, and says where. */
    static Outcome.Broken broken(Throwable bug, Fields fields) {
        String reference = CorrelationId.next().substring(0, 8);
        LOG.failure(Log.Level.ERROR, "a call failed inside the gateway (ref " + reference + ")", fields, bug);
        return new Outcome.Broken(reference);
    }
}
