// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.thread;

/** A thread for work that cannot be left undone. */
public final class PlatformOrVirtual {

    private PlatformOrVirtual() {}

    /** As {@link #start(Thread, Runnable)}, on a daemon thread of that name. */
    public static void start(String name, Runnable work) {
        start(Thread.ofPlatform().daemon().name(name).unstarted(work), work);
    }

    /**
     * Starts the thread; where the system gives no more threads, the work is done on a virtual one, which needs none.
     *
     * @param thread not started yet
     * @param work what the thread would do
     */
    public static void start(Thread thread, Runnable work) {
        try {
            thread.start();
        } catch (OutOfMemoryError noMoreThreads) {
            Thread.ofVirtual().name(thread.getName()).start(work);
        }
    }
}
