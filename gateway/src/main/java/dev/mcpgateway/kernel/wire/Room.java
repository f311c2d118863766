package dev.mcpgateway.kernel.wire;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Whether standard output takes a short write without blocking, as {@code poll(2)} says. The JDK writes to a pipe without
 * ever asking that, and blocks. For one thread at a time, which alone writes.
 */
final class Room {

    /** Where there is room at all, there is room for as much: {@code PIPE_BUF} of pipes; sockets promise more. */
    static final int BYTES = 4096;

    private static final int STDOUT = 1;
    private static final short POLLOUT = 4;
    private static final int REVENTS = 6; // after an int and a short

    private final MethodHandle poll;
    private final MemorySegment pollfd = Arena.global().allocate(ValueLayout.JAVA_LONG);

    private Room(MethodHandle poll) {
        this.poll = poll;
        pollfd.set(ValueLayout.JAVA_INT, 0, STDOUT);
        pollfd.set(ValueLayout.JAVA_SHORT, 4, POLLOUT);
    }

    /** Takes some 20 ms, so it is made when nobody waits. */
    static Room ofStdout() {
        Linker linker = Linker.nativeLinker();
        return new Room(linker.downcallHandle(
                linker.defaultLookup().findOrThrow("poll"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT),
                Linker.Option.critical(false)));
    }

    boolean isThere() {
        int ready;
        try {
            ready = (int) poll.invokeExact(pollfd, 1L, 0);
        } catch (Throwable never) {
            throw new IllegalStateException(never);
        }
        return ready == 1 && (pollfd.get(ValueLayout.JAVA_SHORT, REVENTS) & POLLOUT) != 0;
    }
}
