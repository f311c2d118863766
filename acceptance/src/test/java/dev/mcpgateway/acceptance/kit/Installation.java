// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A folder with a configuration, plugins and a work folder of its own, from which gateways are started as a user would:
 * by the launcher. Closing it asserts that nothing started from here is left, then deletes it. Not thread-safe.
 *
 * {@snippet :
 * try (Installation installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED);
 *         Gateway gateway = installation.start()) {
 *     gateway.client().initialize();
 *     assertThat(gateway.client().call("hello-go.sum.v1", "{\"numbers\":[1,2,3]}").text()).isEqualTo("{\"sum\":6}");
 * }
 * }
 */
public final class Installation implements AutoCloseable {

    /** What a run of one command has left behind. */
    public record Run(int exitCode, String stdout, String stderr) {}

    /** Options for a JVM that lives for seconds; none where a gateway is to run as it is delivered. */
    private static final String QUICKLY_COMPILED = System.getProperty("acceptance.jvm", "");

    private static final Duration SHORTLY = Duration.ofSeconds(10);

    private final Path folder;
    private final StringBuilder providers = new StringBuilder();
    private final StringBuilder settings = new StringBuilder();
    private final StringBuilder pluginSettings = new StringBuilder();
    private final Map<String, String> environment = new TreeMap<>();
    private final Set<String> withoutEnvironment = new TreeSet<>();
    private Optional<byte[]> wholeConfiguration = Optional.empty();
    private Path launcher = Checkout.launcher();
    private volatile boolean mayLeaveSockets;

    private Installation(Path folder) {
        this.folder = folder;
    }

    /** No providers yet, and the one plugin grpc-transport. */
    public static Installation create() {
        return createWithoutPlugins().plugin(Checkout.pluginJar("grpc-transport"));
    }

