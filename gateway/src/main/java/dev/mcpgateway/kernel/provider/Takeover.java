// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import java.util.Optional;

/**
 * An instance by another version of a plugin, opened beside the one that serves, until it is known whether all of the
 * plugin's can take over. Thread-safe.
 */
final class Takeover {

    private final ProviderLifecycle lifecycle;
    private final Binding binding;
    private volatile Optional<Offering> offering = Optional.empty();
    private volatile boolean isDropped;
    private volatile String trouble = "has not answered yet";

    Takeover(ProviderLifecycle lifecycle, Binding binding) {
        this.lifecycle = lifecycle;
        this.binding = binding;
    }

    /** It has been discovered. */
    void onReady(Offering discovered) {
        offering = Optional.of(discovered);
    }

    void onTrouble(String reason) {
        offering = Optional.empty();
        trouble = reason;
    }

    /** Something else has come between: the provider will change over by itself. */
    void drop() {
        isDropped = true;
    }

    /** What it offers; empty where it is not ready. */
    Optional<Offering> offering() {
        return offering;
    }

    /** Whether changing over loses nothing: it is ready, or the one before does not serve either. */
    boolean losesNothing() {
        return isDropped || offering.isPresent() || !lifecycle.slot().status().isAvailable();
    }

    /** What keeps it from being ready, in words for the operator. */
    String trouble() {
        return "provider '" + lifecycle.slot().name() + "' " + trouble;
    }

    Binding binding() {
        return binding;
    }

    /** On the control thread. Returns false where the provider has been changed otherwise meanwhile. */
    boolean takeOver() {
        return lifecycle.takeOver(this);
    }

    void abandon() {
        lifecycle.abandon(this);
    }
}
