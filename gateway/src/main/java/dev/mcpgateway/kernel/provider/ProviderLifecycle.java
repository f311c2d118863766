// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.kernel.provider.Bindings.Successor;
import dev.mcpgateway.kernel.provider.Failure.Kind;
import dev.mcpgateway.kernel.provider.Status.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The life of one provider: opened, discovered, lost, found again, changed over to other terms, removed. Whatever happens
 * to it is told to the control thread, the only one that touches this object's fields and changes the slot.
 *
 * <p>Other terms open a new {@link Binding} beside the one that serves. When it has been discovered, calls go there, and the
 * old one is closed when its own calls have ended (docs/adr/0017).
 */
final class ProviderLifecycle {

    /** How long a newcomer may take before those who cannot wait for it are told. */
    static final Duration PATIENCE = Duration.ofMillis(2_500);

    /** Who has found a removed provider in an earlier catalog has submitted the call by then. */
    private static final Duration STALE_CATALOGS = Duration.ofSeconds(1);

    private final Slot slot;
    private final ControlThread control;
    private final CompletableFuture<Void> firstDiscovery = new CompletableFuture<>();
    private final Bindings bindings;
    private final SlotStatus status;
    private volatile String openingTrouble = "";
    private boolean isStuck;

    ProviderLifecycle(Slot slot, ControlThread control, Optional<SupervisedProcess> child) {
        this.slot = slot;
        this.control = control;
        this.status = new SlotStatus(slot, control);
        this.bindings = new Bindings(slot, control, new Binding(this, slot, slot.terms(), child, control));
        // a call has found it unavailable: it is asked now, not at its next refresh
        slot.whenSuspected(control.once(() -> bindings.serving().hint()));
        slot.kept().whenChanged(control.once(this::keptHaveChanged));
    }

    Slot slot() {
        return slot;
    }

    /** What its plugin's code does wrong, behind {@code provider 'NAME' }; empty where it does nothing wrong. Of any thread. */
    String trouble() {
        return openingTrouble.isEmpty() ? slot.kept().inWords() : openingTrouble;
    }

    /** Completes when the first discovery has ended, well or badly, or nobody waits for it any more. */
    CompletableFuture<Void> firstDiscovery() {
        return firstDiscovery;
    }

    /** Who waits for the first discovery finds its end in the catalog: that is passed on first. On the control thread. */
    private void onAsked() {
        if (!firstDiscovery.isDone()) {
            control.run(() -> firstDiscovery.complete(null));
        }
    }

    /** Its processes that have not been ended; of any thread. */
    List<SupervisedProcess> children() {
        return bindings.children();
    }

    /** There is a plugin now that can open it. */
    void acceptOpener(ProviderOffer.Opener with) {
        control.run(() -> {
            bindings.serving().openWith(with);
            status.stopWaiting();
            bindings.serving().ask();
        });
    }

    /** No plugin offers its type, and none is coming for now. */
    void typeIsMissing() {
        control.run(() -> {
            if (!bindings.serving().canOpen()) {
                status.waitForType(slot.terms().type());
                onAsked();
            }
        });
    }

    /** Other terms for the same instance: what only the kernel looks at. */
    void agree(Terms terms) {
        control.run(() -> {
            Successor successor = bindings.successor();
            if (successor != null) {
                successor.binding().terms(terms);
                return;
            }
            bindings.serving().terms(terms);
            slot.terms(terms);
            bindings.serving().hint();
            control.changed();
        });
    }

    /** Opens a new instance beside the old one, and gives it the calls when it has been discovered. */
    void changeOver(Changeover to) {
        to.child().ifPresent(bindings::add); // at once: an end that comes before the control thread must know of it
        control.run(() -> {
            dropSuccessor();
            Binding next = new Binding(this, slot, to.terms(), to.child(), control);
            bindings.add(next);
            to.opener().ifPresent(next::openWith);
            if (!bindings.canRunBeside(to.child())) {
                status.down(State.DISCONNECTED, "is unavailable: its process is being replaced");
                takeOver(next, () -> start(next));
            } else if (to.opener().isEmpty() || !status.isAvailable()) {
                if (to.opener().isEmpty()) {
                    status.waitForType(to.terms().type());
                } else {
                    status.stopWaiting();
                }
                takeOver(next, () -> {});
                start(next);
            } else {
                Successor successor = new Successor(next, null);
                bindings.awaitSuccessor(successor);
                successor.patience(control.schedule(
                        () -> patienceIsOver(successor, to.isOldUnwanted()), PATIENCE.toNanos(), TimeUnit.NANOSECONDS));
                start(next);
            }
        });
    }

