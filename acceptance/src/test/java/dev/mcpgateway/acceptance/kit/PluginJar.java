// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import dev.mcpgateway.api.GatewayPlugin;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Builds a plugin jar from source text, as a plugin author's build would. Made for being changed step by step into a jar
 * with something wrong. Not thread-safe.
 *
 * {@snippet :
 * PluginJar.withTool("toys", "spin.v1", "while (true) { Thread.onSpinWait(); }").writeTo(installation.pluginsDir());
 * }
 */
public final class PluginJar {

    private final String id;
    private final Map<String, String> manifest = new LinkedHashMap<>();
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private final List<Path> libraries = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private final Map<String, UnaryOperator<byte[]>> changes = new LinkedHashMap<>();

    /** A jar that says it is this plugin, version 1.0.0, and names this class, of which {@link #source} is yet to come. */
    public static PluginJar of(String id, String pluginClass) {
        return new PluginJar(id, pluginClass);
    }

    /**
     * A plugin whose provider, called like the plugin, has one tool that takes any object.
     *
     * @param body of {@code ToolResult call(Json arguments, CallContext context) throws Exception}, which runs on a
     *     thread of its own and may block; {@code java.util.*} and {@code java.util.concurrent.*} are imported
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
        String name = "sample." + id.replace('-', '_');
        String opener = source.contains("Source(ProviderContext ") ? "Source::new" : "opened -> new Source()";
        return of(id, name + ".SamplePlugin")
                .source(name + ".SamplePlugin", imports(name) + """
                        public final class SamplePlugin implements GatewayPlugin {
                            @Override
                            public List<ProviderOffer> providers(PluginContext context) {
                                return List.of(new ProviderOffer("%s", %s));
                            }
                        }
                        """.formatted(id, opener))
                .source(name + ".Source", imports(name) + source);
    }

    static String imports(String ofPackage) {
        return """
                package %s;
                import dev.mcpgateway.api.*;
                import java.util.*;
                import java.util.concurrent.*;
                """.formatted(ofPackage);
    }

    private PluginJar(String id, String pluginClass) {
        this.id = id;
        manifest.put("Plugin-Id", id);
        manifest.put("Plugin-Version", "1.0.0");
        manifest.put("Plugin-Class", pluginClass);
        manifest.put("Plugin-Requires", ">=" + GatewayPlugin.API_VERSION);
    }

    /** Sets a key of the manifest. */
    public PluginJar manifest(String key, String value) {
        manifest.put(key, value);
        return this;
    }

    /** Takes a key out of the manifest. */
    public PluginJar withoutManifest(String key) {
        manifest.remove(key);
        return this;
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

    /** Compiles against a library and puts what is in it into the jar, except what is there already. */
    public PluginJar library(Path jar) {
        libraries.add(jar);
        return this;
    }

    /** As {@link #library(Path)}, the jar in which the tests found this class. */
    public PluginJar libraryOf(Class<?> member) {
        return library(origin(member));
    }

    /** Leaves this class out of the jar after it was compiled against, so that it is missing at run time. */
    public PluginJar leaveOut(String className) {
        leftOut.add(entryOf(className));
        return this;
    }

    /** Changes a class after it was compiled. */
    public PluginJar patch(String className, UnaryOperator<byte[]> change) {
        changes.put(entryOf(className), change);
        return this;
    }

    /** The same jar with other values in its manifest; nothing is compiled. */
    public static byte[] withManifest(byte[] jar, Map<String, String> values) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(jar));
                JarOutputStream out = new JarOutputStream(bytes)) {
            out.setLevel(Deflater.NO_COMPRESSION);
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                out.putNextEntry(new ZipEntry(entry.getName()));
                if (entry.getName().equals(JarFile.MANIFEST_NAME)) {
                    Manifest changed = new Manifest(in);
                    values.forEach(changed.getMainAttributes()::putValue);
                    changed.write(out);
                } else {
                    in.transferTo(out);
                }
                out.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** The jar's file name. */
    public String fileName() {
        return id + ".jar";
    }

    /** Writes the jar beside its place and moves it there, so that nobody sees half of it. */
    public Path writeTo(Path folder) {
        try {
            Path part = folder.resolve("." + fileName() + ".part");
            Files.write(part, bytes());
            return Files.move(part, folder.resolve(fileName()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The jar. */
    public byte[] bytes() {
        try {
            Map<String, byte[]> contents = compiled();
            contents.keySet().removeAll(leftOut);
            changes.forEach((entry, change) -> contents.computeIfPresent(entry, (same, old) -> change.apply(old)));
            contents.putAll(entries);
            for (Path library : libraries) {
                unpack(library, contents);
            }
            return packed(contents);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] packed(Map<String, byte[]> contents) throws IOException {
        Manifest written = new Manifest();
        written.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.forEach(written.getMainAttributes()::putValue);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes)) {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            written.write(text);
            write(jar, JarFile.MANIFEST_NAME, text.toByteArray());
            for (Map.Entry<String, byte[]> content : contents.entrySet()) {
                write(jar, content.getKey(), content.getValue());
            }
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

    private Map<String, byte[]> compiled() throws IOException {
        if (sources.isEmpty()) {
            return new LinkedHashMap<>();
        }
        Path folder = Files.createTempDirectory("plugin-classes-");
        try {
            compileInto(folder);
            return filesIn(folder);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static Map<String, byte[]> filesIn(Path folder) throws IOException {
        Map<String, byte[]> contents = new LinkedHashMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                contents.put(folder.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return contents;
    }

    private void compileInto(Path folder) {
        String classPath = Stream.concat(Stream.of(origin(GatewayPlugin.class)), libraries.stream())
                .map(Path::toString)
                .collect(Collectors.joining(":"));
        List<JavaFileObject> units = sources.entrySet().stream()
                .<JavaFileObject>map(source -> new SourceText(source.getKey(), source.getValue()))
                .toList();
        StringWriter complaints = new StringWriter();
        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        complaints,
                        null,
                        null,
                        List.of("-d", folder.toString(), "-cp", classPath, "-proc:none", "-Xlint:none", "-nowarn"),
                        null,
                        units)
                .call();
        if (!compiled) {
            throw new IllegalArgumentException("plugin " + id + " does not compile:\n" + complaints);
        }
    }

    private static void unpack(Path library, Map<String, byte[]> into) throws IOException {
        if (Files.isDirectory(library)) { // a module of the same build
            filesIn(library).forEach(into::putIfAbsent);
            return;
        }
        try (JarFile jar = new JarFile(library.toFile())) {
            for (JarEntry entry : jar.stream().toList()) {
                if (!entry.isDirectory() && !entry.getName().equals(JarFile.MANIFEST_NAME)) {
                    into.putIfAbsent(entry.getName(), jar.getInputStream(entry).readAllBytes());
                }
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

    private static String entryOf(String className) {
        return className.replace('.', '/') + ".class";
    }

    private static final class SourceText extends SimpleJavaFileObject {

        private final String text;

        private SourceText(String className, String text) {
            super(URI.create("string:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
