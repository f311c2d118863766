// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A Unix socket whose file stays when its owner is gone, as after kill -9. */
final class ServerSocketOnPath implements AutoCloseable {

    private final Path path;
    private final ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);

    ServerSocketOnPath(Path path) throws IOException {
        this.path = path;
        channel.bind(UnixDomainSocketAddress.of(path));
    }

    void stopListening() throws IOException {
        channel.close();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(path);
    }
}
