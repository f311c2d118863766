// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.thread.PlatformOrVirtual;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Tells all sessions what concerns all of them, on a thread that there is while there is something to tell. Whoever has news leaves
 * it here and goes on, however many sessions there are. Thread-safe.
 *
 * <p>That a list has changed is told once, however often it has until then, and never dropped. Lines of the log are, past the most.
 */
final class FanOut {

    private static final Log LOG = Log.named("mcp");
    private static final int MOST_LINES = 1_024;

    private final Set<Session> sessions;
    private final AtomicBoolean isTelling = new AtomicBoolean();
    private final AtomicBoolean hasChanged = new AtomicBoolean(); // a list
    private final AtomicBoolean hasAllChanged = new AtomicBoolean();
    private final BlockingQueue<Consumer<Session>> lines = new LinkedBlockingQueue<>(MOST_LINES);

    /** @param sessions those that there are at a time; may change meanwhile */
    FanOut(Set<Session> sessions) {
        this.sessions = sessions;
    }

    void listsChanged() {
        tell(hasChanged);
    }

    void allListsChanged() {
        tell(hasAllChanged);
    }

    void say(LogLevel severity, String logger, String text) {
        if (!sessions.isEmpty() && lines.offer(session -> session.say(severity, logger, text))) {
            tell();
        }
    }

    private void tell(AtomicBoolean news) {
        if (!sessions.isEmpty()) { // who comes later is given lists as they are then
            news.set(true);
            tell();
        }
    }

    private void tell() {
        if (isTelling.compareAndSet(false, true)) {
            PlatformOrVirtual.start("fan-out", this::tellAll);
        }
    }

    private void tellAll() {
        do {
            while (hasNews()) {
                tellOnce();
            }
            isTelling.set(false);
        } while (hasNews() && isTelling.compareAndSet(false, true)); // left here since the last look
    }

    private boolean hasNews() {
        return hasChanged.get() || hasAllChanged.get() || !lines.isEmpty();
    }

    private void tellOnce() {
        if (hasAllChanged.getAndSet(false)) {
            each(Session::allListsChanged);
        }
        if (hasChanged.getAndSet(false)) {
            each(Session::listsChanged);
        }
        Consumer<Session> line = lines.poll();
        if (line != null) {
            each(line);
        }
    }

    private void each(Consumer<Session> told) {
        for (Session session : sessions) {
            try {
                told.accept(session);
            } catch (RuntimeException | Error bug) { // of ours: it costs one session this news
                LOG.failure(Log.Level.ERROR, "a client could not be told what has changed", Fields.NONE, bug);
            }
        }
    }
}
