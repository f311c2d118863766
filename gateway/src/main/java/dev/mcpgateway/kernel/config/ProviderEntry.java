package dev.mcpgateway.kernel.config;

import dev.mcpgateway.api.ProviderConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One entry under {@code providers:}. It has a command, an address or both.
 *
 * @param command the program and its arguments; empty where somebody else starts the provider
 * @param workingDirectory absolute
 * @param queue how many calls may wait
 * @param prefix what its tools are named by; may be empty
 * @param settings the type's own keys, as plain values (see {@link dev.mcpgateway.api.Json#value()})
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
