// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.api.BlockingProvider;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderInstance;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.kernel.provider.Failure.Kind;
import dev.mcpgateway.kernel.request.RequestContext;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One way to a provider: what a plugin opens by one set of terms, asked again and again what it offers. A provider has one,
 * and a second one beside it while it changes over; its {@link ProviderLifecycle} hears what becomes of both.
 *
 * <p>Belongs to the control thread, but for what says otherwise.
 */
final class Binding {

    static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration BETWEEN_CHANGES = Duration.ofMillis(250);
    private static final int REST_FOR_WORK = 4; // one whose list is long to look at may not keep a processor by hints

    private final ProviderLifecycle lifecycle;
    private final Slot slot;
    private final ControlThread control;
    private final Optional<SupervisedProcess> child;
    private final InstanceSignals signals;

    private volatile Terms terms;
    private ProviderOffer.@Nullable Opener opener;
    private boolean stopped;
    private boolean asking;
    private boolean askAgain;
    private boolean isInside; // whether the plugin has a thread for opening or asking, and has not given it back
    private boolean isAskedForMeanwhile;
    private long asked;
    private int failedOpenings; // one after the other
    private long openAgain;
    private @Nullable Opening opening;
    private List<@Nullable Future<?>> timers = List.of(); // of the opening
    private long betweenChanges = BETWEEN_CHANGES.toNanos();
    private @Nullable Future<?> next;
    private long nextAt;
    private volatile @Nullable Fingerprint last;
    private volatile @Nullable Offering lastOffering; // made of what has this

    @GuardedBy("this") private @Nullable Provider provider;

    @GuardedBy("this") private boolean closed;

    /** @param child where the gateway starts the provider itself: then it is not dialled before it listens */
    Binding(
            ProviderLifecycle lifecycle,
            Slot slot,
            Terms terms,
            Optional<SupervisedProcess> child,
            ControlThread control) {
        this.lifecycle = lifecycle;
        this.slot = slot;
        this.terms = terms;
        this.child = child;
        this.control = control;
        this.signals = new InstanceSignals(slot, control, new Unasked());
        this.asked = System.nanoTime() - BETWEEN_CHANGES.toNanos();
    }

    Terms terms() {
        return terms;
    }

    void terms(Terms now) {
        terms = now;
        last = null; // what it offers is to be judged by these
    }

    Optional<SupervisedProcess> child() {
        return child;
    }

    boolean canOpen() {
        return opener != null;
    }

    void openWith(ProviderOffer.Opener with) {
        opener = with;
        failedOpenings = 0;
    }

    /** What is open now; of any thread. */
    synchronized Optional<Provider> provider() {
        return Optional.ofNullable(provider);
    }

    /** Its process listens: what is open need not wait until it would try again by itself. */
    void reconnect() {
        failedOpenings = 0;
        // not here: the plugin's code has no business on the control thread
        provider().ifPresent(open -> control.runBlocking(open::reconnect));
    }

    /** Opens it where that is still to be done, and asks what it offers. */
    void ask() {
        if (stopped || opener == null || !child.map(SupervisedProcess::listens).orElse(true)) {
            return;
        }
        if (lifecycle.isStuck(this)) { // perhaps for a moment only, of which nobody would be told
            askLater(RETRY);
            return;
        }
        if (asking) {
            askAgain = true;
            return;
        }
        if (isInside) { // the plugin keeps the thread that asked last: no second one is given to it
            isAskedForMeanwhile = true;
            return;
        }
        Provider open = provider().orElse(null);
        long left = openAgain - System.nanoTime();
        if (open == null && failedOpenings > 0 && left > 0) {
            askLater(Duration.ofNanos(left));
            return;
        }
        cancelNext();
        asking = true;
        askAgain = false;
        isInside = true;
        asked = System.nanoTime();
        if (open == null) {
            open(opener);
        } else {
            question(open);
        }
    }

    private void question(Provider open) {
        control.runBlocking(() -> {
            try {
                ask(open);
            } finally {
                control.run(this::onThreadBack);
            }
        });
    }

