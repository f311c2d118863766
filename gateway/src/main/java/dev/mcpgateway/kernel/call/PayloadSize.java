// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.Content;
import dev.mcpgateway.api.PromptMessage;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.ToolResult;

/** How many bytes a provider has answered, in UTF-8 where it is text; measured without encoding anything. */
final class PayloadSize {

    private PayloadSize() {}

    static long of(ToolResult result) {
        long size = result.json().isPresent() ? result.json().get().utf8().remaining() : 0;
        for (Content block : result.content()) {
            size += of(block);
        }
        return size;
    }

    static long of(ResourceResult result) {
        long size = 0;
        for (ResourceContents each : result.contents()) {
            size += of(each);
        }
        return size;
    }

    static long of(PromptResult prompt) {
        long size = ofText(prompt.description());
        for (PromptMessage message : prompt.messages()) {
            size += of(message.content());
        }
        return size;
    }

    private static long of(Content block) {
        return switch (block) {
            case Content.Text text -> ofText(text.text());
            case Content.Image image -> image.data().remaining();
            case Content.Audio audio -> audio.data().remaining();
            case Content.ResourceLink link -> ofText(link.uri()) + ofText(link.name());
            case Content.EmbeddedResource embedded -> of(embedded.resource());
            default -> throw new IllegalStateException("unknown kind of content: " + block.getClass());
        };
    }

    private static long of(ResourceContents contents) {
        return switch (contents) {
            case ResourceContents.Text text -> ofText(text.text());
            case ResourceContents.Blob blob -> blob.data().remaining();
            default -> throw new IllegalStateException("unknown kind of content: " + contents.getClass());
        };
    }

    private static long ofText(String text) {
        long length = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                // a surrogate pair is two chars and four bytes
                length += c >= 0x800 && !Character.isSurrogate(c) ? 2 : 1;
            }
        }
        return length;
    }
}
