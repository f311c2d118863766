// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.thread;

import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** Makes the one thread of an executor, which owns what only it may touch, and tells it from all others. Thread-safe. */
public final class OwningThread implements ThreadFactory {

    private final String name;
    private volatile @Nullable Thread thread;

    /** @param name that the thread gets */
    public OwningThread(String name) {
        this.name = name;
    }

    @Override
    public Thread newThread(Runnable work) {
        Thread made = Thread.ofPlatform().daemon().name(name).unstarted(work);
        thread = made;
        return made;
    }

    /** Whether it is this thread: for {@code assert}, in what is to be called on it alone. */
    public boolean isThis() {
        return Thread.currentThread() == thread;
    }
}
