// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.inspect;

import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import java.io.IOException;
import java.io.InputStream;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * The signature that a jar brings along (JAR File Specification, "Signed JAR File"). Who signed it is not asked; but the JVM loads no
 * class from a jar that does not fit its signature, and says so where nobody understands it.
 */
final class Signature {

    private static final String FOLDER = "META-INF/";

    private Signature() {}

    /** @param jar opened so that entries are verified when they are read to their end */
    static void check(JarFile jar) throws IOException, PluginFault {
        Optional<String> signature =
                jar.stream().map(JarEntry::getName).filter(Signature::isOne).findFirst();
        if (signature.isEmpty()) {
            return;
        }
        byte[] buffer = new byte[64 << 10];
        Enumeration<JarEntry> entries = jar.entries();
        while (entries.hasMoreElements()) {
            try (InputStream in = jar.getInputStream(entries.nextElement())) {
                while (in.read(buffer) >= 0) {
                    // to its end
                }
            } catch (SecurityException doesNotFit) {
                throw new PluginFault(
                        Code.SIGNATURE,
                        "it does not fit its signature " + signature.get() + " (" + doesNotFit.getMessage()
                                + "): it was changed after it was signed, or that is the signature of a dependency that was"
                                + " packed into it: leave META-INF/*.SF, *.RSA, *.DSA and *.EC of dependencies out, e.g. by a"
                                + " filter of maven-shade-plugin, and sign last");
            }
        }
    }

    private static boolean isOne(String entry) {
        String name = entry.toUpperCase(Locale.ROOT);
        return name.startsWith(FOLDER) && name.endsWith(".SF") && name.indexOf('/', FOLDER.length()) < 0;
    }
}
