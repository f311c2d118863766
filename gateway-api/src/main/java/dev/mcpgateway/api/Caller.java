// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Who makes a call, as the gateway has authenticated it. Immutable. */
public final class Caller {

    private final String name;
    private final Set<String> scopes;
    private final Map<String, String> attributes;

    private Caller(Builder builder) {
        name = builder.name;
        scopes = builder.scopes;
        attributes = Map.copyOf(builder.attributes);
    }

    /** @param name of the account or machine, unique among those who may call; not a secret */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /** Unique among those who may call; not a secret. */
    public String name() {
        return name;
    }

    /** What it may do, in words of the operator's or of who issued its token (RFC 6749, section 3.3). */
    public Set<String> scopes() {
        return scopes;
    }

    /** What else is known of it, by name, e.g. its tenant; never a token. */
    public Map<String, String> attributes() {
        return attributes;
    }

    /** Its name, as in log lines. */
    @Override
    public String toString() {
        return name;
    }

    /** Collects what is known of a caller. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private Set<String> scopes = Set.of();
        private final Map<String, String> attributes = new HashMap<>();

        private Builder(String name) {
            this.name = requireNonNull(name, "name");
        }

        /** None where this is not called. */
        public Builder scopes(Set<String> all) {
            scopes = Set.copyOf(all);
            return this;
        }

        public Builder attribute(String key, String value) {
            attributes.put(key, value);
            return this;
        }

        public Caller build() {
            return new Caller(this);
        }
    }
}
