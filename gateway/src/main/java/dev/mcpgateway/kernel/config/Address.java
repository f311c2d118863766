package dev.mcpgateway.kernel.config;

import java.util.regex.Pattern;

/** Where a provider is: {@code host:port}, {@code dns:///name:port} or {@code unix:/path}. */
final class Address {

    private static final Pattern HOST_AND_PORT = Pattern.compile(
            "(?:dns:///)?(?:\\[[0-9a-fA-F:.]{2,45}\\]|[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}))" + ":([0-9]{1,5})");
    private static final int MAX_PORT = 65_535;

    private Address() {}

    static boolean isUsable(String address) {
        if (address.startsWith("unix:")) {
            return address.length() > "unix:/".length() && address.charAt("unix:".length()) == '/';
        }
        var parts = HOST_AND_PORT.matcher(address);
        if (!parts.matches()) {
            return false;
        }
        int port = Integer.parseInt(parts.group(1));
        return port >= 1 && port <= MAX_PORT;
    }
}
