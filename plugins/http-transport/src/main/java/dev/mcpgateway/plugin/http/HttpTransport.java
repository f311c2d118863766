// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import static java.lang.System.Logger.Level.WARNING;

import dev.mcpgateway.api.PluginContext;
import dev.mcpgateway.api.transport.ClientTransport;
import dev.mcpgateway.api.transport.TransportContext;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;

/** One version of the transport: a server of Jetty's that is handed its connections, and one thread that looks at the clock. */
final class HttpTransport implements ClientTransport {

    private static final int MOST_SELECTORS = 4;

    /** Beside the selectors: they open and close connections, and begin requests that came early. */
    private static final int OTHER_THREADS = 4;

    private static final int IDLE_THREAD_MILLIS = 60_000;
    private static final int STOP_MILLIS = 300;
    private static final int RENEWAL_MILLIS = 2_000;

    private final QueuedThreadPool threads;
    private final ScheduledThreadPoolExecutor clock;
    private final Server server;
    private final HandedConnector connector;
    private final Optional<RenewedTls> tls;
    private final Limits limits;
    private final System.Logger log;
    private volatile boolean isDraining;

    private HttpTransport(PluginContext plugin, TransportContext gateway, Settings settings, Limits limits) {
        this.limits = limits;
        log = plugin.logger();
        int selectors = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, MOST_SELECTORS);
        int most = selectors + OTHER_THREADS;
        threads = new QueuedThreadPool(most, selectors + 1, IDLE_THREAD_MILLIS, 0, null, null, plugin.threadFactory());
        threads.setStopTimeout(STOP_MILLIS);
        clock = new ScheduledThreadPoolExecutor(1, plugin.threadFactory());
        server = new Server(threads, new ScheduledExecutorScheduler(clock), null);
        server.setStopTimeout(0);
        server.setErrorHandler(new MalformedRequests());
        server.setHandler(new FrontDoor(gateway, settings, limits, log, () -> isDraining));
        HttpConnectionFactory http = new HttpConnectionFactory(configuration());
        tls = settings.tls().map(files -> new RenewedTls(files, log));
        connector = tls.isPresent()
                ? new HandedConnector(server, selectors, tls.get().factory(http.getProtocol()), http)
                : new HandedConnector(server, selectors, http);
        server.addConnector(connector);
    }

    /** @throws Exception where it cannot be started; nothing of it is left then */
    static HttpTransport open(PluginContext plugin, TransportContext gateway, Settings settings, Limits limits)
            throws Exception {
        HttpTransport transport = new HttpTransport(plugin, gateway, settings, limits);
        try {
            transport.start();
        } catch (Exception e) {
            transport.close();
            throw e;
        }
        return transport;
    }

    private void start() throws Exception {
        if (tls.isPresent()) {
            tls.get().load();
        }
        server.start();
        long period = limits.sweep().toMillis();
        clock.scheduleWithFixedDelay(this::sweep, period, period, TimeUnit.MILLISECONDS);
        tls.ifPresent(files ->
                clock.scheduleWithFixedDelay(files::renew, RENEWAL_MILLIS, RENEWAL_MILLIS, TimeUnit.MILLISECONDS));
    }

    private static HttpConfiguration configuration() {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setRequestHeaderSize(Limits.HEAD_BYTES);
        configuration.setSendServerVersion(false);
        configuration.setSendDateHeader(false);
        configuration.setSendXPoweredBy(false);
        // Strict, but for what the front door judges itself: paths as they were sent, and names of hosts.
        configuration.setHttpCompliance(
                HttpCompliance.STRICT.with("front door", HttpCompliance.Violation.UNSAFE_HOST_HEADER));
        configuration.setUriCompliance(UriCompliance.UNSAFE);
        return configuration;
    }

    @Override
    public void serve(SocketChannel connection) {
        connector.serve(connection);
    }

    @Override
    public int connections() {
        return connector.count();
    }

    @Override
    public void drain() {
        isDraining = true;
        clock.execute(this::sweep);
    }

    @Override
    public void close() {
        connector.closeAll();
        try {
            server.stop();
        } catch (Exception e) {
            log.log(WARNING, "the HTTP transport did not stop in order", e);
        }
        connector.closeAll();
        clock.shutdownNow();
    }

    private void sweep() {
        long now = System.nanoTime();
        connector.forgetClosed();
        for (ClientEndPoint connection : connector.connections()) {
            try {
                connection.check(now, limits, isDraining);
            } catch (RuntimeException e) { // the others are still to be looked at
                log.log(WARNING, "a connection is closed, for it could not be looked at", e);
                connection.close();
            }
        }
    }
}