    /** No providers, no plugins. */
    public static Installation createWithoutPlugins() {
        try {
            Installation installation =
                    new Installation(Files.createTempDirectory("gateway-").toRealPath());
            for (Path made :
                    List.of(installation.workingDirectory(), installation.sockets(), installation.pluginsDir())) {
                Files.createDirectory(made);
            }
            Files.setPosixFilePermissions(installation.sockets(), PosixFilePermissions.fromString("rwx------"));
            return installation;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds a provider of type grpc; each line is a key of its entry, e.g. {@code timeout: 500ms}. */
    public Installation grpc(String name, String... lines) {
        providers.append("  - name: ").append(name).append("\n    type: grpc\n");
        for (String line : lines) {
            providers.append("    ").append(line).append('\n');
        }
        return this;
    }

    /** Takes every provider out of the description. */
    public Installation withoutProviders() {
        providers.setLength(0);
        return this;
    }

    /** Adds a line under {@code gateway:}, e.g. {@code payloadLimit: 1MiB}. */
    public Installation setting(String line) {
        settings.append("  ").append(line).append('\n');
        return this;
    }

    /** Adds an entry under {@code plugins:}, e.g. {@code hello: {greeting: Hi}}. */
    public Installation pluginSetting(String line) {
        pluginSettings.append("  ").append(line).append('\n');
        return this;
    }

    /** The bytes of providers.yaml, instead of everything said above. */
    public Installation configuration(byte[] bytes) {
        wholeConfiguration = Optional.of(bytes);
        return this;
    }

    /** Puts a jar into the plugin folder, in a way that never shows half of it. */
    public Installation plugin(Path jar) {
        Path place = pluginsDir().resolve(jar.getFileName());
        try {
            Files.createLink(place, jar);
        } catch (IOException | UnsupportedOperationException onAnotherDisk) {
            try {
                Path part = pluginsDir().resolve("." + jar.getFileName() + ".part");
                Files.copy(jar, part);
                Files.move(part, place);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return this;
    }

    /** Adds to the environment of what is started from now on. */
    public Installation environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Takes a variable out of the environment of what is started from now on. */
    public Installation withoutEnvironment(String name) {
        withoutEnvironment.add(name);
        return this;
    }

    /** Starts from another copy of the product from now on. */
    public Installation launcher(Path launcher) {
        this.launcher = launcher;
        return this;
    }

    /** Options for the JVM, separated by spaces. */
    public Installation jvmOptions(String options) {
        return environment("MCP_GATEWAY_JAVA_OPTS", options);
    }

    public Path folder() {
        return folder;
    }

    public Path configurationFile() {
        return folder.resolve("providers.yaml");
    }

    public Path pluginsDir() {
        return folder.resolve("plugins");
    }

    public Path workDir() {
        return folder.resolve("work");
    }

    /** The user's runtime folder, where the gateway puts its sockets; short, because socket paths are. */
    public Path sockets() {
        return folder.resolve("x");
    }

    /** Where the launcher is started, as an editor starts it in whatever folder it has open; also the user's home. */
    public Path workingDirectory() {
        return folder.resolve("home");
    }

    /** Starts {@code mcp-gateway}, which serves one client over stdio. */
    public Gateway start() {
        Gateway gateway = startWithStalledLog();
        gateway.readLog();
        return gateway;
    }

    /** Declares that sockets may be left, because the test has something killed that would remove them. */
    public Installation mayLeaveSockets() {
        mayLeaveSockets = true;
        return this;
    }

    /** As {@link #start()}, with a configuration file that the test has written. */
    public Gateway startWith(Path configuration) {
        Gateway gateway = new Gateway(
                process(List.of("--config", configuration.toString(), "stdio")), () -> mayLeaveSockets = true);
        gateway.readLog();
        return gateway;
    }

    /** As {@link #start()}, but nobody reads the gateway's stderr until {@link Gateway#readLog()}. */
    public Gateway startWithStalledLog() {
        return new Gateway(launch("stdio"), () -> mayLeaveSockets = true);
    }

    /** Runs a command to its end, which must come within 20 s; its standard input is empty. */
    public Run run(String... words) {
        return run(launch(words));
    }

    /** As {@link #run}, beside a gateway that runs: the configuration file is left alone. */
    public Run runBeside(String... words) {
        List<String> arguments =
                new ArrayList<>(List.of("--config", configurationFile().toString()));
        arguments.addAll(List.of(words));
        return run(process(arguments));
    }

    /** As {@link #run}, without {@code --config}: what the user typed is all there is. */
    public Run runBare(String... words) {
        writeConfiguration();
        return run(process(List.of(words)));
    }

    private static Run run(Process process) {
        try {
            CompletableFuture<String> stdout = read(process.getInputStream());
            CompletableFuture<String> stderr = read(process.getErrorStream());
            process.getOutputStream().close();
            if (!process.waitFor(20, SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError("still running after 20 s; stderr: " + stderr.join());
            }
            return new Run(process.exitValue(), stdout.join(), stderr.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static CompletableFuture<String> read(InputStream stream) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (stream) {
                text.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                text.completeExceptionally(e);
            }
        });
        return text;
    }

    /** Starts the launcher on this installation; the caller owns the process and its streams. */
    public Process launch(String... words) {
        writeConfiguration();
        List<String> arguments =
                new ArrayList<>(List.of("--config", configurationFile().toString()));
        arguments.addAll(List.of(words));
        return process(arguments);
    }

    private Process process(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(workingDirectory().toFile());
        builder.environment().clear();
        builder.environment().putAll(cleanEnvironment());
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What this installation's processes get: nothing of the developer's but the search path and the Java that runs the tests. */
    public Map<String, String> cleanEnvironment() {
        Map<String, String> all = new TreeMap<>(Map.of(
                "PATH", System.getenv("PATH"),
                "HOME", workingDirectory().toString(),
                "LANG", "C.UTF-8",
                "XDG_RUNTIME_DIR", sockets().toString(),
                "MCP_GATEWAY_JAVA_HOME", System.getProperty("java.home")));
        if (!QUICKLY_COMPILED.isEmpty()) {
            all.put("MCP_GATEWAY_JAVA_OPTS", QUICKLY_COMPILED);
        }
        elsewhere(all);
        all.putAll(environment);
        all.keySet().removeAll(withoutEnvironment);
        return all;
    }

    /** What {@code make elsewhere} says of the environment: {@code NAME=VALUE}, or {@code -NAME} for one that is not there. */
    private static void elsewhere(Map<String, String> environment) {
        for (String each : System.getProperty("acceptance.environment", "").split(",")) {
            int equals = each.indexOf('=');
            if (equals > 0) {
                environment.put(each.substring(0, equals), each.substring(equals + 1));
            } else if (each.startsWith("-")) {
                environment.remove(each.substring(1));
            }
        }
    }

    /** Writes providers.yaml as described so far; starting does it too. */
    public void writeConfiguration() {
        writeConfiguration(configurationFile());
    }

    private void writeConfiguration(Path file) {
        String text = "providers:" + (providers.isEmpty() ? " []\n" : "\n" + providers)
                + "gateway:\n  pluginsDir: " + pluginsDir() + "\n  workDir: " + workDir() + "\n" + settings
                + (pluginSettings.isEmpty() ? "" : "plugins:\n" + pluginSettings);
        try {
            Files.write(file, wholeConfiguration.orElseGet(() -> text.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes providers.yaml as described so far, as an editor does that saves by a rename. */
    public void saveConfiguration() {
        Path next = folder.resolve(".providers.yaml.next");
        writeConfiguration(next);
        try {
            Files.move(next, configurationFile(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The processes that were started from here and live: gateways, their providers, and whatever those started. */
    public List<ProcessHandle> processes() {
        return Environ.processesMentioning(folder.toString());
    }

    /** Waits until nothing that was started from here lives. */
    public void awaitNoProcess(Duration atMost) {
        Awaitility.await("no process left")
                .atMost(atMost)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(processes()).isEmpty());
    }

    @Override
    public void close() {
        try {
            awaitNoProcess(SHORTLY);
            if (!mayLeaveSockets) {
                assertThat(sockets()).as("sockets left behind").isEmptyDirectory();
            }
        } finally {
            processes().forEach(ProcessHandle::destroyForcibly);
            delete(folder);
        }
    }

    /** Deletes a folder with all in it. */
    public static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