    private void open(ProviderOffer.Opener with) {
        Opening attempt = new Opening(slot.name(), with, signals, new Outcome());
        opening = attempt;
        Future<?> overdue = control.schedule(
                () -> lifecycle.onSlowOpening(this), ProviderLifecycle.PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        Future<?> limit = control.schedule(
                () -> {
                    if (attempt.giveUp()) {
                        notOpened("cannot be opened: it took longer than " + Slot.seconds(control.opening()), false);
                    }
                },
                control.opening().toNanos(),
                TimeUnit.NANOSECONDS);
        timers = Arrays.asList(overdue, limit);
        try {
            attempt.start();
        } catch (OutOfMemoryError noMoreThreads) {
            isInside = false;
            notOpened("cannot be opened: the system gives no more threads", false);
        }
    }

    /** The thread that was given to the plugin is back. */
    private void onThreadBack() {
        isInside = false;
        if (isAskedForMeanwhile) {
            isAskedForMeanwhile = false;
            ask();
        }
    }

    private void notOpened(String text, boolean isRefusal) {
        openingEnded();
        Duration pause =
                Duration.ofMillis(Math.min(RETRY.toMillis() << Math.min(failedOpenings, 10), LONGEST_PAUSE.toMillis()));
        failedOpenings++;
        openAgain = System.nanoTime() + pause.toNanos();
        asking = false;
        if (stopped) {
            return;
        }
        lifecycle.openingFailed(this, text);
        lifecycle.discoveryFailed(this, new Failure(Kind.BROKEN, text), isRefusal);
        askLater(pause);
    }

    private void openingEnded() {
        opening = null;
        for (Future<?> each : timers) {
            if (each != null) {
                each.cancel(false);
            }
        }
        timers = List.of();
    }

    /** What comes of one try, on its thread. */
    private final class Outcome implements Opening.Outcome {

        @Override
        public void opened(ProviderInstance instance) {
            Provider open = switch (instance) {
                case Provider asynchronous -> asynchronous;
                case BlockingProvider blocking -> new ThreadedProvider(slot.name(), terms.permits(), blocking);
            };
            control.run(() -> {
                openingEnded();
                failedOpenings = 0;
                lifecycle.openingFailed(Binding.this, "");
            });
            if (hold(open)) {
                ask(open);
            } else {
                open.close(); // nobody wants it any more
            }
        }

        @Override
        public void failed(String text, boolean isRefusal) {
            control.run(() -> notOpened(text, isRefusal));
        }

        @Override
        public void onThreadBack() {
            control.run(Binding.this::onThreadBack);
        }
    }

    private void ask(Provider open) {
        RequestContext request = RequestContext.arrived(slot.deadlines(), System.nanoTime());
        request.allow(terms.timeout());
        Question question = new Question(request);
        request.heldBy(question);
        request.arm();
        slot.probe(question, open);
    }

    /** Asks soon: at once, or a quarter of a second after the last time; however often this is said. */
    void hint() {
        if (asking) {
            askAgain = true;
            return;
        }
        long left = asked + betweenChanges - System.nanoTime();
        if (left <= 0) {
            ask();
        } else if (next == null || nextAt - (System.nanoTime() + left) > 0) {
            askLater(Duration.ofNanos(left));
        }
    }

    void askLater(Duration delay) {
        cancelNext();
        if (!stopped) {
            nextAt = System.nanoTime() + delay.toNanos();
            next = control.schedule(this::ask, delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    boolean isAsking() {
        return asking;
    }

    /** Asks no more, and hears nothing more. */
    void stop() {
        stopped = true;
        signals.end();
        cancelNext();
        Opening unwanted = opening;
        if (unwanted != null) {
            unwanted.giveUp();
            openingEnded();
        }
    }

    /** Releases what is open, or will be: it has been stopped before, or will be. On a thread that may wait. */
    void close() {
        Provider open;
        synchronized (this) {
            closed = true;
            open = provider;
            provider = null;
        }
        if (open != null) {
            open.close();
        }
    }

    private synchronized boolean hold(Provider open) {
        if (closed) {
            return false;
        }
        provider = open;
        return true;
    }

    private void discovered(Fingerprint fingerprint, Offering offering, long took) {
        asking = false;
        betweenChanges = Math.max(BETWEEN_CHANGES.toNanos(), took * REST_FOR_WORK);
        boolean isFirst = last == null;
        last = fingerprint;
        lastOffering = offering;
        if (stopped) {
            return;
        }
        lifecycle.discovered(this, offering, isFirst);
        askLater(askAgain ? Duration.ofNanos(betweenChanges) : terms.refresh());
    }

    private void failed(Failure failure) {
        asking = false;
        if (stopped) {
            return;
        }
        lifecycle.discoveryFailed(this, failure, false);
        askLater(askAgain ? Duration.ZERO : RETRY);
    }

    private void cancelNext() {
        if (next != null) {
            next.cancel(false);
            next = null;
        }
    }

    /** {@link Provider#capabilities}, as a call like any other. */
    private final class Question extends Invocation<Capabilities> {

        Question(RequestContext request) {
            super(slot, request, false);
        }

        @Override
        protected CompletionStage<Capabilities> ask(Provider provider) {
            return provider.capabilities(this);
        }

        @Override
        protected void answered(Capabilities answer) {
            request().done();
            control.inspect(() -> {
                long begin = System.nanoTime();
                Fingerprint fingerprint = Fingerprint.of(answer);
                Offering offeredBefore = lastOffering;
                Offering offering = fingerprint.equals(last) && offeredBefore != null
                        ? offeredBefore
                        : Offering.of(answer, slot.name(), terms.prefix(), slot.offering());
                long took = System.nanoTime() - begin;
                control.run(() -> discovered(fingerprint, offering, took));
            });
        }

        @Override
        protected void failed(Failure failure) {
            request().done();
            control.run(() -> Binding.this.failed(failure));
        }
    }

    /** What the open instance says without being asked. */
    private final class Unasked implements InstanceSignals.Listener {

        @Override
        public void changed() {
            hint();
        }

        @Override
        public void up() {
            lifecycle.onUp(Binding.this);
        }

        @Override
        public void down(String reason) {
            lifecycle.lost(Binding.this, reason.startsWith("is ") ? reason : "is unavailable: " + reason);
        }
    }
}
