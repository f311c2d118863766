// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a gateway's process has of its plugins, those that run and those that should be gone. Looking collects no garbage. */
public final class Leftovers {

    private static final Pattern JAR = Pattern.compile("([^/]+\\.jar)(?: \\(deleted\\))?$");
    private static final Pattern USAGE = Pattern.compile("Total Usage - \\d+ loaders, (\\d+) classes");
    private static final Pattern USED = Pattern.compile("(?m)^ *Both:.* committed, *(\\d+) bytes \\([^)]*\\) used");

    /**
     * What the JVM keeps of classes.
     *
     * @param loaded classes, of all loaders
     * @param metaspaceBytes in use
     */
    public record Classes(long loaded, long metaspaceBytes) {

        /** Collects first, so that only what is kept counts. */
        public static Classes of(long pid) {
            Vitals.jcmd(pid, "GC.run");
            Vitals.jcmd(pid, "GC.run");
            String answer = Vitals.jcmd(pid, "VM.metaspace", "scale=1");
            Matcher usage = USAGE.matcher(answer);
            Matcher used = USED.matcher(answer);
            assertThat(usage.find() && used.find()).as(answer).isTrue();
            return new Classes(Long.parseLong(usage.group(1)), Long.parseLong(used.group(1)));
        }
    }

    private Leftovers() {}

    /** How many class loaders of that plugin there are. */
    public static long classLoaders(long pid, String pluginId) {
        return Vitals.jcmd(pid, "VM.classloaders", "fold=false")
                .lines()
                .filter(line -> line.contains("\"plugin-" + pluginId + "\""))
                .count();
    }

    /** The names of the jars in that folder, which may be deleted, that are open or mapped. */
    public static List<String> openJars(long pid, Path folder) {
        Path process = Path.of("/proc", Long.toString(pid));
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"));
                Stream<String> maps = Files.lines(process.resolve("maps"))) {
            TreeSet<String> names = Stream.concat(descriptors.map(Leftovers::target), maps)
                    .filter(text -> text.contains(folder + "/"))
                    .map(JAR::matcher)
                    .filter(Matcher::find)
                    .map(jar -> jar.group(1))
                    .collect(toCollection(TreeSet::new));
            return List.copyOf(names);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of platform threads that run for plugins. */
    public static List<String> threads(long pid) {
        return Vitals.jcmd(pid, "Thread.print")
                .lines()
                .filter(line -> line.startsWith("\"plugin-"))
                .map(line -> line.substring(1, line.indexOf('"', 1)))
                .sorted()
                .toList();
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
