// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

/** A resource's definition: one URI, or a family of them. Immutable. */
public final class Resource {

    private final String name;
    private final String description;
    private final String uri;
    private final String uriTemplate;
    private final String mimeType;

    private Resource(Builder builder) {
        name = builder.name;
        description = builder.description;
        uri = builder.uri;
        uriTemplate = builder.uriTemplate;
        mimeType = builder.mimeType;
    }

    /** One resource, e.g. {@code hello://greeting}. */
    public static Builder at(String uri, String name) {
        return new Builder(uri, "", name);
    }

    /** A family of resources, by an RFC 6570 template, e.g. {@code file:///{path}}. */
    public static Builder matching(String uriTemplate, String name) {
        return new Builder("", uriTemplate, name);
    }

    /**
     * One resource or a family, as somebody else has described it. Exactly one of URI and template must not be empty: the
     * gateway leaves out, by name and reason, what has both or neither.
     */
    public static Builder of(String uri, String uriTemplate, String name) {
        return new Builder(uri, uriTemplate, name);
    }

    public String name() {
        return name;
    }

    /** What it is, for people and models; may be empty. */
    public String description() {
        return description;
    }

    /** Empty for a family. */
    public String uri() {
        return uri;
    }

    /** Empty for a single resource. */
    public String uriTemplate() {
        return uriTemplate;
    }

    /** Empty where it is not known. */
    public String mimeType() {
        return mimeType;
    }

    /** Collects a resource's definition. Not thread-safe. */
    public static final class Builder {

        private final String uri;
        private final String uriTemplate;
        private final String name;
        private String description = "";
        private String mimeType = "";

        private Builder(String uri, String uriTemplate, String name) {
            this.uri = uri;
            this.uriTemplate = uriTemplate;
            this.name = name;
        }

        public Builder description(String value) {
            description = value;
            return this;
        }

        public Builder mimeType(String value) {
            mimeType = value;
            return this;
        }

        public Resource build() {
            return new Resource(this);
        }
    }
}
