package dev.mcpgateway.kernel.config;

import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.kernel.config.Section.Source;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What providers.yaml says. Immutable.
 *
 * @param file absolute
 * @param providers in the order of the file
 * @param plugins settings by plugin id, as plain values
 */
public record Configuration(
        Path file, List<ProviderEntry> providers, GatewaySettings gateway, Map<String, Map<String, Object>> plugins) {

    /**
     * Reads a configuration. The keys are those of {@code schemas/providers.schema.json}; a test holds the two together.
     *
     * @param environment what {@code ${NAME}} is replaced from
     * @throws ConfigurationException with a line for each problem
     */
    public static Configuration load(Path file, Map<String, String> environment) throws ConfigurationException {
        List<Problem> problems = new ArrayList<>();
        Section root = new Section(new Source(file, environment, problems), YamlFile.read(file));
        Configuration configuration = new Reader(root, environment).read(file);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return configuration;
    }

    private record Reader(Section root, Map<String, String> environment) {

        private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
        private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_.-]{0,64}");
        private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
        private static final Pattern SHA_256 = Pattern.compile("[0-9a-fA-F]{64}");
        private static final List<String> PROVIDER_KEYS = List.of(
                "name",
                "type",
                "command",
                "env",
                "workingDirectory",
                "address",
                "enabled",
                "timeout",
                "connections",
                "callsPerConnection",
                "queue",
                "refresh",
                "prefix",
                "tls",
                "metadata",
                "settings");
        private static final List<String> GATEWAY_KEYS =
                List.of("toolNames", "payloadLimit", "pluginsDir", "pluginsAllow", "require", "workDir");

        private static final Duration TIMEOUT = Duration.ofMillis(2_500);
        private static final Duration REFRESH = Duration.ofSeconds(60);
        private static final Duration MOMENT = Duration.ofMillis(1);
        private static final Duration SECOND = Duration.ofSeconds(1);
        private static final Duration HOUR = Duration.ofHours(1);
        private static final Duration DAY = Duration.ofDays(1);
        private static final int PAYLOAD = 10 * 1024 * 1024;

        Configuration read(Path file) {
            root.allow(List.of("providers", "gateway", "plugins"));
            if (!root.has("providers")) {
                root.problem("providers", "'providers' is missing: write `providers: []` for none");
            }
            List<ProviderEntry> providers = new ArrayList<>();
            Set<String> names = new HashSet<>();
            for (Section each : root.sections("providers")) {
                ProviderEntry entry = provider(each);
                if (!entry.name().isEmpty() && !names.add(entry.name())) {
                    each.problem("name", "duplicate provider name '" + entry.name() + "'");
                }
                providers.add(entry);
            }
            return new Configuration(file, List.copyOf(providers), gateway(), plugins());
        }

        private ProviderEntry provider(Section section) {
            section.allow(PROVIDER_KEYS);
            String name = section.string("name", "");
            if (!section.has("name")) {
                section.problem("name", "'name' is missing");
            } else if (!NAME.matcher(name).matches()) {
                section.problem("name", "'name' must match " + NAME.pattern());
            }
            String type = section.string("type", "");
            if (!section.has("type")) {
                section.problem("type", "'type' is missing: what kind of provider this is, e.g. grpc");
            } else if (!NAME.matcher(type).matches()) {
                section.problem("type", "'type' must match " + NAME.pattern());
            }
            Optional<String> address = section.string("address");
            if (address.isPresent() && !Address.isUsable(address.get())) {
                section.problem("address", "'address' must be host:port, dns:///name:port or unix:/path");
            }
            List<String> command = section.strings("command");
            if (section.has("command") && command.isEmpty()) {
                section.problem("command", "'command' must name a program");
            } else if (!section.has("command") && !section.has("address")) {
                section.problem("command", "needs a 'command' to start, or the 'address' of a provider that runs");
            }
            if (section.has("command") && address.orElse("").startsWith("dns:")) {
                section.problem("address", "'address' of a provider with a 'command' must be host:port or unix:/path");
            }
            return new ProviderEntry(
                    name,
                    type,
                    address,
                    program(section, command),
                    env(section),
                    section.path("workingDirectory").orElse(section.folder()),
                    section.truth("enabled", true),
                    section.duration("timeout", MOMENT, HOUR, TIMEOUT),
                    section.integer("connections", 1, 100, 15),
                    section.integer("callsPerConnection", 1, 1_000, 1),
                    section.integer("queue", 0, 100_000, 1_024),
                    section.duration("refresh", SECOND, DAY, REFRESH),
                    prefix(section, name),
                    section.section("tls").map(Reader::tls),
                    section.stringMap("metadata"),
                    section.plainMap("settings"));
        }

        /** A program with a slash is a path, relative to the file's folder like every other. */
        private static List<String> program(Section section, List<String> command) {
            if (command.isEmpty() || !command.getFirst().contains("/")) {
                return command;
            }
            List<String> words = new ArrayList<>(command);
            words.set(
                    0, section.folder().resolve(command.getFirst()).normalize().toString());
            return List.copyOf(words);
        }

        private static Map<String, String> env(Section section) {
            Map<String, String> env = section.stringMap("env");
            for (String name : env.keySet()) {
                if (!VARIABLE.matcher(name).matches()) {
                    section.problem("env", "'" + name + "' cannot be the name of an environment variable");
                }
            }
            return env;
        }

        private static String prefix(Section section, String name) {
            String prefix = section.string("prefix", name);
            if (!PREFIX.matcher(prefix).matches()) {
                section.problem("prefix", "'prefix' must match " + PREFIX.pattern());
            }
            return prefix;
        }

        private static ProviderConfig.Tls tls(Section section) {
            section.allow(List.of("ca", "certificate", "key"));
            if (section.has("certificate") != section.has("key")) {
                section.problem("certificate", "'certificate' and 'key' go together");
            }
            return new Tls(section.path("ca"), section.path("certificate"), section.path("key"));
        }

        private GatewaySettings gateway() {
            Optional<Section> there = root.section("gateway");
            if (there.isEmpty()) {
                return new GatewaySettings(
                        ToolNames.AUTO,
                        PAYLOAD,
                        root.folder().resolve("plugins-dir"),
                        List.of(),
                        List.of(),
                        stateFolder());
            }
            Section section = there.get();
            section.allow(GATEWAY_KEYS);
            List<String> allow = section.strings("pluginsAllow");
            for (String each : allow) {
                if (!SHA_256.matcher(each).matches()) {
                    section.problem("pluginsAllow", "'pluginsAllow' must list SHA-256 sums of 64 hexadecimal digits");
                }
            }
            return new GatewaySettings(
                    toolNames(section),
                    section.size("payloadLimit", 1_024, PAYLOAD, PAYLOAD),
                    section.path("pluginsDir").orElse(root.folder().resolve("plugins-dir")),
                    allow.stream().map(each -> each.toLowerCase(Locale.ROOT)).toList(),
                    section.strings("require"),
                    section.path("workDir").orElse(stateFolder()));
        }

        private static ToolNames toolNames(Section section) {
            String word = section.string("toolNames", "auto");
            for (ToolNames each : ToolNames.values()) {
                if (each.name().toLowerCase(Locale.ROOT).equals(word)) {
                    return each;
                }
            }
            section.problem("toolNames", "'toolNames' must be auto, dotted or portable");
            return ToolNames.AUTO;
        }

        private Map<String, Map<String, Object>> plugins() {
            Map<String, Map<String, Object>> plugins = new LinkedHashMap<>();
            root.section("plugins").ifPresent(section -> {
                for (String id : section.keys()) {
                    plugins.put(id, section.plainMap(id));
                }
            });
            return Collections.unmodifiableMap(plugins);
        }

        /** XDG Base Directory Specification: state is what should survive a restart and belongs to no project. */
        private Path stateFolder() {
            String state = environment.getOrDefault("XDG_STATE_HOME", "");
            Path folder = state.startsWith("/")
                    ? Path.of(state)
                    : Path.of(
                            environment.getOrDefault("HOME", System.getProperty("user.home", "/tmp")),
                            ".local",
                            "state");
            return folder.resolve("mcp-gateway");
        }
    }

    private record Tls(Optional<Path> ca, Optional<Path> certificate, Optional<Path> key)
            implements ProviderConfig.Tls {}
}
