// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testing;

import dev.mcpgateway.api.GatewayPlugin;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Builds a plugin jar from source text, as a plugin author's build would. Made for being changed step by step into a jar
 * with something wrong. Not thread-safe.
 *
 * {@snippet :
 * PluginJar.withTool("toys", "spin.v1", "while (true) { Thread.onSpinWait(); }").dropInto(installation.pluginsDir());
 * }
 */
public final class PluginJar {

    private static final Map<List<Object>, Map<String, byte[]>> COMPILED = new ConcurrentHashMap<>();

    private final String id;
    private final Map<String, String> manifest = new LinkedHashMap<>();
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private final List<Path> libraries = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private final Map<String, UnaryOperator<byte[]>> changes = new LinkedHashMap<>();

    /**
     * Version 1.0.0 of a plugin with one provider, called like the plugin, whose tool {@code echo.v1} returns its
     * arguments; {@link #acme(String)} makes another plugin of it.
     */
    public static PluginJar of(String id) {
        return withAsynchronousTool(
                id, "echo.v1", "return CompletableFuture.completedFuture(ToolResult.of(arguments));");
    }

    /**
     * A plugin whose provider, called like the plugin, has one tool that takes any object.
     *
     * @param body of {@code ToolResult call(Json arguments, CallContext context) throws Exception}, which runs on a
     *     thread of its own and may block
     */
    public static PluginJar withTool(String id, String tool, String body) {
        return withProvider(id, """
                final class Source implements BlockingProvider {
                    @Override
                    public Capabilities capabilities(CallContext context) {
                        return Capabilities.of(Tool.named("%s").build());
                    }

                    @Override
                    public ToolResult callTool(String tool, Json arguments, CallContext context) throws Exception {
                        %s
                    }
                }
                """.formatted(tool, body));
    }

    /**
     * As {@link #withTool}, on the asynchronous seam itself.
     *
     * @param body of {@code CompletionStage<ToolResult> callTool(Json arguments, CallContext context)}, which must not
     *     block, unless that is the point
     */
    public static PluginJar withAsynchronousTool(String id, String tool, String body) {
        return withProvider(id, """
                final class Source implements Provider {
                    Source(ProviderContext context) {}

                    @Override
                    public CompletionStage<Capabilities> capabilities(CallContext context) {
                        return CompletableFuture.completedFuture(Capabilities.of(Tool.named("%s").build()));
                    }

                    @Override
                    public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext context) {
                        %s
                    }
                }
                """.formatted(tool, body));
    }

    /**
     * A plugin with one provider, called like the plugin.
     *
     * @param source of a class {@code Source} whose constructor takes a {@code ProviderContext} or nothing
     */
    public static PluginJar withProvider(String id, String source) {
        String opener = source.contains("Source(ProviderContext ") ? "Source::new" : "opened -> new Source()";
        return new PluginJar(id).acme(source + """

                public final class Acme implements GatewayPlugin {
                    @Override
                    public List<ProviderOffer> providers(PluginContext context) {
                        return List.of(new ProviderOffer("%s", %s));
                    }
                }
                """.formatted(id, opener));
    }

    private PluginJar(String id) {
        this.id = id;
        manifest.put("Plugin-Id", id);
        manifest.put("Plugin-Version", "1.0.0");
        manifest.put("Plugin-Class", "acme.Acme");
        manifest.put("Plugin-Requires", ">=" + GatewayPlugin.API_VERSION);
    }

    /** Sets its version. */
    public PluginJar version(String version) {
        return manifest("Plugin-Version", version);
    }

    /** Sets a key of the manifest. */
    public PluginJar manifest(String key, String value) {
        manifest.put(key, value);
        return this;
    }

    /** Takes a key out of the manifest. */
    public PluginJar without(String manifestKey) {
        manifest.remove(manifestKey);
        return this;
    }

    /** Writes {@code acme.Acme}, the plugin's class, anew, and whatever stands beside it. */
    public PluginJar acme(String body) {
        return acme("Acme", body);
    }

    /** Adds a class to {@code package acme}, where the API, {@code java.util} and its {@code concurrent} are imported. */
    public PluginJar acme(String simpleName, String body) {
        return source("acme." + simpleName, """
                package acme;
                import dev.mcpgateway.api.*;
                import java.util.*;
                import java.util.concurrent.*;
                """ + body);
    }

