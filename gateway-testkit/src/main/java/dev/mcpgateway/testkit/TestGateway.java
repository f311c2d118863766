// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testkit;

import dev.mcpgateway.api.Json;
import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.plugin.PluginFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A gateway in a test: the real kernel in the test's JVM, with a plugin folder of its own, and an MCP client that talks to
 * it over a pipe. It starts when it is first asked for something, so that jars which were dropped before lie there at
 * its start. In a static field it lives as long as the test class, in another one as long as the test.
 *
 * {@snippet :
 * @RegisterExtension
 * static final TestGateway gateway = TestGateway.create();
 *
 * @Test
 * void a_greeting_names_who_is_greeted() {
 *     gateway.drop(TestJar.ofClasses(Plugin.class)).awaitLive();
 *     Answer answer = gateway.call("hello.greet.v1", "{\"name\":\"Alice\"}");
 *     assertEquals("Hello, Alice!", answer.text());
 * }
 * }
 *
 * <p>Not thread-safe, but for {@link #call}, {@link #read} and {@link #prompt}.
 */
public final class TestGateway implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    private static final Duration NOTIFICATION = Duration.ofSeconds(10);
    private static final int DEPTH = 64;

    private final Map<String, Map<String, Object>> settings = new LinkedHashMap<>();
    private final List<Map<String, Object>> providers = new ArrayList<>();
    private final Set<String> dropped = new TreeSet<>();
    private @Nullable Path folder;
    private volatile @Nullable Running running;
    private String openedBy = "";
    private long changesSeen;

    private TestGateway() {}

    /** A gateway without providers; to be kept in a field with {@code @RegisterExtension}. */
    public static TestGateway create() {
        return new TestGateway();
    }

    /** Gives a plugin what stands under {@code plugins:} in providers.yaml, as plain values of JSON. To be called before the start. */
    public TestGateway settings(String pluginId, Map<String, Object> itsSettings) {
        settings.put(pluginId, Map.copyOf(itsSettings));
        return this;
    }

    /**
     * Adds an entry to {@code providers:} in providers.yaml, for a plugin that offers provider types. To be called before
     * the start.
     *
     * @param entry its keys without {@code name}, e.g. {@code type} and {@code address}
     */
    public TestGateway provider(String name, Map<String, Object> entry) {
        Map<String, Object> whole = new LinkedHashMap<>(entry);
        whole.put("name", name);
        providers.add(whole);
        return this;
    }

    /** Puts a jar into the plugin folder, under the plugin's id as its name. */
    public DroppedJar drop(TestJar jar) {
        dropped.add(jar.id());
        return new DroppedJar(this, pluginsDir().resolve(jar.id() + ".jar"), jar);
    }

    /**
     * Calls a tool.
     *
     * @param tool as it is listed, e.g. {@code hello.greet.v1}
     * @param arguments a JSON object, e.g. <code>{}</code>
     * @throws IllegalArgumentException when the arguments are no JSON
     */
    public Answer call(String tool, String arguments) {
        return Answer.of(client().ask("tools/call", Map.of("name", tool, "arguments", json(arguments))));
    }

    /** Reads a resource. */
    public Answer read(String uri) {
        return Answer.of(client().ask("resources/read", Map.of("uri", uri)));
    }

    /**
     * Fills in a prompt.
     *
     * @param arguments a JSON object whose values are strings
     * @throws IllegalArgumentException when the arguments are no JSON
     */
    public Answer prompt(String name, String arguments) {
        return Answer.of(client().ask("prompts/get", Map.of("name", name, "arguments", json(arguments))));
    }

    /** The names of the tools that a client is listed. */
    public List<String> tools() {
        return client().list("tools/list", "tools", "name");
    }

    /** The URIs of the resources that a client is listed. */
    public List<String> resources() {
        return client().list("resources/list", "resources", "uri");
    }

    /** The names of the prompts that a client is listed. */
    public List<String> prompts() {
        return client().list("prompts/list", "prompts", "name");
    }

    /**
     * Waits until the client has been told, by a {@code list_changed} notification, that a list is another one than before
     * the last {@link #drop}, {@link DroppedJar#replace} or {@link DroppedJar#remove}.
     *
     * @throws AssertionError when it was not within 10 s
     */
    public void awaitListChanged() {
        Client client = client();
        if (!Running.await(NOTIFICATION, () -> client.listChanges() > changesSeen)) {
            throw new AssertionError(
                    "the client was not told within " + NOTIFICATION.toSeconds() + " s that a list has changed");
        }
    }

    /**
     * Asserts that of plugins that were replaced or removed nothing is left in this JVM: no thread runs with their classes,
     * and their class loaders are collected. Asks for garbage collections. What counts is the whole JVM, so tests that drop plugins
     * of one id must not run in parallel.
     *
     * @throws AssertionError when something is left after 10 s, with the names of the threads
     */
    public void assertNothingLeaked() {
        List<PluginFile> files = running().files();
        Map<String, Long> allowed = new LinkedHashMap<>();
        for (String id : dropped) {
            allowed.put(
                    id,
                    files.stream()
                            .filter(file -> file.state() == PluginFile.State.LIVE
                                    && file.id().filter(id::equals).isPresent())
                            .count());
        }
        Leaks.assertNoMoreThan(allowed);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        open(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        open(context);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close(context);
    }

    /** Starts it where it has not been started. */
    synchronized Running running() {
        Running now = running;
        if (now == null) {
            now = new Running(configurationFile());
            running = now;
        }
        return now;
    }

    /** What the client was told so far is about earlier changes. */
    void aboutToChange() {
        Running now = running;
        if (now != null) {
            changesSeen = now.client().listChanges();
        }
    }

    private Client client() {
        return running().client();
    }

    private void open(ExtensionContext context) {
        if (folder != null) {
            return; // a static field: opened for all tests of the class
        }
        openedBy = context.getUniqueId();
        try {
            Path made = Files.createTempDirectory("gateway-test-").toRealPath();
            Files.createDirectory(made.resolve("plugins-dir"));
            folder = made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void close(ExtensionContext context) {
        Path opened = folder;
        if (opened == null || !openedBy.equals(context.getUniqueId())) {
            return;
        }
        Running now = running;
        running = null;
        folder = null;
        dropped.clear();
        changesSeen = 0;
        if (now != null) {
            now.close();
        }
        delete(opened);
    }

    private Path folder() {
        Path opened = folder;
        if (opened == null) {
            throw new IllegalStateException("keep the TestGateway in a field with @RegisterExtension");
        }
        return opened;
    }

    private Path pluginsDir() {
        return folder().resolve("plugins-dir");
    }

    /** JSON, which is YAML too; what looks like a variable is none. */
    private Path configurationFile() {
        Map<String, Object> configuration = Map.of(
                "providers", providers,
                "plugins", settings,
                "gateway",
                        Map.of(
                                "pluginsDir", pluginsDir().toString(),
                                "workDir", folder().resolve("state").toString()));
        String text =
                StandardCharsets.UTF_8.decode(Json.of(configuration).utf8()).toString();
        try {
            return Files.writeString(folder().resolve("providers.yaml"), text.replace("${", "$${"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Json json(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            return JsonValue.parse(bytes, 0, bytes.length, DEPTH);
        } catch (JsonFault fault) {
            throw new IllegalArgumentException("the arguments are no JSON: " + fault.text());
        }
    }

    private static void delete(Path tree) {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
