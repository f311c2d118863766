// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import java.util.ArrayList;
import java.util.List;

/** Everything a provider offers at one moment, in the provider's own order. Immutable. */
public final class Capabilities {

    private final String version;
    private final List<Tool> tools;
    private final List<Resource> resources;
    private final List<Prompt> prompts;

    private Capabilities(Builder builder) {
        version = builder.version;
        tools = List.copyOf(builder.tools);
        resources = List.copyOf(builder.resources);
        prompts = List.copyOf(builder.prompts);
    }

    /** Nothing yet; add to the builder what there is. */
    public static Builder builder() {
        return new Builder();
    }

    /** Tools only. */
    public static Capabilities of(Tool... tools) {
        return builder().tools(List.of(tools)).build();
    }

    /** The provider's own version, for people; empty where it has none. */
    public String version() {
        return version;
    }

    public List<Tool> tools() {
        return tools;
    }

    public List<Resource> resources() {
        return resources;
    }

    public List<Prompt> prompts() {
        return prompts;
    }

    /** Collects what a provider offers. Not thread-safe. */
    public static final class Builder {

        private String version = "";
        private final List<Tool> tools = new ArrayList<>();
        private final List<Resource> resources = new ArrayList<>();
        private final List<Prompt> prompts = new ArrayList<>();

        private Builder() {}

        public Builder version(String value) {
            version = value;
            return this;
        }

        /** Adds tools. */
        public Builder tools(List<Tool> more) {
            tools.addAll(more);
            return this;
        }

        /** Adds resources. */
        public Builder resources(List<Resource> more) {
            resources.addAll(more);
            return this;
        }

        /** Adds prompts. */
        public Builder prompts(List<Prompt> more) {
            prompts.addAll(more);
            return this;
        }

        public Capabilities build() {
            return new Capabilities(this);
        }
    }
}
