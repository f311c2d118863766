// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testkit;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/** Finds what is left of plugins in this JVM, by the name of their class loaders: {@code plugin-ID}. */
final class Leaks {

    private static final Duration COLLECTION = Duration.ofSeconds(10);

    /** The gateway clears what plugins leave on threads of its own, where the JVM lets it. */
    private static final String HINT = Thread.class.getModule().isOpen("java.lang", Leaks.class.getModule())
            ? ""
            : "; first run the tests with --add-opens java.base/java.lang=ALL-UNNAMED, as plugin-parent and the launcher do";

    private Leaks() {}

    /**
     * Asks for garbage collections until no plugin has more class loaders than it may.
     *
     * @param allowed by plugin id, how many of its versions run
     * @throws AssertionError when one still has more after 10 s
     */
    static void assertNoMoreThan(Map<String, Long> allowed) {
        boolean none = Running.await(COLLECTION, () -> {
            System.gc();
            return allowed.entrySet().stream().allMatch(each -> loaders(each.getKey()) <= each.getValue());
        });
        if (none) {
            return;
        }
        StringBuilder text = new StringBuilder();
        allowed.forEach((id, running) -> {
            long there = loaders(id);
            if (there > running) {
                TreeSet<String> threads = threads(id);
                text.append("plugin ")
                        .append(id)
                        .append(" has leaked: ")
                        .append(there - running)
                        .append(" of its class loaders cannot be collected; ")
                        .append(
                                threads.isEmpty()
                                        ? "no thread of it runs, so something else holds an object or a class of it"
                                        : "these threads run with its classes: " + String.join(", ", threads))
                        .append(" (docs/plugin-author/when-it-fails.md)")
                        .append(HINT)
                        .append('\n');
            }
        });
        throw new AssertionError(text.toString().strip());
    }

    private static long loaders(String pluginId) {
        Matcher names =
                Pattern.compile(Pattern.quote("\"plugin-" + pluginId + "\"")).matcher(tree());
        return names.results().count();
    }

    /** The JVM's class loaders, each by its name in quotation marks. */
    private static String tree() {
        try {
            Object tree = ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "vmClassloaders",
                            new Object[] {new String[] {"fold=false"}},
                            new String[] {String[].class.getName()});
            return String.valueOf(tree);
        } catch (JMException e) {
            throw new IllegalStateException("this JVM does not list its class loaders: use a HotSpot JDK", e);
        }
    }

    private static TreeSet<String> threads(String pluginId) {
        TreeSet<String> names = new TreeSet<>();
        Thread.getAllStackTraces().forEach((thread, frames) -> {
            ClassLoader context = thread.getContextClassLoader();
            boolean isIts = context != null && ("plugin-" + pluginId).equals(context.getName());
            for (StackTraceElement frame : frames) {
                isIts |= ("plugin-" + pluginId).equals(frame.getClassLoaderName());
            }
            if (isIts) {
                names.add(thread.getName());
            }
        });
        return names;
    }
}
