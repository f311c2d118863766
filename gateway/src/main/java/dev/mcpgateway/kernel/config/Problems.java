package dev.mcpgateway.kernel.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is wrong with a file, collected, so that it can be mended in one go. Not thread-safe. */
final class Problems {

    private static final int SHOWN = 10;

    private final Path file;
    private final List<Problem> found = new ArrayList<>();

    private record Problem(Place at, String text) {}

    Problems(Path file) {
        this.file = file;
    }

    void add(Place at, String text) {
        found.add(new Problem(at, text));
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
                .distinct()
                .sorted(Comparator.comparing(Problem::at))
                .limit(SHOWN)
                .forEach(problem -> lines.add(file + problem.at().toString() + ": " + oneLine(problem.text())));
        throw new ConfigurationException(String.join("\n", lines));
    }

    private static String oneLine(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().map(c -> Character.isISOControl(c) ? 0xFFFD : c).forEach(clean::appendCodePoint);
        return clean.toString();
    }
}
