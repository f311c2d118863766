// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.inspect;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/** What the class files in a jar say, read without loading a class. Immutable. */
final class PluginClassFile {

    private static final int MOST_CLASSES = 64;
    private static final int MOST_BYTES = 4 << 20;

    private final JarFile jar;

    PluginClassFile(JarFile jar) {
        this.jar = jar;
    }

    /** Whether a class, or a class or interface above it in the jar, has a method of one of these names. */
    boolean declares(String className, Set<String> methods) throws IOException {
        Deque<String> toRead = new ArrayDeque<>(List.of(className.replace('.', '/')));
        Set<String> read = new HashSet<>();
        while (!toRead.isEmpty() && read.size() < MOST_CLASSES) {
            String name = toRead.remove();
            Optional<ClassModel> model = read.add(name) ? model(name) : Optional.empty();
            if (model.isPresent()) {
                boolean isThere = model.get().methods().stream()
                        .anyMatch(each -> methods.contains(each.methodName().stringValue()));
                if (isThere) {
                    return true;
                }
                model.get().superclass().ifPresent(above -> toRead.add(above.asInternalName()));
                model.get().interfaces().forEach(above -> toRead.add(above.asInternalName()));
            }
        }
        return false;
    }

    private Optional<ClassModel> model(String name) throws IOException {
        ZipEntry entry = jar.getEntry(name + ".class");
        if (entry == null) {
            return Optional.empty();
        }
        try (InputStream in = jar.getInputStream(entry)) {
            return Optional.of(ClassFile.of().parse(in.readNBytes(MOST_BYTES)));
        } catch (IllegalArgumentException broken) { // said when it is loaded
            return Optional.empty();
        }
    }
}
