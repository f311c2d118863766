package dev.mcpgateway.kernel.provider;

import java.util.Optional;

/**
 * An instance by another version of a plugin, opened beside the one that serves, until it is known whether all of the
 * plugin's can take over. Thread-safe.
 */
final class Succession {

    private final Life life;
    private final Link link;
    private volatile Optional<Offering> offering = Optional.empty();
    private volatile boolean isDropped;
    private volatile String trouble = "has not answered yet";

    Succession(Life life, Link link) {
        this.life = life;
        this.link = link;
    }

    /** It has been discovered. */
    void isReady(Offering discovered) {
        offering = Optional.of(discovered);
    }

    void isInTrouble(String reason) {
        offering = Optional.empty();
        trouble = reason;
    }

    /** Something else has come between: the provider will change over by itself. */
    void isDropped() {
        isDropped = true;
    }

    /** What it offers; empty where it is not ready. */
    Optional<Offering> offering() {
        return offering;
    }

    /** Whether changing over loses nothing: it is ready, or the one before does not serve either. */
    boolean losesNothing() {
        return isDropped || offering.isPresent() || !life.slot().status().isAvailable();
    }

    /** What keeps it from being ready, in words for the operator. */
    String trouble() {
        return "provider '" + life.slot().name() + "' " + trouble;
    }

    Link link() {
        return link;
    }

    /** On the control thread. Returns false where the provider has been changed otherwise meanwhile. */
    boolean takeOver() {
        return life.takeOver(this);
    }

    void abandon() {
        life.abandon(this);
    }
}
