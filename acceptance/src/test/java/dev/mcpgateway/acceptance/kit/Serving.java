// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A gateway that serves over HTTP, by {@code mcp-gateway serve} on a port of the system's choice. Closing it asks it to end, and
 * asserts that it does so in order. Thread-safe.
 */
public final class Serving implements AutoCloseable {

    private static final Pattern LISTENS = Pattern.compile("listens on \\S*:([0-9]+)");
    private static final Duration END = Duration.ofSeconds(10);

    private final Process process;
    private final Log log;
    private final int port;
    private boolean endedByForce;

    private Serving(Process process) {
        this.process = process;
        this.log = Log.of(process.getErrorStream(), "gateway-" + process.pid());
        String line = log.await("listens on").toString();
        Matcher said = LISTENS.matcher(line);
        assertThat(said.find()).as(line).isTrue();
        port = Integer.parseInt(said.group(1));
    }

    /** Starts it, and waits until it listens; clients that come now may wait a moment. */
    public static Serving start(Installation installation) {
        return new Serving(installation.launch("serve", "--listen", "127.0.0.1:0"));
    }

    public int port() {
        return port;
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** A client that has said hello. */
    public HttpMcp client() {
        return new HttpMcp(uri("/mcp")).initialize();
    }

    public Log log() {
        return log;
    }

    public Vitals vitals() {
        return Vitals.of(process.pid());
    }

    /** Asks it to end, as a service manager does. */
    public void terminate() {
        Signal.TERM.send(process.pid());
    }

    /** Its exit code, once it has ended. */
    public int awaitExit(Duration atMost) {
        try {
            assertThat(process.waitFor(atMost.toMillis(), MILLISECONDS))
                    .as("it has ended")
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Declares that the test ends it in a way that leaves its exit code open. */
    public void expectAbruptEnd() {
        endedByForce = true;
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (process.isAlive()) {
                terminate();
            }
            int code = awaitExit(END);
            log.awaitEnd();
            assertThat(log.notJson()).as("log lines that are not JSON").isEmpty();
            if (!endedByForce) {
                assertThat(code).as("exit code").isZero();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
