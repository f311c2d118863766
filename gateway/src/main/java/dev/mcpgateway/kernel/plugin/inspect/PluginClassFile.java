package dev.mcpgateway.kernel.plugin.inspect;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/** What the class files in a jar say, read without loading a class. Immutable. */
final class PluginClassFile {

    private static final int MOST_SUPERCLASSES = 32;
    private static final int MOST_BYTES = 4 << 20;

    private final JarFile jar;

    PluginClassFile(JarFile jar) {
        this.jar = jar;
    }

    /** Whether a class, or one above it in the jar, has a method of one of these names. */
    boolean declares(String className, Set<String> methods) throws IOException {
        String name = className.replace('.', '/');
        for (int i = 0; i < MOST_SUPERCLASSES; i++) {
            Optional<ClassModel> model = model(name);
            if (model.isEmpty()) {
                return false;
            }
            boolean isThere = model.get().methods().stream()
                    .anyMatch(each -> methods.contains(each.methodName().stringValue()));
            if (isThere) {
                return true;
            }
            name = model.get().superclass().map(above -> above.asInternalName()).orElse("");
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
