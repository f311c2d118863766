// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.settings;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;

/**
 * Where the gateway listens for a plugin's transport, as {@code listen} and {@code connections} in the plugin's settings say, or the
 * defaults of their schema. Immutable.
 *
 * @param address {@code HOST:PORT}
 * @param connections that there may be at once
 */
public record ListenSettings(String address, int connections) {

    public static final String ADDRESS = "listen";
    public static final String CONNECTIONS = "connections";

    private static final int MOST_CONNECTIONS = 1_024;

    /** @param settings with the schema's defaults in them; empty where they say no address */
    public static Optional<ListenSettings> of(Map<String, Object> settings) {
        return settings.get(ADDRESS) instanceof String address
                ? Optional.of(new ListenSettings(
                        address, settings.get(CONNECTIONS) instanceof Number most ? most.intValue() : MOST_CONNECTIONS))
                : Optional.empty();
    }

    /** The same at another address. */
    public ListenSettings at(String other) {
        return new ListenSettings(other, connections);
    }

    /** The same with so many connections at most. */
    public ListenSettings within(int most) {
        return new ListenSettings(address, Math.min(connections, most));
    }

    /**
     * The address, looked up.
     *
     * @throws UnusableAddress when it is none, or one that nobody but this machine could be kept from; says so, with what to do
     */
    public InetSocketAddress resolved() throws UnusableAddress {
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? "" : address.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            host = "";
        }
        int port = port(address.substring(colon + 1));
        if (host.isEmpty() || port < 0) {
            throw new UnusableAddress(
                    "cannot listen on '" + address + "': write HOST:PORT, e.g. 127.0.0.1:8080 or [::1]:8080");
        }
        try {
            for (InetAddress each : InetAddress.getAllByName(host)) {
                if (!each.isLoopbackAddress()) {
                    throw new UnusableAddress("will not listen on '" + address
                            + "': clients show no credentials, so only this machine may reach the gateway; write"
                            + " 127.0.0.1:" + port + " or [::1]:" + port);
                }
            }
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new UnusableAddress(
                    "cannot listen on '" + address + "': this machine does not know the host " + host);
        }
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            return port <= 65_535 && text.chars().allMatch(Character::isDigit) ? port : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** The message is for the operator. */
    public static final class UnusableAddress extends Exception {

        private static final long serialVersionUID = 1;

        public UnusableAddress(String message) {
            super(message);
        }
    }
}
