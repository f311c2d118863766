// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.cli;

import dev.mcpgateway.kernel.config.Configuration;
import dev.mcpgateway.kernel.config.ConfigurationException;
import dev.mcpgateway.kernel.config.LaunchEnvironment;
import dev.mcpgateway.kernel.descriptor.DescriptorOutput;
import dev.mcpgateway.kernel.descriptor.Descriptors;
import dev.mcpgateway.kernel.gateway.Gateway;
import dev.mcpgateway.kernel.gateway.ProductVersion;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.log.LogWriter;
import dev.mcpgateway.kernel.stdio.StdioTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** {@code stdio}: serves one client on stdin and stdout until its input ends or a signal comes. */
public final class Stdio {

    private static final Log LOG = Log.named("gateway");

    private Stdio() {}

    /** @return the exit code */
    public static int serve(Path file, DescriptorOutput protocol) {
        Configuration configuration;
        Gateway gateway;
        try {
            configuration = Configuration.load(file, LaunchEnvironment.variables());
            gateway = new Gateway(configuration);
        } catch (ConfigurationException refused) {
            System.err.println(refused.getMessage());
            return Exit.CONFIG;
        } catch (IOException e) {
            System.err.println("mcp-gateway: " + e.getMessage());
            return Exit.OS_ERROR;
        }
        StdioTransport door = new StdioTransport(
                Descriptors.input(),
                protocol,
                configuration.gateway().payloadLimit(),
                gateway.deadlines(),
                gateway::connect);
        door.open(); // initialize is answered while everything else starts
        gateway.start();
        gateway.firstList().completeOnTimeout(null, 1, TimeUnit.SECONDS).thenRun(() -> {
            LogWriter.start();
            ProductVersion.slowStart().ifPresent(LOG::info);
            gateway.watchConfiguration();
            gateway.watchPlugins();
            Thread.ofPlatform().daemon().name("write-at-once").start(() -> writeAtOnce(door, protocol));
        });
        End end = new End(new OneClient(door), gateway);
        end.prepare(configuration);
        return end.await();
    }

    /** The one at the other end of the pipe. */
    private record OneClient(StdioTransport door) implements Clients {

        @Override
        public void awaitEnd() throws InterruptedException {
            door.awaitEndOfInput();
        }

        @Override
        public void stop() {
            door.stop();
        }

        @Override
        public boolean drain(LongSupplier deadline) throws InterruptedException {
            return door.drain(deadline);
        }
    }

    /** Whoever brings an answer may write it, where that does not block. */
    private static void writeAtOnce(StdioTransport door, DescriptorOutput protocol) {
        protocol.prepare();
        door.writeAtOnce(protocol::hasRoom);
    }
}
