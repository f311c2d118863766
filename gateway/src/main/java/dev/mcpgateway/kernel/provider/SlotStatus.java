// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.provider.Offering.LeftOut;
import dev.mcpgateway.kernel.provider.Status.State;

/**
 * Puts into a slot how its provider is doing and what it offers, and says what operators are to hear of that. Belongs to the
 * control thread.
 */
final class SlotStatus {

    private static final Log LOG = Log.named("provider");

    private final Slot slot;
    private final ControlThread control;
    private final StateNews news;
    private boolean isOverdue;
    private boolean isRemoved;

    SlotStatus(Slot slot, ControlThread control) {
        this.slot = slot;
        this.control = control;
        this.news = new StateNews(slot.name(), control);
    }

    boolean isAvailable() {
        return slot.status().isAvailable();
    }

    boolean isWaiting() {
        return slot.status().state() == State.WAITING;
    }

    /** Calls wait, for a moment, until the catalog has what has changed: they find it there, and are held to its schemas. */
    void inOneStep(Runnable change) {
        slot.hold();
        try {
            change.run();
            control.passOn();
        } finally {
            slot.goOn();
        }
    }

    void waitForType(String type) {
        down(State.WAITING, "is unavailable: no plugin offers type '" + type + "'");
    }

    /** There is a plugin now that offers its type. */
    void stopWaiting() {
        if (isWaiting()) {
            down(State.DISCONNECTED, "is not connected yet");
        }
    }

    void down(State state, String reason) {
        Status before = slot.status();
        if (before.state() == state && before.reason().equals(reason)) {
            return;
        }
        slot.status(before.state() == state ? new Status(state, before.since(), reason) : Status.now(state, reason));
        news.say(true, "provider '" + slot.name() + "' " + reason);
        control.changed();
    }

    void connected(Offering offering) {
        slot.status(Status.now(State.CONNECTED, ""));
        news.say(false, "provider '" + slot.name() + "' is connected: " + offering.summary());
        control.changed();
    }

    /** It has listed this, which is not what the slot has. */
    void offers(Offering offering) {
        slot.offering(offering);
        for (LeftOut each : offering.leftOut()) {
            LOG.log(
                    Log.Level.WARN,
                    each.kind() + " '" + each.name() + "' of provider '" + slot.name() + "' is left out: "
                            + each.reason(),
                    Fields.NONE.withProvider(slot.name()).withCapability(each.name()));
        }
    }

    /** That is no reason to refuse its calls: each of them has a deadline of its own. Said once, until it answers. */
    void onSlowList() {
        if (!isOverdue) {
            isOverdue = true;
            say(
                    true,
                    "did not list what it offers within "
                            + Slot.seconds(slot.terms().timeout())
                            + ": what it listed last stands, and it is asked again");
        }
    }

    void onList() {
        isOverdue = false;
    }

    /** Nobody is to hear of it any more: it was removed, and is told of for the last time by who has removed it. */
    void endNews() {
        isRemoved = true;
        news.end();
    }

    /** @param text behind {@code provider 'NAME' } */
    void say(boolean isWarning, String text) {
        if (!isRemoved) {
            control.say(isWarning, slot.name(), "provider '" + slot.name() + "' " + text);
        }
    }
}
