// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.api.Content;
import dev.mcpgateway.kernel.EveryContent;
import dev.mcpgateway.kernel.call.Outcome;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.jsonrpc.RequestId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.JsonNodeFactory;

class EveryContentWrittenTest {

    private static final RequestId ID = RequestId.of(JsonNodeFactory.instance.numberNode(1));
    private static final long LARGE = 1 << 20; // is measured where small ones are estimated

    @ParameterizedTest
    @EnumSource(Revision.class)
    void each_kind_of_content_is_written_in_each_revision_and_no_longer_than_was_said(Revision revision) {
        for (Content each : EveryContent.list()) {
            Outcome.Answered answer = new Outcome.Answered(Optional.<JsonValue>empty(), List.of(each), false, LARGE);
            long most = WrittenSize.of(answer);

            var written = Messages.answered(ID, answer, revision, most);

            assertThat(written.length()).as(each.toString()).isBetween(60, Math.toIntExact(most));
        }
    }
}
