// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientsWithoutDotsTest {

    @Test
    void each_of_them_has_a_row_with_a_source_in_the_documentation() throws IOException {
        List<String> rows = Files.readString(Path.of("..", "docs", "mcp-surface.md"))
                .lines()
                .filter(line -> line.matches("\\| `[^`]+` \\| .* \\| https://.*"))
                .toList();

        assertThat(rows)
                .extracting(row -> row.split("`")[1])
                .containsExactlyInAnyOrderElementsOf(ClientsWithoutDots.NAMES);
    }
}
