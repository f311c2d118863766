package dev.mcpgateway.bench;

import dev.mcpgateway.bench.plugin.EchoPlugin;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** Makes plugin jars of {@link EchoPlugin}. */
final class EchoJar {

    private EchoJar() {}

    /**
     * Writes a jar whose plugin has that many providers with that many tools each.
     *
     * @param classes the jar that has the plugin's classes
     */
    static Path write(Path target, Path classes, int providers, int tools) throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Plugin-Id", "bench-echo");
        attributes.putValue("Plugin-Version", "1.0.0");
        attributes.putValue("Plugin-Class", EchoPlugin.class.getName());
        attributes.putValue("Plugin-Requires", ">=0.1.0");
        String folder = EchoPlugin.class.getPackageName().replace('.', '/') + "/";
        try (OutputStream file = Files.newOutputStream(target);
                JarOutputStream jar = new JarOutputStream(file, manifest);
                JarFile source = new JarFile(classes.toFile())) {
            for (var entry : source.stream().toList()) {
                if (entry.getName().startsWith(folder) && entry.getName().endsWith(".class")) {
                    jar.putNextEntry(new ZipEntry(entry.getName()));
                    try (InputStream in = source.getInputStream(entry)) {
                        in.transferTo(jar);
                    }
                }
            }
            jar.putNextEntry(new ZipEntry(EchoPlugin.COUNTS));
            jar.write("providers=%d%ntools=%d%n".formatted(providers, tools).getBytes(StandardCharsets.ISO_8859_1));
        }
        return target;
    }
}
