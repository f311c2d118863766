// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import java.util.Map;

/** A prompt's definition. Immutable. */
public final class Prompt {

    private static final Json ANY_OBJECT = Json.of(Map.of("type", "object"));

    private final String name;
    private final String title;
    private final String description;
    private final Json argumentsSchema;

    private Prompt(Builder builder) {
        name = builder.name;
        title = builder.title;
        description = builder.description;
        argumentsSchema = builder.argumentsSchema;
    }

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

    public String description() {
        return description;
    }

    /** A JSON Schema (draft 2020-12) whose root is {@code type: object}; its properties are the prompt's arguments. */
    public Json argumentsSchema() {
        return argumentsSchema;
    }

    /** Collects a prompt's definition. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private String title = "";
        private String description = "";
        private Json argumentsSchema = ANY_OBJECT;

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

        public Builder argumentsSchema(Json schema) {
            argumentsSchema = schema;
            return this;
        }

        public Prompt build() {
            return new Prompt(this);
        }
    }
}
