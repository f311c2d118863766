// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** One entry under {@code providers:} as its {@link ProviderType} needs to know it. Immutable. */
public interface ProviderConfig {

    /** The provider's name; matches {@code [a-z][a-z0-9-]{0,31}}. */
    String name();

    /**
     * Where to reach it: {@code host:port}, {@code dns:///name:port} or {@code unix:/path}. For a provider that the
     * gateway starts itself this is the private socket it was told to listen on. Empty where the entry has none.
     */
    Optional<String> address();

    /** How many connections may be open at once, 1 to 100. */
    int connections();

    /**
     * How many calls may share a connection, 1 or more. Beside asking for the capabilities, the gateway never has more
     * than {@code connections * callsPerConnection} calls in flight on one instance.
     */
    int callsPerConnection();

    /** Present when the provider must be spoken to over TLS; there is no fallback to plain text. */
    Optional<Tls> tls();

    /** The type's own keys, as plain Java values (see {@link Json#value()}). */
    Map<String, Object> settings();

    /** Files in PEM format. They may change on disk while they are in use. */
    interface Tls {
        /** Trusted certificate authorities; empty for those of the JVM. */
        Optional<Path> ca();

        /** Our own certificate, for mutual TLS; present exactly when {@link #key()} is. */
        Optional<Path> certificate();

        /** The private key of {@link #certificate()}. */
        Optional<Path> key();
    }
}