    /**
     * Opens an instance by another version of a plugin beside the one that serves. It gets no calls before
     * {@link Takeover#takeOver}.
     */
    Takeover prepare(Terms terms, Optional<SupervisedProcess> child, ProviderOffer.Opener with) {
        Binding next = new Binding(this, slot, terms, child, control);
        Takeover takeover = new Takeover(this, next);
        control.run(() -> {
            dropSuccessor();
            bindings.add(next);
            next.openWith(with);
            bindings.awaitSuccessor(new Successor(next, takeover));
            start(next);
        });
        return takeover;
    }

    /** On the control thread. Returns false where something else has come between. */
    boolean takeOver(Takeover prepared) {
        if (!bindings.isHeldFor(prepared)) {
            return false;
        }
        if (prepared.offering().isEmpty()) { // the one before was down when that was decided, and may be back
            status.down(State.DISCONNECTED, "is unavailable: another version of its plugin has not answered yet");
        }
        status.inOneStep(() -> {
            takeOver(prepared.binding(), () -> {});
            prepared.offering().ifPresent(offering -> discovered(prepared.binding(), offering, true));
        });
        status.say(false, "has changed over to another version of its plugin");
        return true;
    }

    void abandon(Takeover prepared) {
        control.run(() -> {
            if (bindings.isHeldFor(prepared)) {
                dropSuccessor();
            }
        });
    }

    /** Its type has gone with the plugin; its process stays, since a plugin may come that offers the type again. */
    void typeIsGone(Terms terms) {
        control.run(() -> {
            dropSuccessor();
            Binding next = new Binding(this, slot, terms, bindings.serving().child(), control);
            bindings.add(next);
            status.waitForType(terms.type());
            takeOver(next, () -> {});
            onAsked();
        });
    }

    /**
     * It is no longer wanted: calls that were let in end, 30 s at most, then everything of it is closed.
     *
     * @param why behind {@code provider 'NAME' }
     * @param gone told when that is done
     */
    void leave(String why, Runnable gone) {
        control.run(() -> {
            dropSuccessor();
            onAsked();
            status.endNews();
            control.schedule(
                    () -> slot.whenIdle()
                            .toCompletableFuture()
                            .copy()
                            .completeOnTimeout(null, Bindings.LAST_CALLS.toNanos(), TimeUnit.NANOSECONDS)
                            .thenRun(() -> control.run(() -> end(why, gone))),
                    STALE_CATALOGS.toNanos(),
                    TimeUnit.NANOSECONDS);
        });
    }

    private void end(String why, Runnable gone) {
        slot.whenSuspected(() -> {}); // a client's last list may know the slot for days, and through it the plugin
        slot.kept().whenChanged(() -> {});
        control.runBlocking(() -> {
            close(why);
            bindings.closeChildren();
            gone.run();
        });
    }

    /**
     * Releases the instances; on a thread that may wait.
     *
     * @param why behind {@code provider 'NAME' }, for calls that come all the same
     */
    void close(String why) {
        control.run(bindings::stopAll);
        slot.close(why);
        bindings.closeAll();
    }

    // told on the control thread

    void childListens(SupervisedProcess child) {
        for (Binding each : bindings.of(child)) {
            each.reconnect();
            each.ask();
        }
    }

    void childDied(SupervisedProcess child, String reason) {
        for (Binding each : bindings.of(child)) {
            lost(each, "is unavailable: its process " + reason);
            if (each == bindings.serving()) {
                onAsked();
            }
        }
    }

    void discovered(Binding from, Offering offering, boolean isFirst) {
        assert control.isThisThread();
        Successor successor = bindings.successor(from);
        if (successor != null) {
            Takeover held = successor.held();
            if (held != null) {
                held.onReady(offering);
                return;
            }
            status.inOneStep(() -> {
                takeOver(from, () -> {});
                listed(from, offering, isFirst);
            });
            status.say(false, "has changed over to its new settings");
            return;
        }
        listed(from, offering, isFirst);
    }

