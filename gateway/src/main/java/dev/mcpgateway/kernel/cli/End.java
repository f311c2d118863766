// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.cli;

import dev.mcpgateway.kernel.config.Configuration;
import dev.mcpgateway.kernel.gateway.Gateway;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.log.LogWriter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The end of a process that serves clients: by the end of its input, by signals, or from inside. What was read is answered
 * first, and provider processes and plugins are ended (docs/running.md).
 */
final class End {

    private static final Log LOG = Log.named("gateway");
    private static final Duration FLUSH = Duration.ofMillis(500);
    private static final Duration AFTER_SIGNAL = Duration.ofSeconds(4);
    private static final Duration KILLING = Duration.ofMillis(300);
    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    /** A terminal signals its whole group, and a wrapper hands its own on: that is one signal. */
    private static final Duration SAME_WORD = Duration.ofMillis(250);

    private final Clients clients;
    private final Gateway gateway;
    private final AtomicLong signalled = new AtomicLong(); // when, on the scale of System.nanoTime(); 0 before that
    private final AtomicBoolean hasBegun = new AtomicBoolean();
    private final CountDownLatch hasEnded = new CountDownLatch(1);

    End(Clients clients, Gateway gateway) {
        this.clients = clients;
        this.gateway = gateway;
    }

    /** From now on the process ends in order, whoever ends it. */
    void prepare(Configuration configuration) {
        Signal.handle(new Signal("TERM"), this::signalled);
        Signal.handle(new Signal("INT"), this::signalled);
        // A terminal says so when it is closed; elsewhere it is the usual word for a changed configuration. Where it is
        // ignored, as by nohup, the JVM leaves it so.
        SignalHandler reload = signal -> {
            LOG.info("SIGHUP: reads " + configuration.file() + " now");
            gateway.readConfiguration();
        };
        Signal.handle(new Signal("HUP"), Boolean.getBoolean("mcpgateway.onTerminal") ? this::signalled : reload);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("exit").unstarted(() -> {
            // System.exit, by a plugin: it is trusted to, but not to lose answers
            if (hasBegun.compareAndSet(false, true)) {
                LOG.warn("the process is ended from inside: what was asked is answered first");
                clients.stop();
                end(AFTER_SIGNAL);
            } else {
                awaitTheEnd();
            }
        }));
    }

    /**
     * Waits until no client can come any more, or for a signal, and ends everything.
     *
     * @return the exit code; does not return where somebody else has given it
     */
    int await() {
        try {
            clients.awaitEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!hasBegun.compareAndSet(false, true)) {
            while (true) {
                LockSupport.park(); // the process ends on another thread
            }
        }
        end(gateway.longestCall().plusSeconds(1));
        return Exit.OK;
    }

    private void signalled(Signal signal) {
        long now = System.nanoTime() | 1;
        if (signalled.compareAndSet(0, now)) {
            gateway.hurry();
            clients.stop();
        } else if (now - signalled.get() >= SAME_WORD.toNanos()) {
            haltNow(128 + signal.getNumber());
        }
    }

    /** Whatever holds the end up does not hold this up. */
    private void haltNow(int code) {
        try {
            Thread.ofPlatform().daemon().name("kill").start(gateway::kill).join(KILLING);
        } catch (InterruptedException | RuntimeException | Error e) {
            // the next start ends what is left
        } finally {
            Runtime.getRuntime().halt(code);
        }
    }

    /** A plugin may exit while the end is under way. */
    private void awaitTheEnd() {
        try {
            hasEnded.await(LONGEST_END.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @param limit for answers, where no signal comes */
    private void end(Duration limit) {
        long begin = System.nanoTime();
        boolean isBySignal = signalled.get() != 0;
        try {
            clients.drain(() -> {
                long at = signalled.get();
                if (at == 0) {
                    return begin + limit.toNanos();
                }
                return isBySignal ? at + AFTER_SIGNAL.toNanos() : at; // the second word of a client is its last
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        gateway.close();
        LogWriter.close(FLUSH);
        hasEnded.countDown();
    }
}
