// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testkit;

import dev.mcpgateway.api.GatewayPlugin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * A plugin jar for a test: the one that was built, or one that is packed of the classes under test, since unit tests run
 * before there is a jar. Immutable.
 *
 * {@snippet :
 * TestJar first = TestJar.ofClasses(Plugin.class);
 * TestJar second = first.version("1.0.1");
 * }
 */
public final class TestJar {

    private final Manifest manifest;
    private final Map<String, byte[]> entries;
    private final Optional<byte[]> asBuilt;

    private TestJar(Manifest manifest, Map<String, byte[]> entries, Optional<byte[]> asBuilt) {
        this.manifest = manifest;
        this.entries = entries;
        this.asBuilt = asBuilt;
    }

    /**
     * Everything that was compiled together with this class, resources included: {@code target/classes}. With {@code
     * plugin-parent} the manifest says what the built jar's will say; without, {@link #id} must be called, the version is
     * 1.0.0, and the API version is that of the test. Libraries are added by {@link #library}.
     *
     * @param pluginClass the {@code Plugin-Class}
     */
    public static TestJar ofClasses(Class<? extends GatewayPlugin> pluginClass) {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Plugin-Id", System.getProperty("plugin.id", ""));
        main.putValue("Plugin-Version", System.getProperty("plugin.version", "1.0.0"));
        main.putValue("Plugin-Class", pluginClass.getName());
        main.putValue("Plugin-Requires", System.getProperty("plugin.requires", ">=" + GatewayPlugin.API_VERSION));
        return new TestJar(manifest, contents(origin(pluginClass)), Optional.empty());
    }

    /**
     * The jar that {@code mvn package} has left in {@code target/}: for integration tests ({@code *IT}), which run after
     * it.
     *
     * @throws IllegalStateException when there is none, or more than one
     */
    public static TestJar built() {
        return builtIn(Path.of("target"));
    }

    static TestJar builtIn(Path target) {
        try (Stream<Path> files = Files.isDirectory(target) ? Files.list(target) : Stream.empty()) {
            Path[] jars = files.filter(TestJar::isPluginJar).toArray(Path[]::new);
            if (jars.length != 1) {
                throw new IllegalStateException("there must be one jar in target/ and there are " + jars.length
                        + ": run this test after `mvn package`, as an integration test (its name ends in IT)");
            }
            return of(jars[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A jar that lies somewhere, read now. */
    public static TestJar of(Path jar) {
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            if (manifest == null) {
                throw new IllegalArgumentException(jar.getFileName() + " has no manifest, so it is no plugin");
            }
            return new TestJar(manifest, contents(jar), Optional.of(Files.readAllBytes(jar)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same under another {@code Plugin-Id}. */
    public TestJar id(String id) {
        return with("Plugin-Id", id);
    }

    /** The same as another {@code Plugin-Version}, e.g. to replace the first one with. */
    public TestJar version(String version) {
        return with("Plugin-Version", version);
    }

    /** The same with another {@code Plugin-Requires}, a range of gateway-api versions. */
    public TestJar requires(String range) {
        return with("Plugin-Requires", range);
    }

    /** The same with the library that this class is of packed into it, as the build does: the jar or folder it was loaded from. */
    public TestJar library(Class<?> member) {
        Map<String, byte[]> more = new TreeMap<>(entries);
        contents(origin(member)).forEach(more::putIfAbsent);
        return new TestJar(manifest, more, Optional.empty());
    }

    /** @throws IllegalStateException when nothing has said it */
    String id() {
        String id = value("Plugin-Id");
        if (id.isEmpty()) {
            throw new IllegalStateException(
                    "no Plugin-Id is known: let the pom inherit plugin-parent and run the test by Maven, or call TestJar.id(…)");
        }
        return id;
    }

    String version() {
        return value("Plugin-Version");
    }

    byte[] bytes() {
        if (asBuilt.isPresent()) {
            return asBuilt.get();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes)) {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            manifest.write(text);
            write(jar, JarFile.MANIFEST_NAME, text.toByteArray());
            for (Map.Entry<String, byte[]> each : entries.entrySet()) {
                write(jar, each.getKey(), each.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(JarOutputStream jar, String name, byte[] content) throws IOException {
        JarEntry entry = new JarEntry(name);
        entry.setTime(0); // equal contents make equal jars
        jar.putNextEntry(entry);
        jar.write(content);
        jar.closeEntry();
    }

    private String value(String key) {
        String value = manifest.getMainAttributes().getValue(key);
        return value == null ? "" : value;
    }

    private TestJar with(String key, String value) {
        Manifest changed = new Manifest(manifest);
        changed.getMainAttributes().putValue(key, value);
        return new TestJar(changed, entries, Optional.empty());
    }

    private static boolean isPluginJar(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".jar")
                && !name.startsWith("original-")
                && !name.endsWith("-sources.jar")
                && !name.endsWith("-javadoc.jar")
                && !name.endsWith("-tests.jar");
    }

    private static Path origin(Class<?> member) {
        CodeSource source = member.getProtectionDomain().getCodeSource();
        if (source == null) {
            throw new IllegalArgumentException(member.getName() + " belongs to the JDK: a plugin has it already");
        }
        try {
            return Path.of(source.getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(member.getName() + " was not loaded from a file", e);
        }
    }

    private static Map<String, byte[]> contents(Path jarOrFolder) {
        Map<String, byte[]> contents = new TreeMap<>();
        try {
            if (Files.isDirectory(jarOrFolder)) {
                try (Stream<Path> files = Files.walk(jarOrFolder)) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        String name = jarOrFolder.relativize(file).toString().replace('\\', '/');
                        contents.put(name, Files.readAllBytes(file));
                    }
                }
            } else {
                try (JarFile jar = new JarFile(jarOrFolder.toFile())) {
                    for (JarEntry entry : jar.stream().toList()) {
                        try (InputStream in = jar.getInputStream(entry)) {
                            contents.put(entry.getName(), in.readAllBytes());
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        contents.keySet().removeIf(name -> name.endsWith("/") || name.equals(JarFile.MANIFEST_NAME));
        return contents;
    }
}
