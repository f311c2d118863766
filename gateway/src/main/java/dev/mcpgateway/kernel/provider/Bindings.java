// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.Provider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The bindings of one provider: the one that serves, its successor while it changes over, and those before, until they are
 * closed. Belongs to the control thread, but for what says otherwise.
 */
final class Bindings {

    /** How long calls that were let in may take to end. */
    static final Duration LAST_CALLS = Duration.ofSeconds(30);

    private final Slot slot;
    private final ControlThread control;
    private final Set<Binding> open = ConcurrentHashMap.newKeySet(); // all that are not closed yet
    private final Set<SupervisedProcess> children = ConcurrentHashMap.newKeySet(); // likewise
    private Binding serving;
    private boolean isInSlot;
    private @Nullable Successor successor;

    /** What is to take over. */
    static final class Successor {

        private final Binding binding;
        private final @Nullable Takeover held; // what it waits for, where it must not take over by itself
        private String trouble = "";
        private @Nullable Future<?> patience;

        Successor(Binding binding, @Nullable Takeover held) {
            this.binding = binding;
            this.held = held;
        }

        Binding binding() {
            return binding;
        }

        @Nullable Takeover held() {
            return held;
        }

        /** What keeps it from taking over; empty where it has just not answered yet. */
        String trouble() {
            return trouble;
        }

        void trouble(String reason) {
            trouble = reason;
        }

        void patience(@Nullable Future<?> timer) {
            patience = timer;
        }

        private void cancelPatience() {
            if (patience != null) {
                patience.cancel(false);
                patience = null;
            }
        }
    }

    Bindings(Slot slot, ControlThread control, Binding first) {
        this.slot = slot;
        this.control = control;
        this.serving = first;
        open.add(first);
        first.child().ifPresent(children::add);
    }

    Binding serving() {
        return serving;
    }

    /** Whether what serves can be called. */
    boolean isInSlot() {
        return isInSlot;
    }

    @Nullable Successor successor() {
        return successor;
    }

    /** The successor, where it is this one. */
    @Nullable Successor successor(Binding from) {
        return successor != null && successor.binding == from ? successor : null;
    }

    boolean isHeldFor(Takeover prepared) {
        return successor != null && successor.held == prepared;
    }

    /** The one that serves and its successor, where they have this process. */
    List<Binding> of(SupervisedProcess child) {
        List<Binding> its = new ArrayList<>();
        its.add(serving);
        if (successor != null) {
            its.add(successor.binding);
        }
        its.removeIf(each -> each.child().filter(child::equals).isEmpty());
        return its;
    }

    /** The processes that have not been ended; of any thread. */
    List<SupervisedProcess> children() {
        return new ArrayList<>(children);
    }

    /** Two processes can listen on two private sockets, but not on one address. */
    boolean canRunBeside(Optional<SupervisedProcess> newcomer) {
        Optional<SupervisedProcess> before = serving.child();
        return newcomer.isEmpty()
                || before.isEmpty()
                || newcomer.get() == before.get()
                || !newcomer.get().address().equals(before.get().address());
    }

    /** To be ended with the others; of any thread. */
    void add(SupervisedProcess child) {
        children.add(child);
    }

    /** To be closed with the others. */
    void add(Binding next) {
        open.add(next);
    }

    void awaitSuccessor(Successor next) {
        successor = next;
    }

    /** What serves has been discovered: calls go there. */
    void putInSlot() {
        if (!isInSlot) {
            slot.replace(serving.terms(), serving.provider().orElse(null));
            isInSlot = true;
        }
    }

    /** From here on calls go to the newcomer. The one before is closed when its calls have ended; then that is told. */
    void takeOver(Binding next, Runnable afterwards) {
        Binding before = serving;
        serving = next;
        if (successor != null) {
            successor.cancelPatience();
            successor = null;
        }
        before.stop();
        Optional<Provider> provider = next.provider();
        Optional<Instance> left = slot.replace(next.terms(), provider.orElse(null));
        isInSlot = provider.isPresent();
        CompletableFuture<Void> idle =
                left.map(Instance::idle).orElseGet(() -> CompletableFuture.completedFuture(null));
        idle.copy()
                .completeOnTimeout(null, LAST_CALLS.toNanos(), TimeUnit.NANOSECONDS)
                .thenRun(() -> control.runBlocking(() -> {
                    close(before, next);
                    control.run(afterwards);
                }));
    }

    /** Returns whether there was one. */
    boolean dropSuccessor() {
        Successor unwanted = successor;
        if (unwanted == null) {
            return false;
        }
        Binding stays = serving;
        successor = null;
        if (unwanted.held != null) {
            unwanted.held.drop();
        }
        unwanted.cancelPatience();
        unwanted.binding.stop();
        control.runBlocking(() -> close(unwanted.binding, stays));
        return true;
    }

    /** With its process, unless the other has that too. On a thread that may wait. */
    private void close(Binding unused, Binding stays) {
        open.remove(unused);
        unused.close();
        unused.child()
                .filter(child -> stays.child().filter(child::equals).isEmpty())
                .ifPresent(this::close);
    }

    private void close(SupervisedProcess unused) {
        unused.close();
        children.remove(unused);
    }

    void stopAll() {
        open.forEach(Binding::stop);
    }

    /** On a thread that may wait. */
    void closeAll() {
        open.forEach(Binding::close);
    }

    /** On a thread that may wait. */
    void closeChildren() {
        children().forEach(this::close);
    }
}
