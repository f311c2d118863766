// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testing;

import dev.mcpgateway.api.GatewayPlugin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Builds a real plugin jar: compiles sources against gateway-api, writes the manifest. Without further words it is a
 * plugin with one in-process provider, named like the plugin, whose tool {@code echo.v1} returns its arguments.
 */
public final class PluginJar {

    private static final Map<List<Object>, Map<String, byte[]>> COMPILED = new ConcurrentHashMap<>();

    private final Map<String, String> manifest = new LinkedHashMap<>();
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private final List<String> leftOut = new ArrayList<>();

    private PluginJar(String id) {
        manifest.put("Plugin-Id", id);
        manifest.put("Plugin-Version", "1.0.0");
        manifest.put("Plugin-Class", "acme.Acme");
        manifest.put("Plugin-Requires", ">=0.1.0");
    }

    public static PluginJar of(String id) {
        return new PluginJar(id);
    }

    public PluginJar version(String version) {
        return manifest("Plugin-Version", version);
    }

    public PluginJar manifest(String key, String value) {
        manifest.put(key, value);
        return this;
    }

    public PluginJar without(String manifestKey) {
        manifest.remove(manifestKey);
        return this;
    }

    /** Everything in {@code package acme}, with the API imported; {@code Acme} is the plugin's class. */
    public PluginJar acme(String body) {
        return source("acme.Acme", """
                package acme;
                import dev.mcpgateway.api.*;
                import java.util.*;
                import java.util.concurrent.*;
                """ + body);
    }

    public PluginJar source(String className, String source) {
        sources.put(className, source);
        return this;
    }

    public PluginJar entry(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    public PluginJar entry(String name, String content) {
        return entry(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Compiled with the rest, but not packed. */
    public PluginJar leaveOut(String className) {
        leftOut.add(className.replace('.', '/') + ".class");
        return this;
    }

    /** Writes the jar as if it had been lying there for a minute. */
    public Path writeTo(Path file) {
        try {
            Files.write(file, bytes());
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public byte[] bytes() {
        if (sources.isEmpty()) {
            acme(ECHO.replace("NAME", manifest.getOrDefault("Plugin-Id", "acme")));
        }
        Manifest written = new Manifest();
        written.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.forEach((key, value) -> written.getMainAttributes().putValue(key, value));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes)) {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            written.write(text);
            write(jar, JarFile.MANIFEST_NAME, text.toByteArray());
            for (Map.Entry<String, byte[]> each : classes().entrySet()) {
                if (!leftOut.contains(each.getKey())) {
                    write(jar, each.getKey(), each.getValue());
                }
            }
            for (Map.Entry<String, byte[]> each : entries.entrySet()) {
                write(jar, each.getKey(), each.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A copy of the class file that comes of a source. */
    public byte[] classFile(String className) {
        byte[] bytes = classes().get(className.replace('.', '/') + ".class");
        if (bytes == null) {
            throw new IllegalArgumentException("there is no source for " + className);
        }
        return bytes.clone();
    }

    private Map<String, byte[]> classes() {
        return COMPILED.computeIfAbsent(List.of(Map.copyOf(sources)), key -> compile(sources));
    }

    private static void write(JarOutputStream jar, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(0); // equal contents make equal jars
        jar.putNextEntry(entry);
        jar.write(content);
        jar.closeEntry();
    }

    private static Map<String, byte[]> compile(Map<String, String> sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> complaints = new DiagnosticCollector<>();
        StandardJavaFileManager files = compiler.getStandardFileManager(complaints, null, StandardCharsets.UTF_8);
        Map<String, ByteArrayOutputStream> made = new LinkedHashMap<>();
        List<JavaFileObject> units = new ArrayList<>();
        sources.forEach((name, text) -> units.add(new SourceText(name, text)));
        List<String> options = List.of("-proc:none", "-nowarn", "-classpath", api().toString());
        boolean good = compiler.getTask(null, new InMemory(files, made), complaints, options, null, units)
                .call();
        if (!good) {
            throw new IllegalArgumentException(complaints.getDiagnostics().toString());
        }
        Map<String, byte[]> classes = new LinkedHashMap<>();
        made.forEach((name, bytes) -> classes.put(name.replace('.', '/') + ".class", bytes.toByteArray()));
        return classes;
    }

    private static Path api() {
        try {
            return Path.of(GatewayPlugin.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class SourceText extends SimpleJavaFileObject {
        private final String text;

        SourceText(String className, String text) {
            super(URI.create("string:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> made;

        InMemory(JavaFileManager files, Map<String, ByteArrayOutputStream> made) {
            super(files);
            this.made = made;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            made.put(className, out);
            return new SimpleJavaFileObject(URI.create("bytes:///" + className), kind) {
                @Override
                public ByteArrayOutputStream openOutputStream() {
                    return out;
                }
            };
        }
    }

    private static final String ECHO = """
            public final class Acme implements GatewayPlugin {
                @Override
                public List<ProviderOffer> providers(PluginContext context) {
                    return List.of(new ProviderOffer("NAME", Echo::new));
                }

                static final class Echo implements Provider {
                    Echo(ProviderContext context) {}

                    @Override
                    public CompletionStage<Capabilities> capabilities(CallContext call) {
                        return CompletableFuture.completedFuture(Capabilities.of(Tool.named("echo.v1").build()));
                    }

                    @Override
                    public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext call) {
                        return CompletableFuture.completedFuture(ToolResult.of(arguments));
                    }
                }
            }
            """;
}
