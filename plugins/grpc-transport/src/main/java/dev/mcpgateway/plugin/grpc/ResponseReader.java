// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import dev.mcpgateway.api.Content;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PromptMessage;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.provider.v1.Blob;
import dev.mcpgateway.provider.v1.GetPromptResponse;
import dev.mcpgateway.provider.v1.InvokeResponse;
import dev.mcpgateway.provider.v1.ReadResourceResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what a provider answers to a call. What breaks the contract is refused whole; what is merely unknown is ignored,
 * as protobuf does. JSON and binary contents stay where they arrived: nothing is copied.
 */
final class ResponseReader {

    /** Makes an answer of a message's bytes. */
    interface Reader<T> {
        /**
         * @throws IOException when the bytes are no such message
         * @throws dev.mcpgateway.api.ProviderException when the message breaks the contract
         */
        T read(byte[] message) throws IOException;
    }

    private ResponseReader() {}

    static ToolResult toolResult(byte[] message) throws IOException {
        refuseTooMany(message, InvokeResponse.CONTENT_FIELD_NUMBER, "content blocks", Contract.MOST_BLOCKS);
        InvokeResponse response = parse(InvokeResponse.parser(), message);
        if (!response.hasResult() && response.getContentCount() == 0) {
            throw Fault.unusable("returned neither a result nor content").exception();
        }
        List<Content> content = contents(response.getContentList());
        ToolResult result;
        if (response.hasResult()) {
            result = ToolResult.of(json(response.getResult()));
            result = content.isEmpty() ? result : result.withContent(content);
        } else {
            result = ToolResult.of(content);
        }
        return response.getIsError() ? result.asError() : result;
    }

    static ResourceResult resourceResult(byte[] message) throws IOException {
        refuseTooMany(message, ReadResourceResponse.CONTENTS_FIELD_NUMBER, "resource contents", Contract.MOST_BLOCKS);
        ReadResourceResponse response = parse(ReadResourceResponse.parser(), message);
        if (response.getContentsCount() == 0) {
            throw Fault.unusable("returned a resource without contents").exception();
        }
        return ResourceResult.of(response.getContentsList().stream()
                .map(ResponseReader::resource)
                .toList());
    }

    static PromptResult promptResult(byte[] message) throws IOException {
        refuseTooMany(message, GetPromptResponse.MESSAGES_FIELD_NUMBER, "prompt messages", Contract.MOST_BLOCKS);
        GetPromptResponse response = parse(GetPromptResponse.parser(), message);
        if (response.getMessagesCount() == 0) {
            throw Fault.unusable("returned a prompt without messages").exception();
        }
        return PromptResult.of(response.getMessagesList().stream()
                        .map(ResponseReader::promptMessage)
                        .toList())
                .withDescription(response.getDescription());
    }

    /** Counted in the bytes: an empty block takes two of them, and dozens as an object. */
    static void refuseTooMany(byte[] message, int field, String what, int most) throws IOException {
        CodedInputStream input = CodedInputStream.newInstance(message);
        int count = 0;
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == field) {
                count++;
            }
            if (!input.skipField(tag)) {
                throw new IOException("a group ends that has not begun");
            }
        }
        if (count > most) {
            throw Fault.unusable("returned " + count + " " + what + ", the limit is " + most)
                    .exception();
        }
    }

    /** What is not known is left out while reading: kept, each field would be an object. */
    static <T extends Message> T parse(Parser<T> parser, byte[] message) throws IOException {
        CodedInputStream input =
                UnsafeByteOperations.unsafeWrap(message).newCodedInput(); // says that nobody changes it
        input.enableAliasing(true);
        return DiscardUnknownFieldsParser.wrap(parser).parseFrom(input);
    }

    static Json json(dev.mcpgateway.provider.v1.Json json) {
        return Json.ofUtf8(buffer(json.getValue()));
    }

    private static PromptMessage promptMessage(dev.mcpgateway.provider.v1.PromptMessage message) {
        PromptMessage.Role role = switch (message.getRole()) {
            case "user" -> PromptMessage.Role.USER;
            case "assistant" -> PromptMessage.Role.ASSISTANT;
            default ->
                throw Fault.unusable("returned a prompt message whose role is neither user nor assistant")
                        .exception();
        };
        return PromptMessage.of(role, content(message.getContent()));
    }

    private static List<Content> contents(List<dev.mcpgateway.provider.v1.Content> blocks) {
        if (blocks.isEmpty()) {
            return List.of();
        }
        List<Content> contents = new ArrayList<>(blocks.size());
        for (dev.mcpgateway.provider.v1.Content block : blocks) {
            contents.add(content(block));
        }
        return contents;
    }

    private static Content content(dev.mcpgateway.provider.v1.Content block) {
        return switch (block.getKindCase()) {
            case TEXT -> Content.text(block.getText());
            case IMAGE -> {
                Blob image = block.getImage();
                yield Content.image(buffer(image.getData()), image.getMimeType());
            }
            case AUDIO -> {
                Blob audio = block.getAudio();
                yield Content.audio(buffer(audio.getData()), audio.getMimeType());
            }
            case RESOURCE_LINK -> {
                dev.mcpgateway.provider.v1.ResourceLink link = block.getResourceLink();
                yield Content.resourceLink(link.getUri(), link.getName()).withMimeType(link.getMimeType());
            }
            case RESOURCE -> Content.embedded(resource(block.getResource()));
            case KIND_NOT_SET ->
                throw Fault.unusable("returned a content block of no known kind")
                        .exception();
        };
    }

    private static ResourceContents resource(dev.mcpgateway.provider.v1.ResourceContents contents) {
        return switch (contents.getBodyCase()) {
            case TEXT ->
                ResourceContents.text(contents.getUri(), contents.getText()).withMimeType(contents.getMimeType());
            case BLOB ->
                ResourceContents.blob(contents.getUri(), buffer(contents.getBlob()))
                        .withMimeType(contents.getMimeType());
            case BODY_NOT_SET ->
                throw Fault.unusable("returned resource contents with neither text nor blob")
                        .exception();
        };
    }

    /** {@link ByteString#asReadOnlyByteBuffer} hides the array behind it, and who parses JSON would have to copy it. */
    private static ByteBuffer buffer(ByteString bytes) {
        Window window = new Window();
        try {
            UnsafeByteOperations.unsafeWriteTo(bytes, window);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a window does no I/O
        }
        return window.buffer;
    }

    /** Looks at the array behind a {@link ByteString}; parsed ones consist of one piece. */
    private static final class Window extends ByteOutput {

        private ByteBuffer buffer = ByteBuffer.allocate(0);

        @Override
        public void write(byte value) {
            write(ByteBuffer.wrap(new byte[] {value}));
        }

        @Override
        public void write(byte[] value, int offset, int length) {
            write(ByteBuffer.wrap(value, offset, length));
        }

        @Override
        public void writeLazy(byte[] value, int offset, int length) {
            write(ByteBuffer.wrap(value, offset, length));
        }

        @Override
        public void writeLazy(ByteBuffer value) {
            write(value);
        }

        @Override
        public void write(ByteBuffer value) {
            if (!buffer.hasRemaining()) {
                buffer = value.slice();
                return;
            }
            buffer = ByteBuffer.allocate(buffer.remaining() + value.remaining())
                    .put(buffer)
                    .put(value.duplicate())
                    .flip();
        }
    }
}
