// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollChannelOption;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.netty.shaded.io.netty.util.ResourceLeakDetector;
import io.grpc.netty.shaded.io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that serves every connection of every provider, and the sockets that it can serve: epoll's on Linux,
 * the JDK's elsewhere. More threads would cost each call a hop and gain nothing: one keeps up with what the gateway can
 * parse. Thread-safe.
 */
final class EventLoop implements AutoCloseable {

    private static final Duration END = Duration.ofSeconds(5);

    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private final boolean epoll = Epoll.isAvailable();
    private final EventLoopGroup group;

    EventLoop(ThreadFactory threads) {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED); // it makes an exception every few calls
        ThreadFactory remembered = task -> {
            Thread made = threads.newThread(task);
            thread.set(made);
            return made;
        };
        group = new MultiThreadIoEventLoopGroup(
                1, remembered, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    /**
     * A channel over TCP.
     *
     * @param noAcknowledgement after this without one the connection is given up, where the system can do that
     */
    NettyChannelBuilder tcp(NettyChannelBuilder builder, Duration noAcknowledgement) {
        builder.eventLoopGroup(group);
        return epoll
                ? builder.channelFactory(EpollSocketChannel::new, InetSocketAddress.class)
                        .withOption(EpollChannelOption.TCP_USER_TIMEOUT, (int) noAcknowledgement.toMillis())
                : builder.channelFactory(NioSocketChannel::new, InetSocketAddress.class);
    }

    /** A channel over a Unix socket. */
    @SuppressWarnings("deprecation") // the other way is a registry for the whole process
    NettyChannelBuilder unix(Path path) {
        SocketAddress address = epoll ? new DomainSocketAddress(path.toString()) : UnixDomainSocketAddress.of(path);
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget("dns:///localhost")
                .nameResolverFactory(new OneAddress(address))
                .eventLoopGroup(group);
        // The type is compared with what such a resolver is held to give.
        return epoll
                ? builder.channelFactory(EpollDomainSocketChannel::new, InetSocketAddress.class)
                : builder.channelFactory(NioDomainSocketChannel::new, InetSocketAddress.class);
    }

    /** Runs the task on the loop's thread, after whatever runs there now; not at all once the loop has ended. */
    void run(Runnable task) {
        try {
            group.execute(task);
        } catch (RejectedExecutionException closed) {
            // What would change has ended with the loop.
        }
    }

    /** Runs the task on the loop's thread after that time, unless the loop has ended by then. */
    void after(Duration delay, Runnable task) {
        try {
            group.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            // as above
        }
    }

    /**
     * Returns when the threads have ended, after 5 s at most: a plugin's class loader is closed next, and a thread that still
     * ran would miss classes.
     */
    @Override
    public void close() {
        group.shutdownGracefully(0, END.toMillis(), TimeUnit.MILLISECONDS);
        try {
            long deadline = System.nanoTime() + END.toNanos();
            group.awaitTermination(END.toMillis(), TimeUnit.MILLISECONDS);
            Thread loop = thread.get();
            if (loop != null) {
                loop.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            }
            awaitNettysOwnThread(Math.max(1, deadline - System.nanoTime()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Netty tells of the end of an event loop on a thread of its own, which ends a second later. */
    private static void awaitNettysOwnThread(long nanos) throws InterruptedException {
        try {
            GlobalEventExecutor.INSTANCE.awaitInactivity(nanos, TimeUnit.NANOSECONDS);
        } catch (IllegalStateException neverStarted) {
            // nothing to wait for
        }
    }
}
