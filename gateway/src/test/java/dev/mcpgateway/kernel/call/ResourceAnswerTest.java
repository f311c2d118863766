// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import static dev.mcpgateway.api.ResourceContents.blob;
import static dev.mcpgateway.api.ResourceContents.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ResourceResult;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResourceAnswerTest {

    private static final String ASKED = "acme+notes://a";
    private static final String ITS = "notes://a";

    @Test
    void one_content_goes_by_the_uri_that_was_asked_for() {
        assertThat(contents(text("elsewhere://b", "hi").withMimeType("text/plain")))
                .containsExactly(text(ASKED, "hi").withMimeType("text/plain"));
        assertThat(contents(text("", "hi"))).containsExactly(text(ASKED, "hi"));
    }

    @Test
    void of_several_only_the_one_that_was_asked_for_or_has_no_uri_does() {
        ByteBuffer data = ByteBuffer.wrap(new byte[] {1});

        assertThat(contents(blob(ITS, data), text("notes://a/1", "one"), text("", "two")))
                .containsExactly(blob(ASKED, data), text("notes://a/1", "one"), text(ASKED, "two"));
    }

    @Test
    void no_content_is_a_fault() {
        assertThat(ResourceAnswer.of(ResourceResult.of(), ASKED, ITS).fault())
                .contains("returned a resource without contents");
    }

    private static List<ResourceContents> contents(ResourceContents... given) {
        ResourceAnswer answer = ResourceAnswer.of(ResourceResult.of(given), ASKED, ITS);
        assertThat(answer.fault()).isEmpty();
        return answer.result().contents();
    }
}
