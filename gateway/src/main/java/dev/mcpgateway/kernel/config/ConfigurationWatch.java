// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a configuration file every second, as long as it is open, however the file is written: in place, by a rename,
 * or by turning a symbolic link over, its own or that of a folder on the way to it (as Kubernetes does).
 *
 * <p>What is read is taken seriously when two observations, half a second apart, were equal: then it is not being
 * written just now. Each content is told once.
 */
public final class ConfigurationWatch implements AutoCloseable {

    private static final Duration QUIET = Duration.ofSeconds(1);
    private static final Duration SETTLING = Duration.ofMillis(500);

    private final Path file;
    private final Map<String, String> environment;
    private final Listener listener;
    private final Semaphore orders = new Semaphore(0); // to look at once, or to end
    private volatile boolean isClosed;
    private Configuration running; // this and all below belong to the watching thread
    private @Nullable Sighting seen;
    private @Nullable Sighting told;
    private boolean wasRefused;

    /** Hears of the file, on the watch's own thread. */
    public interface Listener {

        /** It says something else than the configuration that was told last. */
        void changed(Configuration now);

        /** It says again what is in force, after it could not be used. */
        void restored();

        /** @param text what is wrong with it, as {@link ConfigurationException} has it */
        void refused(String text);
    }

    /** What was to be seen at one moment. */
    private record Sighting(
            @Nullable FileTime modified, @Nullable Object key, byte @Nullable [] content, boolean isThere) {

        static Sighting of(Path file) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                Problems problems = new Problems(file);
                byte[] content = SourceFile.read(file, problems);
                return new Sighting(
                        attributes.lastModifiedTime(), attributes.fileKey(), problems.isEmpty() ? content : null, true);
            } catch (IOException e) {
                return new Sighting(null, null, null, false);
            }
        }

        boolean isTheSame(Sighting other) {
            return Objects.equals(modified, other.modified) && Objects.equals(key, other.key) && saysTheSame(other);
        }

        boolean saysTheSame(Sighting other) {
            return isThere == other.isThere && Arrays.equals(content, other.content);
        }
    }

    private ConfigurationWatch(Configuration running, Map<String, String> environment, Listener listener) {
        this.file = running.file();
        this.running = running;
        this.environment = environment;
        this.listener = listener;
    }

    /** @param running what was read from the file; it may have changed since */
    public static ConfigurationWatch start(Configuration running, Map<String, String> environment, Listener listener) {
        ConfigurationWatch watch = new ConfigurationWatch(running, environment, listener);
        Thread.ofPlatform().daemon().name("configuration").start(watch::watch);
        return watch;
    }

    /** Nothing more is told, but for what is being told now. */
    @Override
    public void close() {
        isClosed = true;
        orders.release();
    }

    /** Takes what the file says now seriously, whether it has just been written or not. Returns at once; from any thread. */
    public void lookNow() {
        orders.release();
    }

    private void watch() {
        try {
            Duration pause = Duration.ZERO;
            while (true) {
                boolean isOrdered = orders.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS);
                if (isClosed) {
                    return;
                }
                orders.drainPermits();
                Sighting now = Sighting.of(file);
                boolean isSettled = isOrdered || (seen != null && now.isTheSame(seen));
                seen = now;
                if (isSettled && (told == null || !now.saysTheSame(told))) {
                    told = now;
                    tell(now);
                }
                pause = isSettled ? QUIET : SETTLING;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(Sighting now) {
        Configuration read;
        try {
            byte[] content = now.content();
            read = content == null
                    ? Configuration.load(file, environment) // says why it could not be read
                    : Configuration.of(content, file, environment);
        } catch (ConfigurationException refused) {
            wasRefused = true;
            listener.refused(refused.text());
            return;
        }
        boolean isBack = wasRefused;
        wasRefused = false;
        if (!read.equals(running)) {
            running = read;
            listener.changed(read);
        } else if (isBack) {
            listener.restored();
        }
    }
}
