// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import dev.mcpgateway.api.Content;
import dev.mcpgateway.api.PromptMessage;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.kernel.call.Outcome;
import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.catalog.Entry;
import dev.mcpgateway.kernel.catalog.Kind;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.jsonrpc.RequestId;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Writes the messages of the revisions that begin with {@code initialize}. */
final class Messages {

    /** MCP's own. */
    static final int RESOURCE_NOT_FOUND = -32002;

    private static final int SMALL = 256;
    private static final int EXPECTED_ENTRY = 1_024;
    private static final int MOST_COMPLETIONS = 100;

    private Messages() {}

    static Utf8Writer error(Optional<RequestId> id, int code, String message) {
        Utf8Writer out = new Utf8Writer(SMALL);
        out.raw("{\"jsonrpc\":\"2.0\",\"id\":");
        if (id.isPresent()) {
            id.get().write(out);
        } else {
            out.raw("null");
        }
        return out.raw(",\"error\":{\"code\":")
                .raw(Integer.toString(code))
                .raw(",\"message\":")
                .string(message)
                .raw("}}");
    }

    /** To a message without an id that could be used, where no schema knows one that is null (MCP 2025-11-25, JSONRPCErrorResponse). */
    static Utf8Writer errorToNobody(int code, String message) {
        return new Utf8Writer(SMALL)
                .raw("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":")
                .raw(Integer.toString(code))
                .raw(",\"message\":")
                .string(message)
                .raw("}}");
    }

    /** A result whose JSON is at hand. */
    static Utf8Writer result(RequestId id, String ascii) {
        return begin(id, SMALL).raw(ascii).raw('}');
    }

    static Utf8Writer initialized(RequestId id, Revision revision, String version) {
        Utf8Writer out = begin(id, 512).raw("{\"protocolVersion\":").string(revision.version());
        out.raw(",\"capabilities\":{\"logging\":{},\"tools\":{\"listChanged\":true}");
        out.raw(",\"resources\":{\"listChanged\":true},\"prompts\":{\"listChanged\":true}");
        if (revision.saysCompletions()) {
            out.raw(",\"completions\":{}");
        }
        out.raw('}');
        out.raw(",\"serverInfo\":{\"name\":\"mcp-gateway\"");
        if (revision.isRich()) {
            out.raw(",\"title\":\"MCP Gateway\"");
        }
        return out.raw(",\"version\":").string(version).raw("}}}");
    }

    static Utf8Writer list(RequestId id, Kind kind, Catalog.Page page, boolean portable, boolean rich) {
        Utf8Writer out = begin(id, SMALL + EXPECTED_ENTRY * page.entries().size());
        out.raw('{').string(kind.word()).raw(":[");
        char before = 0;
        for (Entry entry : page.entries()) {
            if (before != 0) {
                out.raw(before);
            }
            entry.write(out, portable, rich);
            before = ',';
        }
        out.raw(']');
        page.next().ifPresent(cursor -> out.raw(",\"nextCursor\":").string(cursor));
        return out.raw("}}");
    }

    /** A tool result that says no, in words for the model. */
    static Utf8Writer failed(RequestId id, String reason) {
        Utf8Writer out = begin(id, SMALL + reason.length());
        text(out.raw("{\"content\":["), reason);
        return out.raw("],\"isError\":true}}");
    }

    /** @param size bytes that it is likely to have */
    static Utf8Writer answered(RequestId id, Outcome.Answered answer, Revision revision, long size) {
        Utf8Writer out = begin(id, Math.toIntExact(size)).raw("{\"content\":[");
        List<Content> content = answer.content();
        if (!content.isEmpty()) {
            for (int i = 0; i < content.size(); i++) {
                if (i > 0) {
                    out.raw(',');
                }
                block(out, content.get(i), revision);
            }
        } else if (answer.json().isPresent()) {
            out.raw("{\"type\":\"text\",\"text\":\"");
            answer.json().get().writeQuoted(out);
            out.raw("\"}");
        }
        out.raw(']');
        if (answer.isError()) {
            out.raw(",\"isError\":true");
        } else if (revision.isRich()
                && answer.json().isPresent()
                && answer.json().get().isObject()) {
            out.raw(",\"structuredContent\":");
            answer.json().get().writeOnOneLine(out);
        }
        return out.raw("}}");
    }

    /** MCP specification, server/resources, ReadResourceResult. */
    static Utf8Writer read(RequestId id, Outcome.Read read, long size) {
        Utf8Writer out = begin(id, Math.toIntExact(size)).raw("{\"contents\":[");
        char before = 0;
        for (ResourceContents each : read.resource().contents()) {
            if (before != 0) {
                out.raw(before);
            }
            contents(out, each);
            before = ',';
        }
        return out.raw("]}}");
    }

    /** MCP specification, server/prompts, GetPromptResult. */
    static Utf8Writer filled(RequestId id, Outcome.Filled filled, Revision revision, long size) {
        Utf8Writer out = begin(id, Math.toIntExact(size)).raw('{');
        if (!filled.prompt().description().isEmpty()) {
            out.raw("\"description\":").string(filled.prompt().description()).raw(',');
        }
        out.raw("\"messages\":[");
        char before = 0;
        for (PromptMessage message : filled.prompt().messages()) {
            if (before != 0) {
                out.raw(before);
            }
            out.raw("{\"role\":\"").raw(message.role() == PromptMessage.Role.USER ? "user" : "assistant");
            block(out.raw("\",\"content\":"), message.content(), revision);
            out.raw('}');
            before = ',';
        }
        return out.raw("]}}");
    }

    /** @param what {@code tools}, {@code resources} or {@code prompts} */
    static Utf8Writer changed(String what) {
        return new Utf8Writer(SMALL)
                .raw("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/")
                .raw(what)
                .raw("/list_changed\"}");
    }

    /**
     * MCP specification, server/utilities/completion.
     *
     * @param matching all of them; the first 100 are sent
     */
    static Utf8Writer completed(RequestId id, List<String> matching) {
        Utf8Writer out = begin(id, SMALL + 32 * matching.size()).raw("{\"completion\":{\"values\":[");
        int shown = Math.min(matching.size(), MOST_COMPLETIONS);
        for (int i = 0; i < shown; i++) {
            if (i > 0) {
                out.raw(',');
            }
            out.string(matching.get(i));
        }
        out.raw("],\"total\":").raw(Integer.toString(matching.size()));
        return out.raw(",\"hasMore\":").raw(shown < matching.size() ? "true}}}" : "false}}}");
    }

    static Utf8Writer logged(LogLevel level, String logger, String text) {
        Utf8Writer out = new Utf8Writer(SMALL + text.length());
        out.raw("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\"");
        out.raw(level.word()).raw("\",\"logger\":").string(logger);
        return out.raw(",\"data\":").string(text).raw("}}");
    }

    private static Utf8Writer begin(RequestId id, int expected) {
        Utf8Writer out = new Utf8Writer(expected);
        out.raw("{\"jsonrpc\":\"2.0\",\"id\":");
        id.write(out);
        return out.raw(",\"result\":");
    }

    private static void block(Utf8Writer out, Content content, Revision revision) {
        switch (content) {
            case Content.Text text -> text(out, text.text());
            case Content.Image image -> media(out, "image", image.data(), image.mimeType());
            case Content.Audio audio -> {
                if (revision == Revision.V2024_11_05) {
                    text(
                            out,
                            "[audio, " + audio.mimeType() + ", " + audio.data().remaining() + " bytes]");
                } else {
                    media(out, "audio", audio.data(), audio.mimeType());
                }
            }
            case Content.ResourceLink link -> {
                if (revision.isRich()) {
                    out.raw("{\"type\":\"resource_link\",\"uri\":").string(link.uri());
                    out.raw(",\"name\":").string(link.name());
                    mimeType(out, link.mimeType());
                    out.raw('}');
                } else {
                    text(out, link.uri());
                }
            }
            case Content.EmbeddedResource embedded -> {
                out.raw("{\"type\":\"resource\",\"resource\":");
                contents(out, embedded.resource());
                out.raw('}');
            }
            default -> throw new IllegalStateException("unknown kind of content: " + content.getClass());
        }
    }

    private static void contents(Utf8Writer out, ResourceContents contents) {
        out.raw("{\"uri\":").string(contents.uri());
        mimeType(out, contents.mimeType());
        switch (contents) {
            case ResourceContents.Text text -> out.raw(",\"text\":").string(text.text());
            case ResourceContents.Blob blob -> base64(out.raw(",\"blob\":"), blob.data());
            default -> throw new IllegalStateException("unknown kind of content: " + contents.getClass());
        }
        out.raw('}');
    }

    private static void text(Utf8Writer out, String text) {
        out.raw("{\"type\":\"text\",\"text\":").string(text).raw('}');
    }

    private static void media(Utf8Writer out, String type, ByteBuffer data, String mimeType) {
        base64(out.raw("{\"type\":\"").raw(type).raw("\",\"data\":"), data);
        out.raw(",\"mimeType\":").string(mimeType).raw('}');
    }

    private static void mimeType(Utf8Writer out, String mimeType) {
        if (!mimeType.isEmpty()) {
            out.raw(",\"mimeType\":").string(mimeType);
        }
    }

    private static void base64(Utf8Writer out, ByteBuffer data) {
        ByteBuffer encoded = Base64.getEncoder().encode(data.duplicate());
        out.raw('"')
                .bytes(encoded.array(), encoded.arrayOffset(), encoded.arrayOffset() + encoded.remaining())
                .raw('"');
    }
}
