package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderContext;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.provider.Failure.Kind;
import dev.mcpgateway.kernel.provider.Offering.LeftOut;
import dev.mcpgateway.kernel.provider.Status.State;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The life of one provider: opened, discovered, lost, found again. Whatever happens to it is told to the control thread,
 * the only one that touches this object's fields and changes the slot.
 */
final class Life {

    private static final Log LOG = Log.named("provider");
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration BETWEEN_CHANGES = Duration.ofMillis(250);

    private final Slot slot;
    private final Control control;
    private final boolean hasProcess;
    private final CompletableFuture<Void> firstDiscovery = new CompletableFuture<>();

    private ProviderOffer.@Nullable Opener opener;
    private boolean processListens;
    private boolean asking;
    private boolean askAgain;
    private boolean closed;
    private @Nullable Future<?> next;
    private @Nullable Capabilities last;

    /** @param hasProcess whether the gateway starts the provider itself: then it is not dialled before it listens */
    Life(Slot slot, Control control, boolean hasProcess) {
        this.slot = slot;
        this.control = control;
        this.hasProcess = hasProcess;
    }

    Slot slot() {
        return slot;
    }

    /** Completes when the first discovery has ended, well or badly. */
    CompletableFuture<Void> firstDiscovery() {
        return firstDiscovery;
    }

    /** There is a plugin now that can open it. */
    void canOpen(ProviderOffer.Opener with) {
        control.run(() -> {
            opener = with;
            if (slot.status().state() == State.WAITING) {
                status(State.DISCONNECTED, "is not connected yet");
            }
            ask();
        });
    }

    /** No plugin offers its type, and none is coming for now. */
    void typeIsMissing() {
        control.run(() -> {
            if (opener == null) {
                status(
                        State.WAITING,
                        "is unavailable: no plugin offers type '" + slot.terms().type() + "'");
                firstDiscovery.complete(null);
            }
        });
    }

    void processListens() {
        control.run(() -> {
            processListens = true;
            slot.instance().ifPresent(Provider::reconnect);
            ask();
        });
    }

    void processDied(String reason) {
        control.run(() -> {
            processListens = false;
            lost("is unavailable: its process " + reason);
            firstDiscovery.complete(null);
        });
    }

    /** Releases the instance; on a thread that may wait. */
    void close() {
        control.run(() -> {
            closed = true;
            cancelNext();
        });
        Provider instance = slot.replaceInstance(null);
        if (instance != null) {
            instance.close();
        }
    }

    private void ask() {
        if (closed || opener == null || (hasProcess && !processListens)) {
            return;
        }
        if (asking) {
            askAgain = true;
            return;
        }
        cancelNext();
        asking = true;
        askAgain = false;
        ProviderOffer.Opener with = opener;
        control.mayBlock(() -> {
            try {
                if (slot.instance().isEmpty()) {
                    slot.replaceInstance(with.open(new Context()));
                }
            } catch (
                    Exception refused) { // the gate has turned whatever it was into one of these with a text of its own
                boolean hasText = refused instanceof ProviderException || refused instanceof IllegalArgumentException;
                String text = "cannot be opened: " + (hasText ? refused.getMessage() : "it failed");
                control.run(() -> discoveryFailed(new Failure(Kind.BROKEN, text)));
                return;
            }
            slot.probe(new Question());
        });
    }

    /** {@link Provider#capabilities}, as a call like any other. */
    private final class Question extends Invocation<Capabilities> {

        Question() {
            super(
                    slot,
                    UUID.randomUUID().toString(),
                    System.nanoTime() + slot.terms().timeout().toNanos(),
                    false);
        }

        @Override
        protected CompletionStage<Capabilities> ask(Provider provider) {
            return provider.capabilities(this);
        }

        @Override
        protected void answered(Capabilities answer) {
            Capabilities before = last; // written before this question was asked, and not while it is open
            if (before != null && Offering.same(before, answer)) {
                control.run(() -> discovered(answer, slot.offering()));
                return;
            }
            control.mayBlock(() -> {
                Offering offering =
                        Offering.of(answer, slot.name(), slot.terms().prefix(), slot.offering());
                control.run(() -> discovered(answer, offering));
            });
        }

        @Override
        protected void failed(Failure failure) {
            control.run(() -> discoveryFailed(failure));
        }
    }

    private void discovered(Capabilities capabilities, Offering offering) {
        asking = false;
        boolean isNew = offering != slot.offering() || last == null;
        last = capabilities;
        if (isNew) {
            slot.offering(offering);
            for (LeftOut each : offering.leftOut()) {
                LOG.log(
                        Log.Level.WARN,
                        each.kind() + " '" + each.name() + "' of provider '" + slot.name() + "' is left out: "
                                + each.reason(),
                        Fields.NONE.withProvider(slot.name()).withCapability(each.name()));
            }
        }
        if (!slot.status().isAvailable()) {
            slot.status(Status.now(State.CONNECTED, ""));
            control.say(false, slot.name(), "provider '" + slot.name() + "' is connected: " + offering.summary());
            control.changed();
        } else if (isNew) {
            control.changed();
        }
        firstDiscovery.complete(null);
        askLater(askAgain ? BETWEEN_CHANGES : slot.terms().refresh());
    }

    private void discoveryFailed(Failure failure) {
        asking = false;
        boolean reached = failure.kind() != Kind.UNAVAILABLE && failure.kind() != Kind.TIMED_OUT;
        status(reached ? State.ERROR : State.DISCONNECTED, failure.text());
        firstDiscovery.complete(null);
        askLater(askAgain ? Duration.ZERO : RETRY);
    }

    private void lost(String reason) {
        boolean isNews = slot.status().isAvailable();
        if (slot.status().state() != State.WAITING) {
            status(State.DISCONNECTED, reason);
        }
        if (isNews && !asking) { // else the next question is planned, and another reason is none to put it off
            askLater(RETRY);
        }
    }

    private void status(State state, String reason) {
        Status before = slot.status();
        if (before.state() == state && before.reason().equals(reason)) {
            return;
        }
        slot.status(before.state() == state ? new Status(state, before.since(), reason) : Status.now(state, reason));
        control.say(true, slot.name(), "provider '" + slot.name() + "' " + reason);
        control.changed();
    }

    private void askLater(Duration delay) {
        cancelNext();
        if (!closed) {
            next = control.schedule(this::ask, delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void cancelNext() {
        if (next != null) {
            next.cancel(false);
            next = null;
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
            control.run(Life.this::ask);
        }

        @Override
        public void resourceUpdated(String uri) {}

        @Override
        public void up() {
            control.run(() -> {
                if (!slot.status().isAvailable()) {
                    ask();
                }
            });
        }

        @Override
        public void down(String reason) {
            control.run(() -> lost(reason.startsWith("is ") ? reason : "is unavailable: " + reason));
        }
    }
}
