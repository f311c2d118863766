// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.redact;

import dev.mcpgateway.api.Content;
import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PromptMessage;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.ToolResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Replaces what matches in whatever a provider has answered. What has no match comes back as the same object, so the
 * gateway goes on with the provider's own bytes. Immutable.
 */
final class Redaction implements Interceptor {

    private final List<UnaryOperator<String>> replacements;

    Redaction(List<UnaryOperator<String>> replacements) {
        this.replacements = replacements;
    }

    @Override
    public ToolResult afterTool(InterceptedCall call, Json arguments, ToolResult result) {
        List<Content> content = each(result.content(), this::content);
        if (result.json().isEmpty()) {
            return same(content, result.content()) ? result : result.withContent(content);
        }
        Object before = result.json().get().value();
        Object after = value(before);
        if (same(after, before)) {
            return same(content, result.content()) ? result : result.withContent(content);
        }
        ToolResult redacted = ToolResult.of(Json.of(after)).withContent(content);
        return result.isError() ? redacted.asError() : redacted;
    }

    @Override
    public ResourceResult afterResource(InterceptedCall call, ResourceResult result) {
        List<ResourceContents> contents = each(result.contents(), this::resource);
        return same(contents, result.contents()) ? result : ResourceResult.of(contents);
    }

    @Override
    public PromptResult afterPrompt(InterceptedCall call, Json arguments, PromptResult result) {
        String description = text(result.description());
        List<PromptMessage> messages = each(result.messages(), this::message);
        return same(description, result.description()) && same(messages, result.messages())
                ? result
                : result.withDescription(description).withMessages(messages);
    }

    private PromptMessage message(PromptMessage message) {
        Content content = content(message.content());
        return same(content, message.content()) ? message : message.withContent(content);
    }

    private Content content(Content block) {
        return switch (block) {
            case Content.Text before -> {
                String text = text(before.text());
                yield same(text, before.text()) ? before : Content.text(text);
            }
            case Content.ResourceLink before -> {
                String name = text(before.name());
                yield same(name, before.name())
                        ? before
                        : Content.resourceLink(before.uri(), name).withMimeType(before.mimeType());
            }
            case Content.EmbeddedResource before -> {
                ResourceContents resource = resource(before.resource());
                yield same(resource, before.resource()) ? before : Content.embedded(resource);
            }
            case Content.Image image -> image;
            case Content.Audio audio -> audio;
            default -> throw unknown();
        };
    }

    private ResourceContents resource(ResourceContents contents) {
        return switch (contents) {
            case ResourceContents.Text before -> {
                String text = text(before.text());
                yield same(text, before.text())
                        ? before
                        : ResourceContents.text(before.uri(), text).withMimeType(before.mimeType());
            }
            case ResourceContents.Blob blob -> blob;
            default -> throw unknown();
        };
    }

    /** What it cannot look into it does not let pass. */
    private static ProviderException unknown() {
        return new ProviderException(
                Code.DATA_LOSS, "cannot redact content of a kind that is newer than the plugin: update it");
    }

    /** As {@link Json#value()} has it. Numbers, truth values and null stay what they are. */
    @SuppressWarnings("unchecked") // a list of JSON values
    private Object value(Object value) {
        return switch (value) {
            case String before -> text(before);
            case List<?> list -> each((List<Object>) list, this::value);
            case Map<?, ?> map -> object(map);
            default -> value;
        };
    }

    private Object object(Map<?, ?> before) {
        Map<Object, Object> after = LinkedHashMap.newLinkedHashMap(before.size());
        boolean isSame = true;
        for (Map.Entry<?, ?> entry : before.entrySet()) {
            Object key = text((String) entry.getKey());
            Object value = value(entry.getValue());
            isSame &= same(key, entry.getKey()) && same(value, entry.getValue());
            if (after.put(key, value) != null) {
                throw new ProviderException(
                        Code.DATA_LOSS, "cannot redact an object: two of its keys would be one afterwards");
            }
        }
        return isSame ? before : after;
    }

    private String text(String before) {
        String after = before;
        for (UnaryOperator<String> each : replacements) {
            after = each.apply(after);
        }
        return after.equals(before) ? before : after;
    }

    /** The same list where every element stays the same object. */
    private static <T> List<T> each(List<T> before, UnaryOperator<T> redacted) {
        List<T> after = new ArrayList<>(before.size());
        boolean isSame = true;
        for (T each : before) {
            T its = redacted.apply(each);
            isSame &= same(its, each);
            after.add(its);
        }
        return isSame ? before : after;
    }

    @SuppressWarnings("ReferenceEquality") // the promise is the same object
    private static boolean same(Object after, Object before) {
        return after == before;
    }
}
