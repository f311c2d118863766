// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;

/** Where a provider process is to listen. */
sealed interface ListenAddress {

    int CONNECT_MILLIS = 250;

    /** Whether it is time to connect. */
    boolean isOpen();

    /** Whether it has not been taken away from under who listens there. */
    default boolean isThere() {
        return true;
    }

    /**
     * Takes away what a dead process left there and its successor would stumble over.
     *
     * @throws IOException where that cannot be done; the message is for the operator
     */
    void clear() throws IOException;

    static ListenAddress of(String text) {
        if (text.startsWith("unix:/")) {
            return new UnixSocket(Path.of(text.substring("unix:".length())));
        }
        int colon = text.lastIndexOf(':');
        if (colon <= 0 || text.indexOf('/') >= 0 || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException(
                    "a process cannot be told to listen on '" + text + "': use unix:/path or host:port");
        }
        String host = text.substring(0, colon);
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return new TcpPort(bare, Integer.parseInt(text.substring(colon + 1)));
    }

    record UnixSocket(Path path) implements ListenAddress {

        /** A file appears when its program binds, which may be well before it listens. */
        @Override
        public boolean isOpen() {
            return isThere() && accepts();
        }

        @Override
        public boolean isThere() {
            return path.toFile().exists();
        }

        @Override
        public void clear() throws IOException {
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isOther()) {
                throw new IOException(path + " is there already and is no socket: give this provider another address:");
            }
            if (accepts()) {
                throw new IOException("somebody else listens at " + path
                        + " already: end that, or give this provider another address:");
            }
            Files.deleteIfExists(path);
        }

        /** Does not wait: a queue that is full is one of somebody who listens. */
        private boolean accepts() {
            try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.configureBlocking(false);
                channel.connect(UnixDomainSocketAddress.of(path));
                return true;
            } catch (IOException e) {
                return false;
            }
        }
    }

    record TcpPort(String host, int port) implements ListenAddress {

        /** At any of the addresses that the name has: {@code localhost} may be {@code ::1} for whoever listens. */
        @Override
        public boolean isOpen() {
            try {
                return Stream.of(InetAddress.getAllByName(host)).anyMatch(this::accepts);
            } catch (UnknownHostException e) {
                return false;
            }
        }

        private boolean accepts(InetAddress address) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        /** Somebody else's port cannot be cleared; and calls must not go to somebody else. */
        @Override
        public void clear() throws IOException {
            if (isOpen()) {
                throw new IOException("somebody else listens at " + host + ":" + port
                        + " already: end that, or give this provider another address:");
            }
        }
    }
}
