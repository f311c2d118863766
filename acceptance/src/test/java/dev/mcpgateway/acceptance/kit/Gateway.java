// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;

/**
 * A running gateway and its one client. Closing it ends its input, waits for an exit with code 0, and asserts what holds
 * of every conversation: see {@link Client}; a test that ends it in another way says so by doing it. Thread-safe.
 */
public final class Gateway implements AutoCloseable {

    /** How long the gateway may take to end once its input has: a call's time, and then some. */
    private static final Duration DRAIN = Duration.ofSeconds(10);

    private final Process process;
    private final Runnable onKill;
    private final Client client;
    private Optional<Log> log = Optional.empty();
    private volatile boolean endedByForce;
    private volatile boolean mayBeNoisy;

    Gateway(Process process, Runnable onKill) {
        this.process = process;
        this.onKill = onKill;
        this.client = new Client(process.getOutputStream(), process.getInputStream());
    }

    public Client client() {
        return client;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it wrote to stderr so far. */
    public Log log() {
        return log.orElseThrow(() -> new IllegalStateException("nobody reads the log: call readLog() first"));
    }

    /** Begins to read stderr, where {@link Installation#startWithStalledLog} has left that out. */
    public synchronized Log readLog() {
        if (log.isEmpty()) {
            log = Optional.of(Log.of(process.getErrorStream(), "gateway-" + process.pid()));
        }
        return log.get();
    }

    public Vitals vitals() {
        return Vitals.of(process.pid());
    }

    /** Asks it to end, as a service manager does. */
    public void terminate() {
        Signal.TERM.send(process.pid());
    }

    /** Kills it outright; what was in flight needs no answer. */
    public void kill() {
        endedByForce = true;
        onKill.run();
        Signal.KILL.send(process.pid());
    }

    /** Declares that requests may stay unanswered and the exit code may be any, because of what the test does. */
    public void expectAbruptEnd() {
        endedByForce = true;
    }

    /** Declares that stderr may hold what is no line of the log, because the test makes something print. */
    public void expectNoise() {
        mayBeNoisy = true;
    }

    /** Its exit code, once it has ended. */
    public int awaitExit(Duration atMost) {
        try {
            if (!process.waitFor(atMost.toMillis(), MILLISECONDS)) {
                throw new AssertionError("the gateway still runs after " + atMost.toMillis() + " ms");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        try {
            client.closeInput();
            client.resumeReading();
            readLog();
            int exit = awaitExit(DRAIN);
            log().awaitEnd();
            assertThat(client.judge(!endedByForce)).as("broken promises").isEmpty();
            if (!mayBeNoisy) {
                assertThat(log().notJson()).as("log lines that are not JSON").isEmpty();
            }
            if (!endedByForce) {
                assertThat(exit).as("exit code").isZero();
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
