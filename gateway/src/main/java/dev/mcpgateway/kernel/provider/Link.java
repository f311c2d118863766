package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderContext;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.provider.Failure.Kind;
import dev.mcpgateway.kernel.provider.Slot.Terms;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One way to a provider: what a plugin opens by one set of terms, asked again and again what it offers. A provider has one,
 * and a second one beside it while it changes over; its {@link Life} hears what becomes of both.
 *
 * <p>Belongs to the control thread, but for what says otherwise.
 */
final class Link {

    static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration BETWEEN_CHANGES = Duration.ofMillis(250);
    private static final int REST_FOR_WORK = 4; // one whose list is long to look at may not keep a processor by hints

    private final Life life;
    private final Slot slot;
    private final Control control;
    private final Optional<Child> child;
    private final AtomicBoolean hinted = new AtomicBoolean(); // of any thread

    private volatile Terms terms;
    private ProviderOffer.@Nullable Opener opener;
    private boolean stopped;
    private boolean asking;
    private boolean askAgain;
    private long asked;
    private long betweenChanges = BETWEEN_CHANGES.toNanos();
    private @Nullable Future<?> next;
    private long nextAt;
    private volatile @Nullable Fingerprint last;
    private volatile @Nullable Offering lastOffering; // made of what has this

    private @Nullable Provider provider; // this and closed are guarded by this
    private boolean closed;

    /** @param child where the gateway starts the provider itself: then it is not dialled before it listens */
    Link(Life life, Slot slot, Terms terms, Optional<Child> child, Control control) {
        this.life = life;
        this.slot = slot;
        this.terms = terms;
        this.child = child;
        this.control = control;
        this.asked = System.nanoTime() - BETWEEN_CHANGES.toNanos();
    }

    Terms terms() {
        return terms;
    }

    void terms(Terms now) {
        terms = now;
        last = null; // what it offers is to be judged by these
    }

    Optional<Child> child() {
        return child;
    }

    boolean canOpen() {
        return opener != null;
    }

    void openWith(ProviderOffer.Opener with) {
        opener = with;
    }

    /** What is open now; of any thread. */
    synchronized Optional<Provider> provider() {
        return Optional.ofNullable(provider);
    }

    /** Its process listens: what is open need not wait until it would try again by itself. */
    void reconnect() {
        // not here: the plugin's code has no business on the control thread
        provider().ifPresent(open -> control.mayBlock(open::reconnect));
    }

    /** Opens it where that is still to be done, and asks what it offers. */
    void ask() {
        if (stopped || opener == null || !child.map(Child::listens).orElse(true)) {
            return;
        }
        if (asking) {
            askAgain = true;
            return;
        }
        cancelNext();
        asking = true;
        askAgain = false;
        asked = System.nanoTime();
        ProviderOffer.Opener with = opener;
        control.mayBlock(() -> {
            Provider open;
            try {
                open = provider().orElse(null);
                if (open == null) {
                    open = with.open(new Context());
                }
            } catch (
                    Exception refused) { // the gate has turned whatever it was into one of these with a text of its own
                boolean isRefusal = refused instanceof IllegalArgumentException;
                boolean hasText = refused instanceof ProviderException || isRefusal;
                String text = "cannot be opened: " + (hasText ? refused.getMessage() : "it failed");
                control.run(() -> failed(new Failure(Kind.BROKEN, text), isRefusal));
                return;
            }
            if (hold(open)) {
                slot.probe(new Question(), open);
            } else {
                open.close(); // nobody wants it any more
            }
        });
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
        cancelNext();
    }

    /** Releases what is open, or will be; on a thread that may wait. */
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
        life.discovered(this, offering, isFirst);
        askLater(askAgain ? Duration.ofNanos(betweenChanges) : terms.refresh());
    }

    private void failed(Failure failure, boolean isRefusal) {
        asking = false;
        if (stopped) {
            return;
        }
        life.discoveryFailed(this, failure, isRefusal);
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

        Question() {
            super(
                    slot,
                    UUID.randomUUID().toString(),
                    System.nanoTime() + terms.timeout().toNanos(),
                    false);
        }

        @Override
        protected CompletionStage<Capabilities> ask(Provider provider) {
            return provider.capabilities(this);
        }

        @Override
        protected void answered(Capabilities answer) {
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
            control.run(() -> Link.this.failed(failure, false));
        }
    }

    /** What the open instance says without being asked. */
    private final class Context implements ProviderContext {

        @Override
        public String name() {
            return slot.name();
        }

        @Override
        public System.Logger logger() {
            return Log.named("provider." + slot.name()).asSystemLogger();
        }

        @Override
        public ExecutorService executor() {
            return control.virtualThreads();
        }

        @Override
        public void changed() {
            if (hinted.compareAndSet(false, true)) { // one is enough, however many it says
                control.run(() -> {
                    hinted.set(false);
                    hint();
                });
            }
        }

        @Override
        public void resourceUpdated(String uri) {}

        @Override
        public void up() {
            control.run(() -> life.isUp(Link.this));
        }

        @Override
        public void down(String reason) {
            control.run(() -> life.lost(Link.this, reason.startsWith("is ") ? reason : "is unavailable: " + reason));
        }
    }
}