    /** Adds a class; its name in full. */
    public PluginJar source(String className, String text) {
        sources.put(className, text);
        return this;
    }

    /** Adds an entry as it is; the name is not checked. */
    public PluginJar entry(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    /** As {@link #entry(String, byte[])}. */
    public PluginJar entry(String name, String content) {
        return entry(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Compiles against the jar in which the tests found this class, and packs what is not there already. */
    public PluginJar libraryOf(Class<?> member) {
        libraries.add(origin(member));
        return this;
    }

    /** Leaves this class out of the jar after it was compiled against, so that it is missing at run time. */
    public PluginJar leaveOut(String className) {
        leftOut.add(Javac.entryOf(className));
        return this;
    }

    /** Changes a class after it was compiled. */
    public PluginJar patch(String className, UnaryOperator<byte[]> change) {
        changes.put(Javac.entryOf(className), change);
        return this;
    }

    /** The name under which {@link #dropInto} writes it. */
    public String fileName() {
        return id + ".jar";
    }

    /** Writes the jar beside its place and moves it there, so that nobody sees half of it. */
    public Path dropInto(Path folder) {
        try {
            Path part = folder.resolve("." + fileName() + ".part");
            Files.write(part, bytes());
            return Files.move(part, folder.resolve(fileName()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the jar as if it had been lying there for a minute. */
    public Path writeTo(Path file) {
        try {
            Files.write(file, bytes());
            return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The jar; equal contents make equal jars. */
    public byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> content : contents().entrySet()) {
                ZipEntry entry = new ZipEntry(content.getKey());
                entry.setTime(0);
                jar.putNextEntry(entry);
                jar.write(content.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private Map<String, byte[]> contents() throws IOException {
        Map<String, byte[]> contents = new LinkedHashMap<>();
        contents.put(JarFile.MANIFEST_NAME, manifestFile());
        contents.putAll(compiled());
        contents.keySet().removeAll(leftOut);
        changes.forEach((entry, change) -> contents.computeIfPresent(entry, (same, old) -> change.apply(old.clone())));
        contents.putAll(entries);
        for (Path library : libraries) {
            unpack(library, contents);
        }
        return contents;
    }

    private byte[] manifestFile() throws IOException {
        Manifest written = new Manifest();
        written.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.forEach(written.getMainAttributes()::putValue);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        written.write(bytes);
        return bytes.toByteArray();
    }

    /** Many tests build the same plugin, so each is compiled once. */
    private Map<String, byte[]> compiled() {
        String classPath = Stream.concat(Stream.of(origin(GatewayPlugin.class)), libraries.stream())
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
        return COMPILED.computeIfAbsent(
                List.of(Map.copyOf(sources), classPath), key -> Javac.compile(sources, classPath));
    }

    private static void unpack(Path library, Map<String, byte[]> into) throws IOException {
        if (Files.isDirectory(library)) { // a module of the same build
            copy(library, into);
            return;
        }
        try (FileSystem jar = FileSystems.newFileSystem(library)) {
            copy(jar.getPath("/"), into);
        }
    }

    private static void copy(Path root, Map<String, byte[]> into) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                into.putIfAbsent(root.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
    }

    private static Path origin(Class<?> member) {
        try {
            return Path.of(
                    member.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same jar with other values in its manifest; nothing is compiled. */
    public static byte[] withManifest(byte[] jar, Map<String, String> values) {
        return changed(jar, (name, content) -> {
            if (!name.equals(JarFile.MANIFEST_NAME)) {
                return content;
            }
            try {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                Manifest manifest = new Manifest(new ByteArrayInputStream(content));
                values.forEach(manifest.getMainAttributes()::putValue);
                manifest.write(bytes);
                return bytes.toByteArray();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /**
     * Any jar, with its entries changed and not compressed.
     *
     * @param change from the name and the content of an entry to its content
     */
    public static byte[] changed(byte[] jar, BiFunction<String, byte[], byte[]> change) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(jar));
                JarOutputStream out = new JarOutputStream(bytes)) {
            out.setLevel(Deflater.NO_COMPRESSION);
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                out.putNextEntry(new ZipEntry(entry.getName()));
                out.write(change.apply(entry.getName(), in.readAllBytes()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
