// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.kernel.exchange.Conversation;
import dev.mcpgateway.kernel.exchange.Intake;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Sessions by their ids (MCP specification, basic/transports, Session Management). There are so many at most; where one more is
 * asked for, the one that was idle longest goes: first those that never did more than begin, then those that have waited for
 * nothing for ten minutes. Thread-safe.
 */
public final class RemoteSessions {

    private static final int MOST = 10_000;
    private static final Duration LONGEST_IDLE = Duration.ofHours(24);
    private static final Duration SPARED = Duration.ofMinutes(10);
    private static final int ID_BYTES = 16;

    private final Sessions sessions;
    private final Function<Conversation, Intake> intakes;
    private final int most;
    private final long longestIdle;
    private final long spared;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, RemoteSession> byId = new ConcurrentHashMap<>();
    private final AtomicInteger streams = new AtomicInteger();

    // In the order of their beginning, and of their last use.
    @GuardedBy("this") private final LinkedHashMap<String, RemoteSession> fresh = new LinkedHashMap<>();

    @GuardedBy("this") private final LinkedHashMap<String, RemoteSession> used = new LinkedHashMap<>(16, 0.75f, true);

    /** @param intakes makes what takes in a client's messages */
    public RemoteSessions(Sessions sessions, Function<Conversation, Intake> intakes) {
        this(sessions, intakes, MOST, LONGEST_IDLE, SPARED);
    }

    /**
     * @param longestIdle after which a session has ended
     * @param spared idle time up to which a session that was used does not make room for another
     */
    RemoteSessions(
            Sessions sessions,
            Function<Conversation, Intake> intakes,
            int most,
            Duration longestIdle,
            Duration spared) {
        this.sessions = sessions;
        this.intakes = intakes;
        this.most = most;
        this.longestIdle = longestIdle.toNanos();
        this.spared = spared.toNanos();
    }

    /** Opens one; empty where there are too many, and none that could go. */
    public Optional<RemoteSession> open() {
        byte[] bits = new byte[ID_BYTES];
        random.nextBytes(bits);
        String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        List<RemoteSession> go = new ArrayList<>();
        RemoteSession opened;
        synchronized (this) {
            removeExpired(fresh, go);
            removeExpired(used, go);
            if (byId.size() >= most) {
                Optional<RemoteSession> mostIdle = mostIdle();
                if (mostIdle.isEmpty()) {
                    return Optional.empty();
                }
                remove(mostIdle.get());
                go.add(mostIdle.get());
            }
            opened = new RemoteSession(id, this, sessions);
            byId.put(id, opened);
            fresh.put(id, opened);
        }
        go.forEach(RemoteSession::close);
        return Optional.of(opened);
    }

    /** The session of that id; empty where there is none, or none any more. */
    public Optional<RemoteSession> find(String id) {
        RemoteSession found = byId.get(id);
        if (found != null && found.idleNanos(System.nanoTime()) > longestIdle && !found.isBusy()) {
            found.end();
            return Optional.empty();
        }
        return Optional.ofNullable(found);
    }

    /** The gateway ends: what still runs, of whatever session, is answered with that. */
    public void stop() {
        byId.values().forEach(RemoteSession::stop);
    }

    /** How many there are. */
    public int count() {
        return byId.size();
    }

    /** How many of them have a stream. */
    public int streams() {
        return streams.get();
    }

    Intake intake(Session session) {
        return intakes.apply(session);
    }

    synchronized void onUse(RemoteSession session) {
        fresh.remove(session.id());
        if (byId.containsKey(session.id())) {
            used.put(session.id(), session);
        }
    }

    void onStreams(int more) {
        streams.addAndGet(more);
    }

    synchronized void forget(RemoteSession session) {
        remove(session);
    }

    @GuardedBy("this") private void remove(RemoteSession session) {
        byId.remove(session.id());
        fresh.remove(session.id());
        used.remove(session.id());
    }

    /** Those at the front that have been idle for too long; the first that has not ends the look. */
    @GuardedBy("this") private void removeExpired(Map<String, RemoteSession> inOrder, List<RemoteSession> expired) {
        long now = System.nanoTime();
        Iterator<RemoteSession> each = inOrder.values().iterator();
        while (each.hasNext()) {
            RemoteSession session = each.next();
            if (session.idleNanos(now) <= longestIdle || session.isBusy()) {
                return;
            }
            each.remove();
            byId.remove(session.id());
            expired.add(session);
        }
    }

    @GuardedBy("this") private Optional<RemoteSession> mostIdle() {
        if (!fresh.isEmpty()) {
            return Optional.of(fresh.values().iterator().next());
        }
        long now = System.nanoTime();
        Iterator<RemoteSession> byUse = used.values().iterator();
        while (byUse.hasNext()) {
            RemoteSession each = byUse.next();
            if (each.idleNanos(now) < spared) {
                return Optional.empty();
            }
            if (!each.isBusy()) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
