// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.thread.Deadlines;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The calls of one provider that are over and whose threads have not come back. Each keeps its permit; when all permits are kept
 * the provider is of no use until one comes back, or its plugin is replaced. Thread-safe.
 */
final class KeptThreads {

    private static final Log LOG = Log.named("provider");
    /** For a thread to take note of its interruption. */
    private static final Duration GRACE = Duration.ofMillis(250);

    private static final long BETWEEN_WARNINGS = Duration.ofSeconds(60).toNanos();

    private final Slot slot;
    private final Deadlines deadlines;
    private final AtomicReference<Long> warned = new AtomicReference<>(System.nanoTime() - BETWEEN_WARNINGS);
    private volatile String example = "";
    private volatile Runnable changed = () -> {};

    KeptThreads(Slot slot, Deadlines deadlines) {
        this.slot = slot;
        this.deadlines = deadlines;
    }

    /** @param action told, on any thread, that a call keeps its thread beyond its grace, or that one has come back */
    void whenChanged(Runnable action) {
        changed = action;
    }

    void watch(Invocation<?> call) {
        deadlines.add(new Deadlines.Entry(System.nanoTime() + GRACE.toNanos()) {
            @Override
            protected void expired() {
                if (slot.keepsStill(call)) {
                    onLate(call.what());
                }
            }
        });
    }

    void cameBack() {
        changed.run();
    }

    /** Behind {@code provider 'NAME' }; empty where no thread is kept. */
    String inWords() {
        int count = slot.keptPermits();
        int permits = slot.terms().permits();
        String what = example.isEmpty() ? "" : " (e.g. of '" + example + "')";
        if (count == 0) {
            return "";
        }
        return count < permits
                ? "keeps " + count + " of its " + permits + " threads in calls that are over" + what
                : "is stuck: all its " + permits + " threads are in calls that are over" + what
                        + " and do not heed interrupts: mend or replace its plugin";
    }

    private void onLate(String what) {
        example = what;
        long now = System.nanoTime();
        Long last = warned.get();
        if (now - last >= BETWEEN_WARNINGS && warned.compareAndSet(last, now)) {
            LOG.log(
                    Log.Level.WARN,
                    "provider '" + slot.name() + "' " + inWords()
                            + "; such a call keeps its place until its thread comes back: let it end when it is interrupted",
                    Fields.NONE.withProvider(slot.name()).withCapability(what));
        }
        changed.run();
    }
}
