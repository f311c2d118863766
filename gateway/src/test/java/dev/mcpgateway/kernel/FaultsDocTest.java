// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What docs/faults.md says is held by tests that there are, in whatever language. */
class FaultsDocTest {

    private static final Path ROOT = Path.of("..");
    private static final Path PAGE = ROOT.resolve(Path.of("docs", "faults.md"));
    private static final Set<String> NO_SOURCES = Set.of("target", "node_modules", ".git");
    private static final Pattern NAMED = Pattern.compile("`([^`]+)`");
    private static final Pattern JAVA_TEST = Pattern.compile("(?m)^    void (\\w+)\\(");
    private static final Pattern GO_TEST = Pattern.compile("(?m)^func (Test\\w+)\\(");
    private static final Pattern RUST_TEST = Pattern.compile("#\\[(?:tokio::)?test[^]]*]\\s+(?:async )?fn (\\w+)\\(");
    private static final Pattern TAG = Pattern.compile("@Tag\\(([^)]*)\\)");
    /** Those that choose which tests are run; CONTRIBUTING explains them. */
    private static final Set<String> TAGS = Set.of("\"slow\"", "\"alone\"", "\"chaos\"");

    @Test
    void every_row_names_tests_that_there_are() throws IOException {
        Set<String> tests = tests();
        List<String> wrong = new ArrayList<>();
        int rows = 0;
        for (String line : Files.readAllLines(PAGE)) {
            if (!line.startsWith("|")
                    || line.equals("| fault | what happens | test |")
                    || line.equals("|---|---|---|")) {
                continue;
            }
            rows++;
            List<String> cells = List.of(line.substring(1).split("\\|", -1));
            if (cells.size() != 4 || cells.stream().limit(3).anyMatch(String::isBlank)) {
                wrong.add("is no row of a fault, what happens and a test: " + line);
                continue;
            }
            List<String> named = NAMED.matcher(cells.get(2))
                    .results()
                    .map(each -> each.group(1))
                    .toList();
            if (named.isEmpty()) {
                wrong.add("has no test: " + line);
            }
            named.stream().filter(test -> !tests.contains(test)).forEach(test -> wrong.add("there is no test " + test));
        }
        assertThat(wrong).isEmpty();
        assertThat(rows).isGreaterThan(200);
    }

    /** A tag that chooses nothing is a word that only its author can look up. */
    @Test
    void every_tag_chooses_which_tests_are_run() throws IOException {
        Map<Path, List<String>> others = new TreeMap<>();
        for (Path file : sources(".java")) {
            List<String> tags = TAG.matcher(Files.readString(file))
                    .results()
                    .map(each -> each.group(1))
                    .filter(tag -> !TAGS.contains(tag))
                    .toList();
            if (!tags.isEmpty()) {
                others.put(file, tags);
            }
        }
        assertThat(others).isEmpty();
    }

    private static Set<String> tests() throws IOException {
        List<String> tests = new ArrayList<>();
        for (Path file : sources("Test.java")) {
            String name = file.getFileName().toString().replace(".java", "");
            String text = Files.readString(file);
            if (text.contains("class " + name + " ")) {
                names(JAVA_TEST, text).forEach(method -> tests.add(name + "." + method));
            }
        }
        for (Path file : sources("_test.go")) {
            tests.addAll(names(GO_TEST, Files.readString(file)));
        }
        for (Path file : sources(".rs")) {
            tests.addAll(names(RUST_TEST, Files.readString(file)));
        }
        return tests.stream().collect(Collectors.toUnmodifiableSet());
    }

    private static List<String> names(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(each -> each.group(1)).toList();
    }

    private static List<Path> sources(String end) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return NO_SOURCES.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(end)) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }
}
