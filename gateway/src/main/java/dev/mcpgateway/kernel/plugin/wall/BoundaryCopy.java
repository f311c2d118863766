// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.wall;

import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Content;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Prompt;
import dev.mcpgateway.api.PromptMessage;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.Resource;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.api.Verdict;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes sound values of what a plugin gave. The API's values are its own final classes; what is looked for is definitions with null
 * inside of them, lists of something else, and JSON of a plugin's own class, of which only the bytes are taken.
 *
 * <p>Throws {@link IllegalStateException} with words for the plugin's author where a value is half-made, and {@link
 * ProviderException} with words for the client where it has too many parts.
 */
final class BoundaryCopy {

    private static final ClassLoader OURS = BoundaryCopy.class.getClassLoader();
    private static final ClassLoader API = Json.class.getClassLoader();

    /** An empty block counts no bytes, and is an object all the same. */
    private static final int MOST_PARTS = 10_000;

    private BoundaryCopy() {}

    /** @param leftOut hears of each definition that is half-made; the others pass */
    static Capabilities capabilities(Capabilities found, Consumer<String> leftOut) {
        List<Tool> tools = each(found.tools(), "tool", leftOut, BoundaryCopy::tool);
        List<Resource> resources = each(found.resources(), "resource", leftOut, BoundaryCopy::resource);
        List<Prompt> prompts = each(found.prompts(), "prompt", leftOut, BoundaryCopy::prompt);
        return Capabilities.builder()
                .version(there(found.version(), "the version of the capabilities"))
                .tools(tools)
                .resources(resources)
                .prompts(prompts)
                .build();
    }

    static ToolResult toolResult(ToolResult result) {
        List<Content> content = result.content();
        refuseTooMany(content.size(), "content blocks");
        for (Object each : content) {
            is(Content.class, each, "a content block");
        }
        Optional<Json> json = result.json();
        if (json.isEmpty() || isTrusted(json.get())) {
            return result;
        }
        ToolResult copy = ToolResult.of(json(json.get())).withContent(content);
        return result.isError() ? copy.asError() : copy;
    }

    static ResourceResult resource(ResourceResult result) {
        List<?> contents = there(result, "what a resource was answered with").contents();
        refuseTooMany(contents.size(), "resource contents");
        contents.forEach(each -> is(ResourceContents.class, each, "the contents of a resource"));
        return result;
    }

    static PromptResult promptResult(PromptResult result) {
        refuseTooMany(result.messages().size(), "prompt messages");
        for (Object each : result.messages()) {
            is(PromptMessage.class, each, "a message of a prompt result");
        }
        return result;
    }

    /** @param result makes a sound one of what the call would be answered with */
    static <R> Verdict<R> verdict(@Nullable Verdict<R> verdict, UnaryOperator<R> result) {
        return switch (there(verdict, "the verdict")) {
            case Verdict.Pass<R> pass -> pass;
            case Verdict.PassWith<R> with -> Verdict.passWith(json(with.arguments()));
            case Verdict.Answer<R> answer -> Verdict.answer(result.apply(answer.result()));
            case Verdict.Refuse<R> refusal -> Verdict.refuse(Gate.line(refusal.reason()));
        };
    }

    private static void refuseTooMany(int count, String what) {
        if (count > MOST_PARTS) {
            throw new ProviderException(
                    ProviderException.Code.DATA_LOSS,
                    "returned " + count + " " + what + ", the limit is " + MOST_PARTS);
        }
    }

    private interface Made<T> {
        T of(Object value);
    }

    private static <T> List<T> each(List<T> values, String kind, Consumer<String> leftOut, Made<T> made) {
        List<T> sound = new ArrayList<>(values.size());
        for (Object value : values) {
            try {
                sound.add(made.of(value));
            } catch (IllegalStateException halfMade) {
                leftOut.accept("offers a " + kind + " that is left out: " + halfMade.getMessage());
            }
        }
        return sound;
    }

    private static Tool tool(Object value) {
        Tool tool = is(Tool.class, value, "a tool");
        Tool.Builder copy = Tool.named(there(tool.name(), "the name of a tool"))
                .title(there(tool.title(), "a tool's title"))
                .description(there(tool.description(), "a tool's description"))
                .inputSchema(json(tool.inputSchema()))
                .annotations(there(tool.annotations(), "a tool's annotations"));
        if (tool.outputSchema().isPresent()) {
            copy.outputSchema(json(tool.outputSchema().get()));
        }
        return copy.build();
    }

    private static Resource resource(Object value) {
        Resource resource = is(Resource.class, value, "a resource");
        there(resource.name(), "the name of a resource");
        there(resource.uri(), "the URI of a resource");
        there(resource.uriTemplate(), "the URI template of a resource");
        there(resource.description(), "a resource's description");
        there(resource.mimeType(), "a resource's MIME type");
        return resource;
    }

    private static Prompt prompt(Object value) {
        Prompt prompt = is(Prompt.class, value, "a prompt");
        return Prompt.named(there(prompt.name(), "the name of a prompt"))
                .title(there(prompt.title(), "a prompt's title"))
                .description(there(prompt.description(), "a prompt's description"))
                .argumentsSchema(json(prompt.argumentsSchema()))
                .build();
    }

    private static Json json(@Nullable Json json) {
        Json given = there(json, "a JSON value");
        if (isTrusted(given)) {
            return given;
        }
        ByteBuffer utf8 = there(given.utf8(), "the text of a JSON value").duplicate();
        byte[] copy = new byte[utf8.remaining()];
        utf8.get(copy);
        return Json.ofUtf8(copy);
    }

    @SuppressWarnings("ReferenceEquality") // a class is told by its loader
    private static boolean isTrusted(Json json) {
        ClassLoader loader = json.getClass().getClassLoader();
        return loader == API || loader == OURS;
    }

    /** Generics are not checked at run time: a list of tools may hold anything. */
    private static <T> T is(Class<T> type, @Nullable Object value, String what) {
        if (!type.isInstance(value)) {
            throw new IllegalStateException(what + " is null or of another type");
        }
        return type.cast(value);
    }

    private static <T> T there(@Nullable T value, String what) {
        if (value == null) {
            throw new IllegalStateException(what + " is null");
        }
        return value;
    }
}
