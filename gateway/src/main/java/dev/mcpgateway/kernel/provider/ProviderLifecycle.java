// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.provider.Failure.Kind;
import dev.mcpgateway.kernel.provider.Offering.LeftOut;
import dev.mcpgateway.kernel.provider.Slot.Terms;
import dev.mcpgateway.kernel.provider.Status.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The life of one provider: opened, discovered, lost, found again, changed over to other terms, removed. Whatever happens
 * to it is told to the control thread, the only one that touches this object's fields and changes the slot.
 *
 * <p>Other terms open a new {@link Binding} beside the one that serves. When it has been discovered, calls go there, and the
 * old one is closed when its own calls have ended (docs/adr/0017).
 */
final class ProviderLifecycle {

    private static final Log LOG = Log.named("provider");

    /** How long a newcomer may take before those who cannot wait for it are told. */
    static final Duration PATIENCE = Duration.ofMillis(2_500);

    private static final Duration LAST_CALLS = Duration.ofSeconds(30);

    /** Who has found a removed provider in an earlier catalog has submitted the call by then. */
    private static final Duration STALE_CATALOGS = Duration.ofSeconds(1);

    private final Slot slot;
    private final Control control;
    private final CompletableFuture<Void> firstDiscovery = new CompletableFuture<>();
    private final Set<Binding> bindings = ConcurrentHashMap.newKeySet(); // all that are not closed yet
    private final Set<SupervisedProcess> children = ConcurrentHashMap.newKeySet(); // likewise
    private final AtomicBoolean suspected = new AtomicBoolean();
    private final AtomicBoolean keptChanged = new AtomicBoolean();
    private boolean isStuck;

    private final StateNews news;
    private volatile String openingTrouble = "";

    private Binding binding;
    private boolean isInSlot;
    private @Nullable Binding successor;
    private @Nullable Takeover held; // what the successor waits for, where it must not take over by itself
    private String successorsTrouble = "";
    private boolean isOverdue;
    private @Nullable Future<?> patience;

    ProviderLifecycle(Slot slot, Control control, Optional<SupervisedProcess> child) {
        this.slot = slot;
        this.control = control;
        this.news = new StateNews(slot.name(), control);
        this.binding = new Binding(this, slot, slot.terms(), child, control);
        bindings.add(binding);
        child.ifPresent(children::add);
        slot.whenSuspected(this::suspected);
        slot.kept().whenChanged(this::keptHaveChanged);
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
        return new ArrayList<>(children);
    }

    /** There is a plugin now that can open it. */
    void acceptOpener(ProviderOffer.Opener with) {
        control.run(() -> {
            binding.openWith(with);
            if (slot.status().state() == State.WAITING) {
                status(State.DISCONNECTED, "is not connected yet");
            }
            binding.ask();
        });
    }

    /** No plugin offers its type, and none is coming for now. */
    void typeIsMissing() {
        control.run(() -> {
            if (!binding.canOpen()) {
                status(
                        State.WAITING,
                        "is unavailable: no plugin offers type '" + slot.terms().type() + "'");
                onAsked();
            }
        });
    }

    /** Other terms for the same instance: what only the kernel looks at. */
    void agree(Terms terms) {
        control.run(() -> {
            if (successor != null) {
                successor.terms(terms);
                return;
            }
            binding.terms(terms);
            slot.terms(terms);
            binding.hint();
            control.changed();
        });
    }

    /**
     * What a changeover is about.
     *
     * @param child the process; the one there was, unless it is to be another one
     * @param opener empty while no plugin offers the type
     * @param isOldUnwanted whether calls must not go on as before, even where the new way leads nowhere: another address
     */
    record Changeover(
            Terms terms,
            Optional<SupervisedProcess> child,
            Optional<ProviderOffer.Opener> opener,
            boolean isOldUnwanted) {}

