// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.Content;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.json.JsonValue;
import java.util.List;
import java.util.Optional;

/** How a request ended, before any revision of the protocol has given it a shape. */
public sealed interface Outcome {

    /**
     * The tool answered.
     *
     * @param content empty where the JSON value alone is the answer
     * @param isError whether the tool says that it failed
     * @param size bytes of the JSON value and of what stands in the blocks
     */
    record Answered(Optional<JsonValue> json, List<Content> content, boolean isError, long size) implements Outcome {

        /** As the API has it. */
        ToolResult result() {
            ToolResult result =
                    json.isPresent() ? ToolResult.of(json.get()).withContent(content) : ToolResult.of(content);
            return isError ? result.asError() : result;
        }
    }

    /**
     * The resource was read.
     *
     * @param resource not empty; what was asked for has the URI that it was asked for by
     * @param size bytes of what stands in them
     */
    record Read(ResourceResult resource, long size) implements Outcome {}

    /**
     * The prompt was filled in.
     *
     * @param size bytes of its description and of what stands in its messages
     */
    record Filled(PromptResult prompt, long size) implements Outcome {}

    /** There is no such resource. */
    record NotFound(String reason) implements Outcome {}

    /**
     * The call could not be made, or its answer not be used; of a tool the model is told, so that it can do something
     * else.
     *
     * @param isWarning whether an operator wants to know: not where it was refused, for its arguments or by a policy
     */
    record Failed(String reason, boolean isWarning) implements Outcome {}

    /** The request itself is wrong. */
    record Refused(String reason) implements Outcome {}

    /** Nothing is served now, whatever it is. */
    record Unserved(String reason) implements Outcome {}

    /** A fault of the gateway itself; the log has what stands behind the reference. */
    record Broken(String reference) implements Outcome {}

    /** The client does not want an answer any more. */
    record Cancelled() implements Outcome {}
}
