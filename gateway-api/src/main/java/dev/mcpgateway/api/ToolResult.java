// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import java.util.List;
import java.util.Optional;

/** What a tool answered: a JSON value, content blocks, or both. Immutable. */
public final class ToolResult {

    private final Optional<Json> json;
    private final List<Content> content;
    private final boolean isError;

    private ToolResult(Optional<Json> json, List<? extends Content> content, boolean isError) {
        this.json = json;
        this.content = List.copyOf(content);
        this.isError = isError;
    }

    /** A JSON value; clients see it as structured content and, serialised, as text. */
    public static ToolResult of(Json json) {
        return new ToolResult(Optional.of(json), List.of(), false);
    }

    /** Content blocks without a JSON value. */
    public static ToolResult of(List<? extends Content> content) {
        return new ToolResult(Optional.empty(), content, false);
    }

    /** One block of text. */
    public static ToolResult text(String text) {
        return of(List.of(Content.text(text)));
    }

    /** The tool ran and failed; the text tells the model why, so that it can correct itself. */
    public static ToolResult error(String text) {
        return text(text).asError();
    }

    /** This result with these content blocks instead of its own. */
    public ToolResult withContent(List<? extends Content> blocks) {
        return new ToolResult(json, blocks, isError);
    }

    /** This result, said to be a failure; it is not checked against the output schema. */
    public ToolResult asError() {
        return new ToolResult(json, content, true);
    }

    public Optional<Json> json() {
        return json;
    }

    /** Empty where the JSON value alone is the answer. */
    public List<Content> content() {
        return content;
    }

    public boolean isError() {
        return isError;
    }
}
