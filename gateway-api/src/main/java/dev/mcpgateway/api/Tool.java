// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import java.util.Map;
import java.util.Optional;

/** A tool's definition. Whether it conforms is judged by the gateway, which leaves out a tool that does not. Immutable. */
public final class Tool {

    private static final Json ANY_OBJECT = Json.of(Map.of("type", "object"));

    private final String name;
    private final String title;
    private final String description;
    private final Json inputSchema;
    private final Optional<Json> outputSchema;
    private final ToolAnnotations annotations;

    private Tool(Builder builder) {
        name = builder.name;
        title = builder.title;
        description = builder.description;
        inputSchema = builder.inputSchema;
        outputSchema = builder.outputSchema;
        annotations = builder.annotations;
    }

    /** @param name 1 to 128 of {@code A-Z a-z 0-9 _ - .} together with the provider's name; ends in a version, e.g. {@code echo.v1} */
    public static Builder named(String name) {
        return new Builder(name);
    }

    public String name() {
        return name;
    }

    /** A name for people; empty where there is none. */
    public String title() {
        return title;
    }

    /** What it does, for the model that is to choose it. */
    public String description() {
        return description;
    }

    /** A JSON Schema (draft 2020-12) whose root is {@code type: object}. */
    public Json inputSchema() {
        return inputSchema;
    }

    /** A JSON Schema (draft 2020-12) that every result is checked against. */
    public Optional<Json> outputSchema() {
        return outputSchema;
    }

    public ToolAnnotations annotations() {
        return annotations;
    }

    /** Collects a tool's definition. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private String title = "";
        private String description = "";
        private Json inputSchema = ANY_OBJECT;
        private Optional<Json> outputSchema = Optional.empty();
        private ToolAnnotations annotations = ToolAnnotations.NONE;

        private Builder(String name) {
            this.name = name;
        }

        public Builder title(String value) {
            title = value;
            return this;
        }

        public Builder description(String value) {
            description = value;
            return this;
        }

        /** Any object where this is not called. */
        public Builder inputSchema(Json schema) {
            inputSchema = schema;
            return this;
        }

        /** Results are not checked where this is not called. */
        public Builder outputSchema(Json schema) {
            outputSchema = Optional.of(schema);
            return this;
        }

        public Builder annotations(ToolAnnotations value) {
            annotations = value;
            return this;
        }

        public Tool build() {
            return new Tool(this);
        }
    }
}
