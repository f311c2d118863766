// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.List;

/** A provider's process reduced to its manners: listens where LISTEN says, ends when its standard input does. */
public final class ListeningProvider {

    private ListeningProvider() {}

    /** The words that start it. */
    static List<String> command() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                ListeningProvider.class.getName());
    }

    public static void main(String[] arguments) throws IOException {
        String listen = System.getenv("LISTEN");
        SocketAddress address = listen.startsWith("unix:")
                ? UnixDomainSocketAddress.of(listen.substring("unix:".length()))
                : new InetSocketAddress(
                        listen.substring(0, listen.lastIndexOf(':')),
                        Integer.parseInt(listen.substring(listen.lastIndexOf(':') + 1)));
        ServerSocketChannel server = address instanceof UnixDomainSocketAddress
                ? ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)
                : ServerSocketChannel.open();
        server.bind(address);
        while (System.in.read() >= 0) {
            // Whatever comes; only the end matters.
        }
        server.close();
    }
}
