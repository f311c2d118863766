// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Jars that are signed with the JDK's own tools, by a key that is made for it. */
public final class SignedJar {

    private static final String PASSWORD = "of-a-test";

    private SignedJar() {}

    /** @param scratch a folder for the key and the jar */
    public static byte[] of(byte[] jar, Path scratch) throws IOException {
        Path key = scratch.resolve("key.p12");
        Path file = Files.write(scratch.resolve("to-sign.jar"), jar);
        if (Files.notExists(key)) {
            tool(
                    "keytool",
                    "-genkeypair",
                    "-keystore",
                    key.toString(),
                    "-storepass",
                    PASSWORD,
                    "-alias",
                    "signer",
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=test");
        }
        tool("jarsigner", "-keystore", key.toString(), "-storepass", PASSWORD, file.toString(), "signer");
        return Files.readAllBytes(file);
    }

    /** The entries that are its signature. */
    public static Map<String, byte[]> signature(byte[] signed) throws IOException {
        Map<String, byte[]> entries = entries(signed);
        entries.keySet().removeIf(name -> !name.matches("META-INF/.*\\.(SF|EC|RSA|DSA)"));
        return entries;
    }

    /** The jar with one entry changed. */
    public static byte[] changed(byte[] jar, String name, UnaryOperator<byte[]> change) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(jar));
                ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                out.putNextEntry(new ZipEntry(entry.getName()));
                byte[] content = in.readAllBytes();
                out.write(entry.getName().equals(name) ? change.apply(content) : content);
                out.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static Map<String, byte[]> entries(byte[] jar) throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(jar))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.put(entry.getName(), in.readAllBytes());
            }
        }
        return entries;
    }

    private static void tool(String name, String... words) throws IOException {
        List<String> command = new java.util.ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", name).toString()));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(name + ": " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
