// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc.tls;

import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.api.ProviderException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * TLS to one provider, by files that may change while they are in use. They are read again every second; what cannot be
 * used, half-written files for one, leaves in force what was read before. While there is nothing usable at all no
 * connection is made. Thread-safe.
 *
 * <p>Nothing of this package is loaded for providers without {@code tls:}.
 */
public final class Tls implements AutoCloseable {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Set<Path> OPEN_KEYS = ConcurrentHashMap.newKeySet(); // that were warned of

    private final ProviderConfig.Tls config;
    private final System.Logger log;
    private final AtomicBoolean looks = new AtomicBoolean();
    private volatile @Nullable SslContext inForce;
    private volatile String trouble = "";
    private volatile Runnable changed = () -> {};
    private volatile @Nullable Future<?> looking;

    // of the one look that is going on
    private String fingerprintInForce = "";
    private String lastSeen = "";
    private String untold = "";

    private Tls(ProviderConfig.Tls config, System.Logger log) {
        this.config = config;
        this.log = log;
    }

    /** Reads the files, now and from now on; to be called where waiting for a disk is allowed. */
    public static Tls of(
            ProviderConfig.Tls config,
            ScheduledExecutorService scheduler,
            ExecutorService executor,
            System.Logger log) {
        Tls tls = new Tls(config, log);
        tls.look();
        tls.looking = scheduler.scheduleWithFixedDelay(
                () -> tls.lookOn(executor), BETWEEN_LOOKS.toNanos(), BETWEEN_LOOKS.toNanos(), TimeUnit.NANOSECONDS);
        return tls;
    }

    /** @param action run when other files have come into force: connections that were made before are to be replaced */
    public void onChange(Runnable action) {
        changed = action;
    }

    /**
     * Makes the channel speak TLS, and nothing else.
     *
     * @throws ProviderException when the files cannot be used
     */
    public void secure(NettyChannelBuilder channel) {
        SslContext context = inForce;
        if (context == null) {
            throw new ProviderException(ProviderException.Code.UNAVAILABLE, "is unavailable: TLS: " + trouble);
        }
        channel.sslContext(context);
    }

    @Override
    public void close() {
        changed = () -> {};
        Future<?> now = looking;
        if (now != null) {
            now.cancel(false);
        }
    }

    private void lookOn(ExecutorService executor) {
        try {
            executor.execute(this::look);
        } catch (RejectedExecutionException closing) {
            // the scheduler ends next
        }
    }

    private void look() {
        if (!looks.compareAndSet(false, true)) {
            return; // the disk takes its time
        }
        try {
            lookAt(PemFiles.read(config));
        } catch (UnusableException e) {
            if (isNews(e.reason())) {
                refuse(e.reason());
            }
        } finally {
            looks.set(false);
        }
    }

    private void lookAt(PemFiles files) {
        String fingerprint = files.fingerprint();
        if (!isNews(fingerprint) || fingerprint.equals(fingerprintInForce)) {
            return;
        }
        boolean isFirst = fingerprintInForce.isEmpty();
        try {
            inForce = files.context();
        } catch (UnusableException e) {
            refuse(e.reason());
            return;
        }
        fingerprintInForce = fingerprint;
        config.key().ifPresent(this::warnWhereEveryoneMayRead);
        if (!isFirst) {
            log.log(System.Logger.Level.INFO, "TLS: changed files are in force");
        }
        changed.run();
    }

    /** Once for each file, however many providers have it; in the words of {@code mcp-gateway check}. */
    private void warnWhereEveryoneMayRead(Path key) {
        try {
            if (Files.getPosixFilePermissions(key).contains(PosixFilePermission.OTHERS_READ) && OPEN_KEYS.add(key)) {
                log.log(
                        System.Logger.Level.WARNING,
                        "everyone may read the private key " + key + ": chmod o-r it unless that is meant");
            }
        } catch (IOException | UnsupportedOperationException e) {
            // it is gone again, or has no permissions to speak of
        }
    }

    /** What is seen twice has settled: files that are replaced one after the other are not complained about meanwhile. */
    private boolean isNews(String seen) {
        if (!seen.equals(lastSeen)) {
            lastSeen = seen;
            untold = "";
            return true;
        }
        if (!untold.isEmpty()) {
            String remedy = inForce == null
                    ? "; nothing is dialled until that is mended"
                    : "; the files that were read before stay in force";
            log.log(System.Logger.Level.WARNING, "TLS: " + untold + remedy + places());
            untold = "";
        }
        return false;
    }

    private void refuse(String why) {
        trouble = why;
        untold = why;
    }

    /** For the operator, who reads the log; the reason alone goes on to clients. */
    private String places() {
        return Stream.of(config.ca(), config.certificate(), config.key())
                .flatMap(Optional::stream)
                .map(Path::toString)
                .collect(Collectors.joining(", ", " (", ")"));
    }
}
