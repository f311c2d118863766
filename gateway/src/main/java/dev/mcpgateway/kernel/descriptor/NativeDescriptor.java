// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.descriptor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A descriptor by {@code read(2)}, {@code write(2)} and {@code poll(2)}: the JDK's streams fail on one that is non-blocking, and
 * do not say how much of a write had gone out by then. For one thread at a time. The first takes some 20 ms to make.
 */
final class NativeDescriptor {

    static final short READABLE = 1; // POLLIN
    static final short WRITABLE = 4; // POLLOUT

    private static final int BUFFER = 64 * 1024;
    private static final int EINTR = 4;
    private static final int EAGAIN =
            System.getProperty("os.name", "").startsWith("Linux") ? 11 : 35; // macOS and the BSDs
    private static final long PAUSE_MILLIS = 5;
    private static final int AT_ONCE = 0;
    private static final int FOR_EVER = -1;
    private static final int REVENTS = 6; // of a pollfd, behind an int and a short

    private final int number;
    private final short events;
    private final MemorySegment buffer;
    private final MemorySegment pollfd;
    private final MemorySegment errno;

    /** @param events {@link #READABLE} or {@link #WRITABLE}: what it is used for */
    NativeDescriptor(int number, short events) {
        this.number = number;
        this.events = events;
        Arena arena = Arena.ofAuto();
        buffer = arena.allocate(BUFFER);
        errno = arena.allocate(Calls.STATE);
        pollfd = arena.allocate(JAVA_LONG);
        pollfd.set(JAVA_INT, 0, number);
        pollfd.set(JAVA_SHORT, 4, events);
    }

    /**
     * Reads what is there, and waits where nothing is.
     *
     * @return bytes; 0 at the end
     */
    int read(byte[] bytes, int offset, int length) throws IOException {
        int count = transfer(Calls.READ, "read", Math.min(length, BUFFER));
        MemorySegment.copy(buffer, JAVA_BYTE, 0, bytes, offset, count);
        return count;
    }

    /** Writes all of it, and waits where there is no room. */
    void write(byte[] bytes, int offset, int length) throws IOException {
        int written = 0;
        while (written < length) {
            int most = Math.min(length - written, BUFFER);
            MemorySegment.copy(bytes, offset + written, buffer, JAVA_BYTE, 0, most);
            written += transfer(Calls.WRITE, "write", most);
        }
    }

    /** Whether a transfer would not wait. */
    boolean isReady() {
        try {
            int ready = (int) Calls.POLL_AT_ONCE.invokeExact(pollfd, 1L, AT_ONCE);
            return ready == 1 && (pollfd.get(JAVA_SHORT, REVENTS) & events) != 0;
        } catch (Throwable never) {
            throw new IllegalStateException(never);
        }
    }

    private int transfer(MethodHandle call, String name, int most) throws IOException {
        while (true) {
            long count;
            try {
                count = (long) call.invokeExact(errno, number, buffer, (long) most);
            } catch (Throwable never) {
                throw new IllegalStateException(never);
            }
            if (count >= 0) {
                return (int) count;
            }
            int error = errno.get(JAVA_INT, Calls.ERRNO_AT);
            if (error == EAGAIN) {
                await();
            } else if (error != EINTR) {
                throw new IOException(name + " of descriptor " + number + " failed with errno " + error);
            }
        }
    }

    /** What is wrong with it, the next transfer says. */
    private void await() {
        try {
            int ready = (int) Calls.POLL.invokeExact(pollfd, 1L, FOR_EVER);
            if (ready < 1 || (pollfd.get(JAVA_SHORT, REVENTS) & events) == 0) {
                Thread.sleep(PAUSE_MILLIS); // it cannot be polled, as terminals cannot on macOS, or is broken
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable never) {
            throw new IllegalStateException(never);
        }
    }

    private static final class Calls {

        static final MemoryLayout STATE = Linker.Option.captureStateLayout();
        static final long ERRNO_AT = STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

        static final MethodHandle READ = transfer("read");
        static final MethodHandle WRITE = transfer("write");
        static final MethodHandle POLL = poll();
        static final MethodHandle POLL_AT_ONCE = poll(Linker.Option.critical(false));

        private static MethodHandle transfer(String name) {
            return handle(
                    name,
                    FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG),
                    Linker.Option.captureCallState("errno"));
        }

        private static MethodHandle poll(Linker.Option... options) {
            return handle("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT), options);
        }

        private static MethodHandle handle(String name, FunctionDescriptor type, Linker.Option... options) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
        }
    }
}
