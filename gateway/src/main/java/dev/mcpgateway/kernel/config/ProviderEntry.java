// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.ProviderConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One entry under {@code providers:}. Immutable. It has an address or a command, or both.
 *
 * @param name unique among the entries
 * @param type a provider type that some plugin offers
 * @param address {@code host:port}, {@code dns:///name:port} or {@code unix:/path} with an absolute path
 * @param command the program and its arguments, the program's path absolute or a bare name; empty where it is not ours to
 *     start
 * @param env beside PATH, HOME and LANG
 * @param workingDirectory of the program, absolute
 * @param timeout of a call, from its arrival
 * @param connections at once, 1 to 100
 * @param callsPerConnection at once, 1 or more
 * @param queue calls that may wait
 * @param refresh time between discoveries
 * @param prefix what its tools are named by; empty for nothing
 * @param tls present when it is spoken to over TLS; paths are absolute
 * @param metadata notes of the user's
 * @param settings the type's own keys, as plain Java values (see {@link Json#value()})
 */
public record ProviderEntry(
        String name,
        String type,
        Optional<String> address,
        List<String> command,
        Map<String, String> env,
        Path workingDirectory,
        boolean enabled,
        Duration timeout,
        int connections,
        int callsPerConnection,
        int queue,
        Duration refresh,
        String prefix,
        Optional<ProviderConfig.Tls> tls,
        Map<String, String> metadata,
        Map<String, Object> settings) {}
