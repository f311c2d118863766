package dev.mcpgateway.kernel.thread;

/** A thread for work that cannot be left undone. */
public final class AnyThread {

    private AnyThread() {}

    /**
     * Runs it on a daemon thread of its own, which it may keep; where the system gives no more threads, on a virtual one, which
     * needs none.
     */
    public static void start(String name, Runnable work) {
        try {
            Thread.ofPlatform().daemon().name(name).start(work);
        } catch (OutOfMemoryError noMoreThreads) {
            Thread.ofVirtual().name(name).start(work);
        }
    }
}
