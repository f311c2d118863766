package dev.mcpgateway.kernel.cli;

import dev.mcpgateway.kernel.config.Configuration;
import dev.mcpgateway.kernel.config.ConfigurationException;
import dev.mcpgateway.kernel.config.LaunchEnvironment;
import dev.mcpgateway.kernel.gateway.Gateway;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.log.LogWriter;
import dev.mcpgateway.kernel.wire.StdioDoor;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** {@code stdio}: serves one client on stdin and stdout until its input ends or a signal comes. */
public final class Stdio {

    private static final Log LOG = Log.named("gateway");
    private static final Duration FLUSH = Duration.ofMillis(500);
    private static final Duration AFTER_SIGNAL = Duration.ofSeconds(4);

    private Stdio() {}

    /** @return the exit code */
    public static int serve(Path file, OutputStream protocol) {
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
        StdioDoor door = new StdioDoor(
                new FileInputStream(FileDescriptor.in),
                protocol,
                configuration.gateway().payloadLimit(),
                gateway.deadlines(),
                gateway.workers(),
                outlet -> gateway.protocol().open(outlet));
        door.open(); // initialize is answered while everything else starts
        gateway.start();
        gateway.protocol()
                .firstList()
                .completeOnTimeout(null, 1, TimeUnit.SECONDS)
                .thenRun(() -> {
                    LogWriter.start();
                    gateway.watchConfiguration();
                    gateway.watchPlugins();
                    Thread.ofPlatform().daemon().name("write-at-once").start(door::writeAtOnce);
                });
        AtomicBoolean signalled = new AtomicBoolean();
        SignalHandler stop = signal -> {
            if (!signalled.compareAndSet(false, true)) {
                Runtime.getRuntime().halt(128 + signal.getNumber()); // asked twice
            }
            door.stop();
        };
        Signal.handle(new Signal("TERM"), stop);
        Signal.handle(new Signal("INT"), stop);
        // A terminal says so when it is closed; elsewhere it is the usual word for a changed configuration. Where it is
        // ignored, as by nohup,
        // the JVM leaves it so.
        Signal.handle(
                new Signal("HUP"),
                Boolean.getBoolean("mcpgateway.onTerminal")
                        ? stop
                        : signal -> {
                            LOG.info("SIGHUP: reads " + configuration.file() + " now");
                            gateway.readConfiguration();
                        });
        AtomicBoolean ending = new AtomicBoolean();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("exit").unstarted(() -> {
            // System.exit, by a plugin: it is trusted to, but not to lose answers
            if (ending.compareAndSet(false, true)) {
                LOG.warn("a plugin ends the process: what was asked is answered first");
                door.stop();
                end(door, gateway, AFTER_SIGNAL);
            }
        }));
        try {
            door.awaitEndOfInput();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (ending.compareAndSet(false, true)) {
            end(
                    door,
                    gateway,
                    signalled.get() ? AFTER_SIGNAL : gateway.longestCall().plusSeconds(1));
            return Exit.OK;
        }
        return awaitTheEnd();
    }

    /** Answers what was asked, and closes everything. */
    private static void end(StdioDoor door, Gateway gateway, Duration limit) {
        try {
            door.drain(limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        gateway.close();
        LogWriter.close(FLUSH);
    }

    /** The process ends by itself, with the exit code that was given where its end began. */
    private static int awaitTheEnd() {
        while (true) {
            LockSupport.park();
        }
    }
}
