// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import java.util.List;
import java.util.Optional;

/** Hints about a tool's behaviour (MCP specification, ToolAnnotations); an empty one says nothing. Immutable. */
public final class ToolAnnotations extends Value {

    /** No hint at all. */
    public static final ToolAnnotations NONE = builder().build();

    private final Optional<Boolean> readOnly;
    private final Optional<Boolean> destructive;
    private final Optional<Boolean> idempotent;
    private final Optional<Boolean> openWorld;

    private ToolAnnotations(Builder builder) {
        readOnly = builder.readOnly;
        destructive = builder.destructive;
        idempotent = builder.idempotent;
        openWorld = builder.openWorld;
    }

    /** Says nothing yet. */
    public static Builder builder() {
        return new Builder();
    }

    /** It changes nothing. */
    public Optional<Boolean> readOnly() {
        return readOnly;
    }

    /** What it changes may be lost. */
    public Optional<Boolean> destructive() {
        return destructive;
    }

    /** Calling it again with the same arguments has no further effect. */
    public Optional<Boolean> idempotent() {
        return idempotent;
    }

    /** It reaches beyond a closed domain, as a web search does. */
    public Optional<Boolean> openWorld() {
        return openWorld;
    }

    /** Whether it says nothing. */
    public boolean isEmpty() {
        return readOnly.isEmpty() && destructive.isEmpty() && idempotent.isEmpty() && openWorld.isEmpty();
    }

    @Override
    List<Object> parts() {
        return List.of(readOnly, destructive, idempotent, openWorld);
    }

    /** Collects hints. Not thread-safe. */
    public static final class Builder {

        private Optional<Boolean> readOnly = Optional.empty();
        private Optional<Boolean> destructive = Optional.empty();
        private Optional<Boolean> idempotent = Optional.empty();
        private Optional<Boolean> openWorld = Optional.empty();

        private Builder() {}

        /** See {@link ToolAnnotations#readOnly}. */
        public Builder readOnly(boolean value) {
            readOnly = Optional.of(value);
            return this;
        }

        /** See {@link ToolAnnotations#destructive}. */
        public Builder destructive(boolean value) {
            destructive = Optional.of(value);
            return this;
        }

        /** See {@link ToolAnnotations#idempotent}. */
        public Builder idempotent(boolean value) {
            idempotent = Optional.of(value);
            return this;
        }

        /** See {@link ToolAnnotations#openWorld}. */
        public Builder openWorld(boolean value) {
            openWorld = Optional.of(value);
            return this;
        }

        public ToolAnnotations build() {
            return new ToolAnnotations(this);
        }
    }
}
