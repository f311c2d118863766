// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ResourceResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a resource was answered with, looked at.
 *
 * @param fault why it cannot be used, behind the name of whoever gave it; empty where it can
 */
record ResourceAnswer(ResourceResult result, Optional<String> fault) {

    /**
     * What was asked for goes by the URI that the client used. Where there is more of it, e.g. what stands in a folder, the
     * rest keeps its own.
     *
     * @param uri as the client asked for it
     * @param itsUri what whoever answers calls it
     */
    static ResourceAnswer of(ResourceResult result, String uri, String itsUri) {
        List<ResourceContents> contents = result.contents();
        if (contents.isEmpty()) {
            return new ResourceAnswer(result, Optional.of("returned a resource without contents"));
        }
        List<ResourceContents> all = new ArrayList<>(contents.size());
        for (ResourceContents each : contents) {
            boolean isIt =
                    contents.size() == 1 || each.uri().isEmpty() || each.uri().equals(itsUri);
            all.add(isIt ? at(uri, each) : each);
        }
        return new ResourceAnswer(ResourceResult.of(all), Optional.empty());
    }

    private static ResourceContents at(String uri, ResourceContents contents) {
        return switch (contents) {
            case ResourceContents.Text text ->
                ResourceContents.text(uri, text.text()).withMimeType(text.mimeType());
            case ResourceContents.Blob blob ->
                ResourceContents.blob(uri, blob.data()).withMimeType(blob.mimeType());
            default -> throw new IllegalStateException("unknown kind of content: " + contents.getClass());
        };
    }
}
