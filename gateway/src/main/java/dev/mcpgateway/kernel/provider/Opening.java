// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.ProviderContext;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderInstance;
import dev.mcpgateway.api.ProviderOffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One try to open a provider, on a thread of its own, which the plugin may keep: it is given up then. What comes of it all
 * the same is closed. Thread-safe.
 */
final class Opening {

    /** Told on the opening thread, one of the first two unless it was given up; then the last. */
    interface Outcome {

        void opened(ProviderInstance open);

        /**
         * @param text behind {@code provider 'NAME' }
         * @param isRefusal whether the plugin says that such a provider cannot be
         */
        void failed(String text, boolean isRefusal);

        void onThreadBack();
    }

    private final Outcome outcome;
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final Thread thread;

    Opening(String provider, ProviderOffer.Opener with, ProviderContext context, Outcome outcome) {
        this.outcome = outcome;
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("opening-" + provider)
                .unstarted(ControlThread.safely(() -> open(with, context)));
    }

    /** @throws OutOfMemoryError where the system gives no more threads */
    void start() {
        thread.start();
    }

    /** Nobody waits for it any more. Returns false where it has ended already. */
    boolean giveUp() {
        boolean isFirst = isOver.compareAndSet(false, true);
        if (isFirst) {
            thread.interrupt();
        }
        return isFirst;
    }

    private void open(ProviderOffer.Opener with, ProviderContext context) {
        try {
            ProviderInstance open = with.open(context);
            if (isOver.compareAndSet(false, true)) {
                outcome.opened(open);
            } else {
                open.close();
            }
        } catch (Exception refused) { // the gate has turned whatever it was into one of these with a text of its own
            boolean isRefusal = refused instanceof IllegalArgumentException;
            boolean hasText = refused instanceof ProviderException || isRefusal;
            if (isOver.compareAndSet(false, true)) {
                outcome.failed("cannot be opened: " + (hasText ? refused.getMessage() : "it failed"), isRefusal);
            }
        } finally {
            outcome.onThreadBack();
        }
    }
}
