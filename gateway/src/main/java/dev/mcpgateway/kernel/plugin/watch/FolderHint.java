// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.watch;

import dev.mcpgateway.kernel.log.Log;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Says that something may have changed in a folder, as the operating system reports it. A hint and no more: events are lost
 * when many come at once, and network file systems send none, so the truth is to look from time to time. Thread-safe.
 */
public final class FolderHint implements AutoCloseable {

    private static final Log LOG = Log.named("plugin");
    private static final long LOOK_MILLIS = 2_000;

    private final Path folder;
    private final Runnable hint;
    private final Thread thread;
    private volatile boolean closed;

    /** @param hint called on a thread of its own, once for many events; must not block for long */
    public FolderHint(Path folder, Runnable hint) {
        this.folder = folder;
        this.hint = hint;
        thread = Thread.ofPlatform().daemon().name("plugins-hint").start(this::listen);
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void listen() {
        try (WatchService events = folder.getFileSystem().newWatchService()) {
            listen(events);
        } catch (IOException | UnsupportedOperationException e) {
            LOG.info("the system does not say when a file is dropped, so new plugins take up to 2 s longer");
        } catch (InterruptedException | ClosedWatchServiceException e) {
            // closed
        }
    }

    private void listen(WatchService events) throws InterruptedException {
        WatchKey registered = null;
        Object watched = null;
        while (!closed) {
            Object there = identity();
            if (registered == null
                    || !registered.isValid()
                    || !there.equals(watched)) { // moved away, another in its place
                if (registered != null) {
                    registered.cancel();
                }
                registered = register(events);
                watched = there;
                if (registered != null) {
                    hint.run(); // what came before it was watched
                }
            }
            WatchKey key = events.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            if (key != null) {
                key.pollEvents();
                key.reset();
                hint.run();
                TimeUnit.MILLISECONDS.sleep(20); // a copy in progress is an event for every block
            }
        }
    }

    private @Nullable WatchKey register(WatchService events) {
        try {
            return folder.register(
                    events,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
        } catch (IOException e) { // not there yet, or too many are watched
            return null;
        }
    }

    private Object identity() {
        try {
            Object key = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
            return key == null ? folder : key;
        } catch (IOException e) {
            return "";
        }
    }
}
