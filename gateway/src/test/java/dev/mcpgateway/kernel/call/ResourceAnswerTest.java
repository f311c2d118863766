package dev.mcpgateway.kernel.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ResourceContents.Blob;
import dev.mcpgateway.api.ResourceContents.Text;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResourceAnswerTest {

    private static final String ASKED = "acme+notes://a";
    private static final String ITS = "notes://a";

    @Test
    void one_content_goes_by_the_uri_that_was_asked_for() {
        assertThat(contents(new Text("elsewhere://b", "text/plain", "hi")))
                .containsExactly(new Text(ASKED, "text/plain", "hi"));
        assertThat(contents(new Text("", "", "hi"))).containsExactly(new Text(ASKED, "", "hi"));
    }

    @Test
    void of_several_only_the_one_that_was_asked_for_or_has_no_uri_does() {
        ByteBuffer data = ByteBuffer.wrap(new byte[] {1});

        assertThat(contents(new Blob(ITS, "", data), new Text("notes://a/1", "", "one"), new Text("", "", "two")))
                .containsExactly(
                        new Blob(ASKED, "", data), new Text("notes://a/1", "", "one"), new Text(ASKED, "", "two"));
    }

    @Test
    void no_content_is_a_fault() {
        assertThat(ResourceAnswer.of(List.of(), ASKED, ITS).fault()).contains("returned a resource without contents");
    }

    private static List<ResourceContents> contents(ResourceContents... given) {
        ResourceAnswer answer = ResourceAnswer.of(List.of(given), ASKED, ITS);
        assertThat(answer.fault()).isEmpty();
        return answer.contents();
    }
}