    private void listed(Binding from, Offering offering, boolean isFirst) {
        if (from != bindings.serving()) {
            return;
        }
        status.onList();
        bindings.putInSlot();
        boolean isNew = offering != slot.offering() || isFirst;
        if (isNew) {
            status.offers(offering);
        }
        boolean canBeCalled = !isStuck(from);
        if (canBeCalled && !status.isAvailable()) {
            status.connected(offering);
        } else if (canBeCalled && isNew) {
            control.changed();
        }
        onAsked();
    }

    /** @param isRefusal whether the plugin says that such a provider cannot be: then trying again is of no use */
    void discoveryFailed(Binding from, Failure failure, boolean isRefusal) {
        assert control.isThisThread();
        Successor successor = bindings.successor(from);
        if (successor != null) {
            successor.trouble(failure.text());
            Takeover held = successor.held();
            if (held != null) {
                held.onTrouble(failure.text());
            } else if (isRefusal) {
                dropSuccessor();
                status.say(true, "keeps its earlier settings, since with the new ones it " + failure.text());
            }
        } else if (from == bindings.serving()) {
            if (failure.kind() == Kind.TIMED_OUT && status.isAvailable()) {
                status.onSlowList();
            } else {
                boolean reached = failure.kind() != Kind.UNAVAILABLE && failure.kind() != Kind.TIMED_OUT;
                status.down(reached ? State.ERROR : State.DISCONNECTED, failure.text());
            }
            onAsked();
        }
    }

    void lost(Binding from, String reason) {
        assert control.isThisThread();
        Successor successor = bindings.successor(from);
        boolean isServing = from == bindings.serving();
        if (successor != null) {
            successor.trouble(reason);
        } else if (!isServing) {
            return;
        }
        boolean isNews = !isServing || status.isAvailable();
        if (isServing && !status.isWaiting()) {
            status.down(State.DISCONNECTED, reason);
        }
        if (isNews && !from.isAsking()) { // else the next question is planned, and another reason is none to put it off
            from.askLater(Binding.RETRY);
        }
    }

    /** @param trouble behind {@code provider 'NAME' }; empty where it has been opened */
    void openingFailed(Binding from, String trouble) {
        Successor successor = bindings.successor(from);
        boolean takesOverByItself = successor != null && successor.held() == null;
        if (from == bindings.serving() || takesOverByItself) { // else it is the newcomer's jar that has it
            openingTrouble = trouble;
        }
    }

    /** Whoever waits for the first list waits no longer for this one. */
    void onSlowOpening(Binding from) {
        if (from == bindings.serving()) {
            onAsked();
        }
    }

    void onUp(Binding from) {
        boolean isServing = from == bindings.serving();
        if (bindings.successor(from) != null || (isServing && !status.isAvailable())) {
            from.ask();
        }
    }

    // of the control thread

    /** Calls that are over keep their threads, all that there may be, or one of them has come back. */
    private void keptHaveChanged() {
        boolean wasStuck = isStuck;
        isStuck = slot.isStuck();
        if (isStuck && !status.isWaiting()) {
            status.down(State.ERROR, slot.kept().inWords());
        } else if (wasStuck) {
            bindings.serving().ask();
        }
    }

    /** Whether it is no use to ask, since nothing could be called. On the control thread. */
    boolean isStuck(Binding asked) {
        return asked == bindings.serving() && bindings.isInSlot() && slot.isStuck();
    }

    private void start(Binding next) {
        next.child().ifPresent(child -> child.start(this));
        next.ask();
    }

    private void patienceIsOver(Successor next, boolean isOldUnwanted) {
        if (bindings.successor() != next) {
            return;
        }
        String trouble =
                next.trouble().isEmpty() ? "has not answered within " + Slot.seconds(PATIENCE) : next.trouble();
        if (isOldUnwanted) {
            status.down(State.DISCONNECTED, trouble);
            takeOver(next.binding(), () -> {});
        } else {
            status.say(true, "is served as before until its new settings lead somewhere: with them it " + trouble);
        }
    }

    private void takeOver(Binding next, Runnable afterwards) {
        openingTrouble = "";
        bindings.takeOver(next, afterwards);
    }

    private void dropSuccessor() {
        if (bindings.dropSuccessor()) {
            openingTrouble = "";
        }
    }
}
