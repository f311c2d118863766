// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import java.util.List;

/** A resource, read (MCP specification, ReadResourceResult). Immutable. */
public final class ResourceResult extends Value {

    private final List<ResourceContents> contents;

    private ResourceResult(List<ResourceContents> contents) {
        this.contents = contents;
    }

    /** What stands in it; more than one where it is made of parts, as a folder is. */
    public static ResourceResult of(ResourceContents... contents) {
        return new ResourceResult(List.of(contents));
    }

    /** See {@link #of(ResourceContents...)}. */
    public static ResourceResult of(List<? extends ResourceContents> contents) {
        return new ResourceResult(List.copyOf(contents));
    }

    public List<ResourceContents> contents() {
        return contents;
    }

    @Override
    List<Object> parts() {
        return List.of(contents);
    }
}
