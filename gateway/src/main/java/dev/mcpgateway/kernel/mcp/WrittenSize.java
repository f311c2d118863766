// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import dev.mcpgateway.api.Content;
import dev.mcpgateway.api.PromptMessage;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.kernel.call.Outcome;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.json.Utf8Writer;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * How many bytes an answer has as it is written: base64 needs a third more than what it stands for, a JSON value stands there
 * twice, and a control character becomes six. Of small answers it is an estimate, of large ones the most that it can be.
 */
final class WrittenSize {

    private static final int SMALL = 64 * 1024;
    private static final int FEW = 100;
    private static final int ENVELOPE = 1_280; // an id may have 1,024
    private static final int FRAME = 128; // of a block or a message, around what stands in it

    private WrittenSize() {}

    static long of(Outcome.Answered answer) {
        long size = ENVELOPE;
        int blocks = answer.content().size();
        if (answer.size() <= SMALL && blocks <= FEW) {
            return size + answer.size() * 9 / 4 + blocks * FRAME;
        }
        if (answer.json().isPresent()) {
            JsonValue json = answer.json().get();
            size += json.length() + (blocks == 0 ? json.quotedLength() : 0);
        }
        return size + blocks(answer.content());
    }

    static long of(Outcome.Read read) {
        long size = ENVELOPE;
        if (read.size() <= SMALL && read.resource().contents().size() <= FEW) {
            return size + read.size() * 3 / 2 + read.resource().contents().size() * FRAME;
        }
        for (ResourceContents each : read.resource().contents()) {
            size += contents(each);
        }
        return size;
    }

    static long of(Outcome.Filled filled) {
        long size = ENVELOPE;
        List<PromptMessage> messages = filled.prompt().messages();
        if (filled.size() <= SMALL && messages.size() <= FEW) {
            return size + filled.size() * 3 / 2 + messages.size() * FRAME;
        }
        size += Utf8Writer.stringLength(filled.prompt().description());
        for (PromptMessage message : messages) {
            size += block(message.content());
        }
        return size;
    }

    private static long blocks(List<Content> content) {
        long size = 0;
        for (Content each : content) {
            size += block(each);
        }
        return size;
    }

    private static long block(Content block) {
        return FRAME
                + switch (block) {
                    case Content.Text text -> Utf8Writer.stringLength(text.text());
                    case Content.Image image -> base64(image.data()) + Utf8Writer.stringLength(image.mimeType());
                    case Content.Audio audio -> base64(audio.data()) + Utf8Writer.stringLength(audio.mimeType());
                    case Content.ResourceLink link ->
                        Utf8Writer.stringLength(link.uri())
                                + Utf8Writer.stringLength(link.name())
                                + Utf8Writer.stringLength(link.mimeType());
                    case Content.EmbeddedResource embedded -> contents(embedded.resource());
                    default -> throw new IllegalStateException("unknown kind of content: " + block.getClass());
                };
    }

    private static long contents(ResourceContents contents) {
        long size = FRAME + Utf8Writer.stringLength(contents.uri()) + Utf8Writer.stringLength(contents.mimeType());
        return size
                + switch (contents) {
                    case ResourceContents.Text text -> Utf8Writer.stringLength(text.text());
                    case ResourceContents.Blob blob -> base64(blob.data());
                    default -> throw new IllegalStateException("unknown kind of content: " + contents.getClass());
                };
    }

    private static long base64(ByteBuffer data) {
        return (data.remaining() + 2L) / 3 * 4;
    }
}