    /** Opens a new instance beside the old one, and gives it the calls when it has been discovered. */
    void changeOver(Changeover to) {
        to.child.ifPresent(children::add); // at once: an end that comes before the control thread must know of it
        control.run(() -> {
            dropSuccessor();
            Binding next = new Binding(this, slot, to.terms, to.child, control);
            bindings.add(next);
            to.opener.ifPresent(next::openWith);
            if (!canRunBeside(to.child)) {
                status(State.DISCONNECTED, "is unavailable: its process is being replaced");
                takeOver(next, () -> start(next));
            } else if (to.opener.isEmpty() || !slot.status().isAvailable()) {
                if (to.opener.isEmpty()) {
                    status(State.WAITING, "is unavailable: no plugin offers type '" + to.terms.type() + "'");
                } else if (slot.status().state() == State.WAITING) {
                    status(State.DISCONNECTED, "is not connected yet");
                }
                takeOver(next, () -> {});
                start(next);
            } else {
                successor = next;
                successorsTrouble = "";
                patience = control.schedule(
                        () -> patienceIsOver(next, to.isOldUnwanted), PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
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
            successor = next;
            successorsTrouble = "";
            held = takeover;
            start(next);
        });
        return takeover;
    }

    /** On the control thread. Returns false where something else has come between. */
    boolean takeOver(Takeover prepared) {
        if (held != prepared) {
            return false;
        }
        if (prepared.offering().isEmpty()) { // the one before was down when that was decided, and may be back
            status(State.DISCONNECTED, "is unavailable: another version of its plugin has not answered yet");
        }
        takeOver(prepared.binding(), () -> {});
        prepared.offering().ifPresent(offering -> discovered(prepared.binding(), offering, true));
        control.say(
                false, slot.name(), "provider '" + slot.name() + "' has changed over to another version of its plugin");
        return true;
    }

    void abandon(Takeover prepared) {
        control.run(() -> {
            if (held == prepared) {
                dropSuccessor();
            }
        });
    }

    /** Its type has gone with the plugin; its process stays, since a plugin may come that offers the type again. */
    void typeIsGone(Terms terms) {
        control.run(() -> {
            dropSuccessor();
            Binding next = new Binding(this, slot, terms, binding.child(), control);
            bindings.add(next);
            status(State.WAITING, "is unavailable: no plugin offers type '" + terms.type() + "'");
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
            control.schedule(
                    () -> slot.whenIdle()
                            .toCompletableFuture()
                            .copy()
                            .completeOnTimeout(null, LAST_CALLS.toNanos(), TimeUnit.NANOSECONDS)
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
            children().forEach(this::close);
            gone.run();
        });
    }

    /**
     * Releases the instances; on a thread that may wait.
     *
     * @param why behind {@code provider 'NAME' }, for calls that come all the same
     */
    void close(String why) {
        control.run(() -> bindings.forEach(Binding::stop));
        slot.close(why);
        bindings.forEach(Binding::close);
    }

    // told on the control thread

    void childListens(SupervisedProcess child) {
        for (Binding each : both()) {
            if (each.child().filter(child::equals).isPresent()) {
                each.reconnect();
                each.ask();
            }
        }
    }

    void childDied(SupervisedProcess child, String reason) {
        for (Binding each : both()) {
            if (each.child().filter(child::equals).isPresent()) {
                lost(each, "is unavailable: its process " + reason);
                if (each == binding) {
                    onAsked();
                }
            }
        }
    }

    void discovered(Binding from, Offering offering, boolean isFirst) {
        if (from == successor && held != null) {
            held.onReady(offering);
            return;
        }
        if (from == successor) {
            takeOver(from, () -> {});
            control.say(false, slot.name(), "provider '" + slot.name() + "' has changed over to its new settings");
        }
        if (from != binding) {
            return;
        }
        isOverdue = false;
        if (!isInSlot) {
            slot.replace(from.terms(), from.provider().orElse(null));
            isInSlot = true;
        }
        boolean isNew = offering != slot.offering() || isFirst;
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
        if (isStuck(from)) {
            onAsked();
            return;
        }
        if (!slot.status().isAvailable()) {
            slot.status(Status.now(State.CONNECTED, ""));
            news.say(false, "provider '" + slot.name() + "' is connected: " + offering.summary());
            control.changed();
        } else if (isNew) {
            control.changed();
        }
        onAsked();
    }

    /** @param isRefusal whether the plugin says that such a provider cannot be: then trying again is of no use */
    void discoveryFailed(Binding from, Failure failure, boolean isRefusal) {
        if (from == successor) {
            successorsTrouble = failure.text();
            if (held != null) {
                held.onTrouble(failure.text());
            } else if (isRefusal) {
                dropSuccessor();
                control.say(
                        true,
                        slot.name(),
                        "provider '" + slot.name() + "' keeps its earlier settings, since with the new ones it "
                                + failure.text());
            }
        } else if (from == binding) {
            if (failure.kind() == Kind.TIMED_OUT && slot.status().isAvailable()) {
                onSlowList();
            } else {
                boolean reached = failure.kind() != Kind.UNAVAILABLE && failure.kind() != Kind.TIMED_OUT;
                status(reached ? State.ERROR : State.DISCONNECTED, failure.text());
            }
            onAsked();
        }
    }

    /** That is no reason to refuse its calls: each of them has a deadline of its own. Said once, until it answers. */
    private void onSlowList() {
        if (!isOverdue) {
            isOverdue = true;
            control.say(
                    true,
                    slot.name(),
                    "provider '" + slot.name() + "' did not list what it offers within "
                            + Slot.seconds(slot.terms().timeout())
                            + ": what it listed last stands, and it is asked again");
        }
    }

    void lost(Binding from, String reason) {
        if (from == successor) {
            successorsTrouble = reason;
        } else if (from != binding) {
            return;
        }
        boolean isNews = from != binding || slot.status().isAvailable();
        if (from == binding && slot.status().state() != State.WAITING) {
            status(State.DISCONNECTED, reason);
        }
        if (isNews && !from.isAsking()) { // else the next question is planned, and another reason is none to put it off
            from.askLater(Binding.RETRY);
        }
    }

    /** @param trouble behind {@code provider 'NAME' }; empty where it has been opened */
    void openingFailed(Binding from, String trouble) {
        if (from == binding || (from == successor && held == null)) { // else it is the newcomer's jar that has it
            openingTrouble = trouble;
        }
    }

    /** Whoever waits for the first list waits no longer for this one. */
    void onSlowOpening(Binding from) {
        if (from == binding) {
            onAsked();
        }
    }

    void onUp(Binding from) {
        if (from == successor || (from == binding && !slot.status().isAvailable())) {
            from.ask();
        }
    }

    // of the control thread

    private List<Binding> both() {
        return successor == null ? List.of(binding) : List.of(binding, successor);
    }

    /** Calls that are over keep their threads, all that there may be, or one of them has come back. Of any thread. */
    private void keptHaveChanged() {
        if (keptChanged.compareAndSet(false, true)) {
            control.run(() -> {
                keptChanged.set(false);
                boolean wasStuck = isStuck;
                isStuck = slot.isStuck();
                if (isStuck && slot.status().state() != State.WAITING) {
                    status(State.ERROR, slot.kept().inWords());
                } else if (wasStuck) {
                    binding.ask();
                }
            });
        }
    }

    /** Whether it is no use to ask, since nothing could be called. On the control thread. */
    boolean isStuck(Binding asked) {
        return asked == binding && isInSlot && slot.isStuck();
    }

    /** A call has found it unavailable: it is asked now, not at its next refresh. Of any thread, many at once. */
    private void suspected() {
        if (suspected.compareAndSet(false, true)) {
            control.run(() -> {
                suspected.set(false);
                binding.hint();
            });
        }
    }

    /** Two processes can listen on two private sockets, but not on one address. */
    private boolean canRunBeside(Optional<SupervisedProcess> newcomer) {
        Optional<SupervisedProcess> before = binding.child();
        return newcomer.isEmpty()
                || before.isEmpty()
                || newcomer.get() == before.get()
                || !newcomer.get().address().equals(before.get().address());
    }

    private void start(Binding next) {
        next.child().ifPresent(child -> child.start(this));
        next.ask();
    }

    private void patienceIsOver(Binding next, boolean isOldUnwanted) {
        if (successor != next) {
            return;
        }
        String trouble =
                successorsTrouble.isEmpty() ? "has not answered within " + Slot.seconds(PATIENCE) : successorsTrouble;
        if (isOldUnwanted) {
            status(State.DISCONNECTED, trouble);
            takeOver(next, () -> {});
        } else {
            control.say(
                    true,
                    slot.name(),
                    "provider '" + slot.name()
                            + "' is served as before until its new settings lead somewhere: with them it " + trouble);
        }
    }

    /** From here on calls go to the newcomer. The one before is closed when its calls have ended; then that is told. */
    private void takeOver(Binding next, Runnable afterwards) {
        Binding before = binding;
        binding = next;
        successor = null;
        held = null;
        openingTrouble = "";
        cancelPatience();
        before.stop();
        Optional<Provider> provider = next.provider();
        Optional<Instance> left = slot.replace(next.terms(), provider.orElse(null));
        isInSlot = provider.isPresent();
        CompletableFuture<Void> idle =
                left.map(Instance::idle).orElseGet(() -> CompletableFuture.completedFuture(null));
        idle.copy()
                .completeOnTimeout(null, LAST_CALLS.toNanos(), TimeUnit.NANOSECONDS)
                .thenRun(() -> control.runBlocking(() -> {
                    close(before);
                    before.child().filter(child -> isUnused(child, next)).ifPresent(this::close);
                    control.run(afterwards);
                }));
    }

    private static boolean isUnused(SupervisedProcess child, Binding by) {
        return by.child().filter(child::equals).isEmpty();
    }

    private void dropSuccessor() {
        Binding unwanted = successor;
        if (unwanted == null) {
            return;
        }
        Binding stays = binding;
        successor = null;
        openingTrouble = "";
        if (held != null) {
            held.drop();
            held = null;
        }
        cancelPatience();
        unwanted.stop();
        control.runBlocking(() -> {
            close(unwanted);
            unwanted.child().filter(child -> isUnused(child, stays)).ifPresent(this::close);
        });
    }

    private void close(Binding unused) {
        bindings.remove(unused);
        unused.close();
    }

    private void close(SupervisedProcess unused) {
        unused.close();
        children.remove(unused);
    }

    private void cancelPatience() {
        if (patience != null) {
            patience.cancel(false);
            patience = null;
        }
    }

    private void status(State state, String reason) {
        Status before = slot.status();
        if (before.state() == state && before.reason().equals(reason)) {
            return;
        }
        slot.status(before.state() == state ? new Status(state, before.since(), reason) : Status.now(state, reason));
        news.say(true, "provider '" + slot.name() + "' " + reason);
        control.changed();
    }
}
