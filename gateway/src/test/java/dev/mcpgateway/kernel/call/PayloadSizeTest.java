// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.api.Content;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.EveryContent;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class PayloadSizeTest {

    @Test
    void each_kind_of_content_counts_what_stands_in_it() {
        for (Content each : EveryContent.list()) {
            assertThat(PayloadSize.of(ToolResult.of(List.of(each))))
                    .as(each.toString())
                    .isEqualTo(EveryContent.SIZE);
        }
    }

    @Test
    void texts_count_as_in_utf8() {
        for (String text : List.of("a", "é", "€", "😀", "a é € 😀 \u0001")) {
            ResourceResult read = ResourceResult.of(
                    ResourceContents.text("a://b", text), ResourceContents.blob("a://c", ByteBuffer.allocate(5)));

            assertThat(PayloadSize.of(read)).isEqualTo(5 + text.getBytes(UTF_8).length);
        }
    }
}
