package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.Content;
import dev.mcpgateway.kernel.json.JsonValue;
import java.util.List;
import java.util.Optional;

/** How a tool call ended, before any revision of the protocol has given it a shape. */
public sealed interface Outcome {

    /**
     * The tool answered.
     *
     * @param content empty where the JSON value alone is the answer
     * @param isError whether the tool says that it failed
     * @param size bytes of the JSON value and of what stands in the blocks
     */
    record Answered(Optional<JsonValue> json, List<Content> content, boolean isError, long size) implements Outcome {}

    /**
     * The call could not be made, or its answer not be used; the model is told, so that it can do something else.
     *
     * @param isWarning whether an operator wants to know: not where the arguments were wrong
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
