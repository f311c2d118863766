// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.kernel.settings.Settings;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the records of a tree that conforms to the {@link ConfigSchema}: defaults, units, paths, and the rules that a schema
 * cannot express. Not thread-safe.
 */
final class ConfigMapper {

    private static final Duration DEFAULT_TIMEOUT = Duration.ofMillis(2_500);
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);
    private static final Duration DEFAULT_REFRESH = Duration.ofSeconds(60);
    private static final Duration MIN_REFRESH = Duration.ofSeconds(1);
    private static final Duration MAX_REFRESH = Duration.ofHours(24);
    private static final int DEFAULT_CONNECTIONS = 15;
    private static final int DEFAULT_CALLS_PER_CONNECTION = 1;
    private static final int DEFAULT_QUEUE = 1_024;
    private static final int DEFAULT_PAYLOAD_LIMIT = 10 * 1024 * 1024;
    private static final int MIN_PAYLOAD_LIMIT = 1024;
    private static final int MAX_PAYLOAD_LIMIT = 64 * 1024 * 1024;
    // struct sockaddr_un: 108 bytes on Linux, 104 on macOS, a zero at the end.
    private static final int MAX_SOCKET_PATH = System.getProperty("os.name", "").startsWith("Mac") ? 103 : 107;

    private final Path file;
    private final Path folder;
    private final Map<String, String> environment;
    private final Problems problems;

    /** @param file absolute */
    ConfigMapper(Path file, Map<String, String> environment, Problems problems) {
        this.file = file;
        this.folder = file.resolveSibling(".").normalize();
        this.environment = environment;
        this.problems = problems;
    }

    Configuration configuration(YamlTree tree) {
        Members root = Members.of(tree);
        List<ProviderEntry> providers = new ArrayList<>();
        Map<String, SourceLocation> names = new HashMap<>();
        for (YamlTree item : root.items("providers")) {
            Members entry = Members.of(item);
            String name = entry.text("name").orElseThrow();
            SourceLocation at = entry.place("name");
            SourceLocation first = names.putIfAbsent(name, at);
            if (first != null) {
                problems.add(at, "the provider name '" + name + "' is used twice (first in line " + first.line() + ")");
            }
            providers.add(provider(entry, name));
        }
        return new Configuration(
                file, List.copyOf(providers), gateway(root.inner("gateway")), plugins((YamlTree.Mapping) tree));
    }

    private Map<String, Settings> plugins(YamlTree.Mapping root) {
        Map<String, Settings> plugins = new LinkedHashMap<>();
        if (root.get("plugins").orElse(null) instanceof YamlTree.Mapping entries) {
            for (YamlTree.Member entry : entries.members()) {
                plugins.put(
                        entry.key(), new Settings(Members.of(entry.value()).plain(), new SettingsPlaces(file, entry)));
            }
        }
        return Collections.unmodifiableMap(plugins);
    }

    private ProviderEntry provider(Members entry, String name) {
        return new ProviderEntry(
                name,
                entry.text("type").orElseThrow(),
                address(entry),
                command(entry),
                entry.texts("env"),
                path(entry, "workingDirectory").orElse(folder),
                entry.bool("enabled", true),
                duration(entry, "timeout", DEFAULT_TIMEOUT, MIN_TIMEOUT, MAX_TIMEOUT),
                entry.integer("connections", DEFAULT_CONNECTIONS),
                entry.integer("callsPerConnection", DEFAULT_CALLS_PER_CONNECTION),
                entry.integer("queue", DEFAULT_QUEUE),
                duration(entry, "refresh", DEFAULT_REFRESH, MIN_REFRESH, MAX_REFRESH),
                entry.text("prefix").orElse(name),
                entry.has("tls") ? Optional.of(tls(entry.inner("tls"))) : Optional.empty(),
                entry.texts("metadata"),
                entry.inner("settings").plain());
    }

    private GatewaySettings gateway(Members gateway) {
        return new GatewaySettings(
                ToolNames.valueOf(gateway.text("toolNames").orElse("auto").toUpperCase(Locale.ROOT)),
                payloadLimit(gateway),
                path(gateway, "pluginsDir").orElse(folder.resolve("plugins-dir")),
                gateway.list("pluginsAllow").stream()
                        .map(sha256 -> sha256.toLowerCase(Locale.ROOT))
                        .toList(),
                gateway.list("require"),
                path(gateway, "workDir").orElseGet(this::defaultWorkDir));
    }

    /** The XDG base directory specification; relative paths in its variables are to be ignored. */
    private Path defaultWorkDir() {
        String home = environment.getOrDefault("HOME", System.getProperty("user.home", ""));
        Path state = absolute(environment.getOrDefault("XDG_STATE_HOME", ""))
                .or(() -> absolute(home).map(path -> path.resolve(".local").resolve("state")))
                .orElse(folder);
        return state.resolve("mcp-gateway");
    }

    private static Optional<Path> absolute(String path) {
        try {
            return Optional.of(Path.of(path)).filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private Optional<String> address(Members entry) {
        Optional<String> address = entry.text("address");
        if (entry.has("command") && address.orElse("").startsWith("dns:")) {
            problems.add(
                    entry.place("address"),
                    "'address' of a provider with a command is what it listens on: host:port or unix:/path");
        }
        if (address.isEmpty() || !address.get().startsWith("unix:")) {
            return address;
        }
        String socket = resolved(address.get().substring("unix:".length()), entry.place("address"))
                .toString();
        int length = socket.getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_SOCKET_PATH) {
            problems.add(
                    entry.place("address"),
                    "'address' is the path of a socket with " + length + " bytes; the system allows "
                            + MAX_SOCKET_PATH);
        }
        return Optional.of("unix:" + socket);
    }

    private List<String> command(Members entry) {
        List<String> words = new ArrayList<>(entry.list("command"));
        if (words.isEmpty()) {
            return List.of();
        }
        String program = words.getFirst();
        if (program.isEmpty()) {
            problems.add(entry.place("command"), "'command' must begin with a program");
        } else if (program.indexOf('/') >= 0) {
            words.set(0, resolved(program, entry.place("command")).toString());
        }
        return List.copyOf(words);
    }

    private Optional<Path> path(Members members, String key) {
        return members.text(key).map(path -> resolved(path, members.place(key)));
    }

    private Path resolved(String path, SourceLocation at) {
        try {
            return folder.resolve(path).normalize();
        } catch (InvalidPathException e) {
            problems.add(at, "is not a path");
            return folder;
        }
    }

    private ProviderConfig.Tls tls(Members tls) {
        return new TlsFiles(path(tls, "ca"), path(tls, "certificate"), path(tls, "key"));
    }

    private record TlsFiles(Optional<Path> ca, Optional<Path> certificate, Optional<Path> key)
            implements ProviderConfig.Tls {}

    private Duration duration(Members members, String key, Duration otherwise, Duration least, Duration most) {
        Optional<String> text = members.text(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        int unit = unitOf(text.get());
        long nanosPerUnit = switch (text.get().substring(unit)) {
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            default -> 3_600_000_000_000L;
        };
        BigDecimal nanos = new BigDecimal(text.get().substring(0, unit)).multiply(BigDecimal.valueOf(nanosPerUnit));
        boolean inRange = nanos.compareTo(BigDecimal.valueOf(least.toNanos())) >= 0
                && nanos.compareTo(BigDecimal.valueOf(most.toNanos())) <= 0;
        if (!inRange) {
            problems.add(members.place(key), "'" + key + "' must be from " + shown(least) + " to " + shown(most));
            return otherwise;
        }
        return Duration.ofNanos(nanos.longValue());
    }

    private static String shown(Duration duration) {
        if (duration.toHours() > 0) {
            return duration.toHours() + "h";
        }
        return duration.toSeconds() > 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    private int payloadLimit(Members gateway) {
        Optional<String> text = gateway.text("payloadLimit");
        if (text.isEmpty()) {
            return DEFAULT_PAYLOAD_LIMIT;
        }
        int unit = unitOf(text.get());
        long bytesPerUnit = switch (text.get().substring(unit)) {
            case "B" -> 1;
            case "KiB" -> 1024;
            default -> 1024 * 1024;
        };
        long bytes = Long.parseLong(text.get().substring(0, unit)) * bytesPerUnit;
        if (bytes < MIN_PAYLOAD_LIMIT || bytes > MAX_PAYLOAD_LIMIT) {
            problems.add(gateway.place("payloadLimit"), "'payloadLimit' must be from 1KiB to 64MiB");
            return DEFAULT_PAYLOAD_LIMIT;
        }
        return (int) bytes;
    }

    private static int unitOf(String quantity) {
        int i = 0;
        while (Character.isDigit(quantity.charAt(i)) || quantity.charAt(i) == '.') {
            i++;
        }
        return i;
    }
}
