// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import dev.mcpgateway.kernel.text.PlainText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What is wrong with a file, collected, so that it can be mended in one go. Not thread-safe. */
final class Problems {

    private static final int SHOWN = 10;

    private final Path file;
    // A value behind an alias is met once for each of them.
    private final Set<Problem> found = new LinkedHashSet<>();

    private record Problem(SourceLocation at, String text) {}

    private final Set<SourceLocation> withoutValue = new HashSet<>();

    Problems(Path file) {
        this.file = file;
    }

    void add(SourceLocation at, String text) {
        if (!withoutValue.contains(at)) {
            found.add(new Problem(at, text));
        }
    }

    /** There is no value at this place, so that whatever else is found wrong with it comes of that. */
    void addWithoutValue(SourceLocation at, String text) {
        add(at, text);
        withoutValue.add(at);
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    void throwIfAny() throws ConfigurationException {
        if (found.isEmpty()) {
            return;
        }
        List<String> lines = new ArrayList<>();
        found.stream()
                .sorted(Comparator.comparing(Problem::at))
                .limit(SHOWN)
                .forEach(problem -> lines.add(file + problem.at().toString() + ": " + PlainText.uncut(problem.text())));
        if (found.size() > SHOWN) {
            lines.add("and " + (found.size() - SHOWN) + " more");
        }
        throw new ConfigurationException(String.join("\n", lines));
    }
}
