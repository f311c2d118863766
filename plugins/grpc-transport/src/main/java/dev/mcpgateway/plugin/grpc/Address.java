// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a provider listens. */
sealed interface Address {

    /** A host by its name, which is looked up at every connection. */
    record Host(String name, int port) implements Address {
        String target() {
            return "dns:///" + name + ":" + port;
        }
    }

    /** A name with several addresses, all of which are used. */
    record Name(String name, int port) implements Address {
        String authority() {
            return name + ":" + port;
        }
    }

    record Ip(InetSocketAddress address) implements Address {}

    record UnixSocket(Path path) implements Address {}

    /** What {@code sockaddr_un} has room for, without the closing zero: 108 bytes on Linux, 104 on macOS. */
    int UNIX_PATH_BYTES =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac") ? 103 : 107;

    String DNS = "dns:///";

    Pattern HOST_AND_PORT = Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([A-Za-z0-9._-]+)):([0-9]{1,5})");

    /** @throws IllegalArgumentException when nothing can listen at such an address; the message says what to write */
    static Address parse(String text) {
        if (text.startsWith("unix:")) {
            return unixSocket(text);
        }
        boolean isName = text.startsWith(DNS);
        String hostAndPort = isName ? text.substring(DNS.length()) : text;
        if (hostAndPort.contains("://")) {
            throw refused(
                    text,
                    text.startsWith("dns://")
                            ? "names a DNS server, which is the system's to choose"
                            : "has a form that nobody knows");
        }
        Matcher matcher = HOST_AND_PORT.matcher(hostAndPort);
        if (!matcher.matches()) {
            throw refused(
                    text,
                    hostAndPort.indexOf(':') == hostAndPort.lastIndexOf(':')
                            ? "is no host:port"
                            : "needs its IPv6 address in brackets");
        }
        int port = Integer.parseInt(matcher.group(3));
        if (port < 1 || port > 65_535) {
            throw refused(text, "has a port that is not in 1 to 65535");
        }
        String ipv6 = matcher.group(1);
        return ipv6 == null
                ? host(matcher.group(2), port, isName)
                : ip(ipv6, port).orElseThrow(() -> refused(text, "has no IPv6 address"));
    }

    private static Address host(String name, int port, boolean isName) {
        Optional<Address> ip = ip(name, port);
        if (ip.isPresent()) {
            return ip.get();
        }
        return isName ? new Name(name, port) : new Host(name, port);
    }

    private static Optional<Address> ip(String literal, int port) {
        try {
            return Optional.of(new Ip(new InetSocketAddress(InetAddress.ofLiteral(literal), port)));
        } catch (IllegalArgumentException isAName) {
            return Optional.empty();
        }
    }

    private static Address unixSocket(String text) {
        String path = text.substring("unix:".length());
        if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
            throw refused(text, "needs an absolute path");
        }
        int bytes = path.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > UNIX_PATH_BYTES) {
            throw refused(text, "has a path of " + bytes + " bytes, and a socket's may have " + UNIX_PATH_BYTES);
        }
        return new UnixSocket(Path.of(path).normalize());
    }

    private static IllegalArgumentException refused(String text, String why) {
        return new IllegalArgumentException("address '" + text + "' " + why
                + ": write host:port, e.g. localhost:50051 or [::1]:50051, or dns:///name:port, or"
                + " unix:/path/of/socket");
    }
}
