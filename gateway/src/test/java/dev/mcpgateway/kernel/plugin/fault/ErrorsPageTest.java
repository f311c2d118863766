// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ErrorsPageTest {

    @Test
    void every_code_is_explained_under_its_outcome() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "errors.md"));
        int failures = page.indexOf("### FAILED");

        for (PluginFault.Code code : PluginFault.Code.values()) {
            int at = page.indexOf("| `" + code + "` |");
            assertThat(at).as(code + " in docs/errors.md").isPositive();
            assertThat(at > failures)
                    .as(code + " below its outcome")
                    .isEqualTo(code.outcome() == PluginFault.Outcome.FAILED);
        }
    }
}
