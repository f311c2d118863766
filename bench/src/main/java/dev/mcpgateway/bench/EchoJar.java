// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import dev.mcpgateway.bench.plugin.EchoPlugin;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/**
 * A plugin jar of {@link EchoPlugin}.
 *
 * @param number of its first provider; the others follow
 * @param tools of each provider
 * @param timed whether its providers have the tool {@link EchoPlugin#OWN_TIME}
 * @param padding bytes that nobody needs and that cannot be compressed
 * @param build of two jars that differ in nothing else, the higher one is the newer
 */
record EchoJar(int number, int providers, int tools, boolean timed, int padding, int build) {

    static EchoJar of(int providers, int tools) {
        return new EchoJar(0, providers, tools, false, 0, 0);
    }

    /** One provider of that number. */
    static EchoJar numbered(int number, int tools) {
        return new EchoJar(number, 1, tools, false, 0, 0);
    }

    EchoJar withTimes() {
        return new EchoJar(number, providers, tools, true, padding, build);
    }

    EchoJar padded(int bytes, int itsBuild) {
        return new EchoJar(number, providers, tools, timed, bytes, itsBuild);
    }

    /** The full name of its first tool. */
    String firstTool() {
        return EchoPlugin.providerName(number) + "." + EchoPlugin.toolName(0);
    }

    /**
     * Writes it.
     *
     * @param classes the jar that has the plugin's classes
     */
    Path write(Path target, Path classes) throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Plugin-Id", "bench-echo-" + number);
        attributes.putValue("Plugin-Version", "1.0." + build);
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
            jar.write("number=%d%nproviders=%d%ntools=%d%ntimed=%b%n"
                    .formatted(number, providers, tools, timed)
                    .getBytes(StandardCharsets.ISO_8859_1));
            if (padding > 0) {
                byte[] bytes = new byte[padding];
                new Random(build).nextBytes(bytes);
                jar.putNextEntry(new ZipEntry("padding"));
                jar.write(bytes);
            }
        }
        return target;
    }
}
