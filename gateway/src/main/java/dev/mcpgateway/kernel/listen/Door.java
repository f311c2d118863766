// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.listen;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.settings.ListenSettings;
import dev.mcpgateway.kernel.settings.ListenSettings.UnusableAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The listener of one plugin, and the versions of its transport: the one that gets connections, and those before it that finish
 * theirs. A connection is handed over under the lock, so that no version is closed in between. Thread-safe.
 */
final class Door implements Listener.Taker {

    private static final Log LOG = Log.named("transport");

    /** Connections that may wait for a version to be live, and for how long. */
    private static final int MOST_WAITING = 64;

    private static final long LONGEST_WAIT_NANOS = Duration.ofSeconds(10).toNanos();

    /** Versions that may finish what they have; one more, and the oldest is cut. */
    private static final int MOST_BEFORE = 8;

    @GuardedBy("this") private @Nullable Listener listener;

    @GuardedBy("this") private @Nullable ListenSettings settings;

    @GuardedBy("this") private @Nullable Generation current;

    @GuardedBy("this") private final ArrayDeque<Generation> before = new ArrayDeque<>();

    @GuardedBy("this") private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    @GuardedBy("this") private boolean isDraining;

    private record Waiting(SocketChannel connection, long since) {}

    /**
     * Binds, where it is not bound there already; the address before is left when that has succeeded.
     *
     * @return where it listens; empty at the end
     */
    Optional<InetSocketAddress> listen(ListenSettings wanted) throws UnusableAddress {
        Listener left;
        InetSocketAddress there;
        synchronized (this) {
            if (isDraining) {
                return Optional.empty();
            }
            Listener now = listener;
            boolean isThere =
                    now != null && settings != null && settings.address().equals(wanted.address());
            left = isThere ? null : now;
            if (now == null || !isThere) {
                now = new Listener(wanted, this);
                now.start();
                listener = now;
                LOG.info("listens on " + inWords(now.address()));
            }
            there = now.address();
            settings = wanted.within(OpenFiles.limit());
        }
        if (left != null) {
            left.close();
        }
        return Optional.of(there);
    }

    synchronized boolean isListening() {
        return listener != null;
    }

    /** The version that gets connections from now on. */
    void use(Generation next) {
        List<Generation> cut = new ArrayList<>();
        synchronized (this) {
            if (isDraining) {
                cut.add(next);
            } else {
                retireCurrent(cut);
                current = next;
                Waiting each;
                while ((each = waiting.poll()) != null) {
                    next.serve(each.connection());
                }
            }
        }
        cut.forEach(Generation::closeSoon);
    }

    void leave() {
        List<Generation> cut = new ArrayList<>();
        synchronized (this) {
            retireCurrent(cut);
        }
        cut.forEach(Generation::closeSoon);
    }

    @GuardedBy("this") private void retireCurrent(List<Generation> cut) {
        before.removeIf(Generation::isClosed);
        Generation last = current;
        current = null;
        if (last != null) {
            before.add(last);
            last.retire();
        }
        while (before.size() > MOST_BEFORE) {
            LOG.warn(
                    "an older version of a transport is cut: " + MOST_BEFORE + " others finish what they have already");
            cut.add(before.remove());
        }
    }

    synchronized int connections() {
        int all = waiting.size() + (current == null ? 0 : current.connections());
        for (Generation each : before) {
            all += each.connections();
        }
        return all;
    }

    synchronized boolean isOpen() {
        return listener != null && current != null && !isDraining;
    }

    @Override
    public boolean hasRoom() {
        int most;
        synchronized (this) {
            most = settings == null ? 0 : settings.connections();
        }
        return connections() < most;
    }

    @Override
    public void take(SocketChannel connection) {
        boolean isTaken = true;
        synchronized (this) {
            if (current != null) {
                current.serve(connection);
            } else if (waiting.size() < MOST_WAITING && !isDraining) {
                waiting.add(new Waiting(connection, System.nanoTime()));
            } else {
                isTaken = false;
            }
        }
        if (!isTaken) {
            close(connection);
        }
    }

    @Override
    public void look() {
        List<SocketChannel> late = new ArrayList<>();
        synchronized (this) {
            long now = System.nanoTime();
            Waiting first;
            while ((first = waiting.peek()) != null && now - first.since() > LONGEST_WAIT_NANOS) {
                late.add(waiting.remove().connection());
            }
        }
        late.forEach(Door::close);
    }

    void drain() {
        Listener left;
        List<SocketChannel> unserved = new ArrayList<>();
        synchronized (this) {
            isDraining = true;
            left = listener;
            waiting.forEach(each -> unserved.add(each.connection()));
            waiting.clear();
            if (current != null) {
                current.end();
            }
            before.forEach(Generation::end);
        }
        if (left != null) {
            left.close();
        }
        unserved.forEach(Door::close);
    }

    void close() {
        drain();
        List<Generation> all;
        synchronized (this) {
            all = new ArrayList<>(before);
            if (current != null) {
                all.add(current);
            }
        }
        all.forEach(Generation::close);
    }

    private static String inWords(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    private static void close(SocketChannel connection) {
        try {
            connection.close();
        } catch (IOException e) {
            // it is gone
        }
    }
}
