// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.cli;

import dev.mcpgateway.kernel.config.Configuration;
import dev.mcpgateway.kernel.gateway.Gateway;
import dev.mcpgateway.kernel.gateway.ProductVersion;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.log.LogWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** {@code serve}: serves all clients that come by transports of plugins, until a signal comes. */
final class Serve {

    private static final Log LOG = Log.named("gateway");
    private static final Duration LOOK = Duration.ofMillis(5);

    /** For answers that say no more than that it ends. */
    private static final Duration LAST_WORD = Duration.ofMillis(250);

    private Serve() {}

    /**
     * @param address where to listen, in place of what the configuration says
     * @return the exit code
     */
    static int run(Configuration configuration, Optional<String> address, PrintStream err) throws IOException {
        Gateway gateway = Gateway.listening(configuration, address);
        LogWriter.start();
        ProductVersion.slowStart().ifPresent(LOG::info);
        Comers comers = new Comers(gateway);
        End end = new End(comers, gateway);
        end.prepare(configuration);
        gateway.doors().first().whenComplete((where, unusable) -> {
            if (unusable != null) {
                comers.refuse(String.valueOf(unusable.getMessage()));
            } else {
                LOG.info("clients show no credentials: whoever is on this machine may use all that is offered");
            }
        });
        gateway.start();
        gateway.watchConfiguration();
        gateway.watchPlugins();
        int code = end.await();
        Optional<String> refusal = comers.refusal();
        refusal.ifPresent(why -> err.println("mcp-gateway: " + why));
        return refusal.isPresent() ? Exit.CONFIG : code;
    }

    /** Whoever comes. */
    private static final class Comers implements Clients {

        private final Gateway gateway;
        private final CountDownLatch hasEnded = new CountDownLatch(1);
        private volatile Optional<String> refusal = Optional.empty();

        Comers(Gateway gateway) {
            this.gateway = gateway;
        }

        /** Nobody can come. */
        void refuse(String reason) {
            refusal = Optional.of(reason);
            hasEnded.countDown();
        }

        Optional<String> refusal() {
            return refusal;
        }

        @Override
        public void awaitEnd() throws InterruptedException {
            hasEnded.await();
        }

        @Override
        public void stop() {
            hasEnded.countDown();
        }

        @Override
        public boolean drain(LongSupplier deadline) throws InterruptedException {
            gateway.doors().drain();
            if (awaitNobody(deadline)) {
                return true;
            }
            gateway.stopSessions();
            long last = System.nanoTime() + LAST_WORD.toNanos();
            awaitNobody(() -> last);
            return false;
        }

        private boolean awaitNobody(LongSupplier deadline) throws InterruptedException {
            while (gateway.doors().connections() > 0) {
                if (deadline.getAsLong() - System.nanoTime() <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
            }
            return true;
        }
    }
}
