// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Keeps api.txt true, so that every change of what was promised is seen in review. */
class PublicApiTest {

    private static final Path DUMP = Path.of("api.txt");
    private static final List<String> HEAD = List.of(
            "# What a plugin can see of gateway-api, one type or member a line. Everything is public unless it says otherwise.",
            "# A test compares this file with the code; `make api` writes it anew. A line that goes or changes is a break.",
            "");

    @Test
    void api_txt_says_what_the_code_says() throws IOException {
        List<String> now = new ArrayList<>(HEAD);
        now.addAll(PublicApi.lines());
        now.removeLast(); // the blank line behind the last type
        if (Boolean.getBoolean("api.write")) {
            Files.write(DUMP, now);
        }
        List<String> promised = Files.exists(DUMP) ? Files.readAllLines(DUMP) : List.of();

        if (!now.equals(promised)) {
            fail("gateway-api/api.txt does not say what the code says:%n%s%nIf the change is meant, run `make api`, and"
                            .formatted(difference(promised, now))
                    + " commit api.txt with it; a line with - that plugins may use is a break and needs a reason.");
        }
    }

    @Test
    void what_is_private_to_the_package_was_not_promised() throws IOException {
        assertThat(PublicApi.lines())
                .contains("interface GatewayPlugin extends AutoCloseable")
                .noneMatch(line -> line.contains("JsonText"));
    }

    /** Lines that went and lines that came, each under the type they belong to. */
    private static String difference(List<String> before, List<String> after) {
        List<String> lines = new ArrayList<>();
        lines.addAll(missing(before, after, "- "));
        lines.addAll(missing(after, before, "+ "));
        return lines.isEmpty() ? "the lines are the same, in another order" : String.join("\n", lines);
    }

    private static List<String> missing(List<String> from, List<String> in, String mark) {
        Set<String> there = new HashSet<>(qualified(in));
        return qualified(from).stream()
                .filter(line -> !there.contains(line))
                .map(line -> mark + line)
                .toList();
    }

    private static List<String> qualified(List<String> lines) {
        List<String> qualified = new ArrayList<>();
        String type = "";
        for (String line : lines) {
            if (line.startsWith(" ")) {
                qualified.add(type + ": " + line.strip());
            } else if (!line.isBlank()) {
                type = line;
                qualified.add(line);
            }
        }
        return qualified;
    }
}
