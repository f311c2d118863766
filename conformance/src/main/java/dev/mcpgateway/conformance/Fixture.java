// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.conformance;

import dev.mcpgateway.api.BlockingProvider;
import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Content;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Prompt;
import dev.mcpgateway.api.PromptMessage;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import dev.mcpgateway.api.Resource;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tools, resources and prompts of the scenarios, by the names that the suite knows. */
final class Fixture implements BlockingProvider {

    private static final String TEXT = "text/plain";
    private static final String PNG = "image/png";
    private static final String STATIC_TEXT = "test://static-text";
    private static final String STATIC_BINARY = "test://static-binary";
    private static final String EMBEDDED = "test://embedded-resource";
    private static final Pattern FROM_TEMPLATE = Pattern.compile("test://template/([^/]+)/data");

    /** One red pixel. */
    private static final byte[] PIXEL = Base64.getDecoder()
            .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==");

    /** A sound of no samples. */
    private static final byte[] SILENCE =
            Base64.getDecoder().decode("UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=");

    @Override
    public Capabilities capabilities(CallContext context) {
        return Capabilities.builder()
                .version("1")
                .tools(List.of(
                        tool("test_simple_text", "Answers with a text"),
                        tool("test_image_content", "Answers with an image"),
                        tool("test_audio_content", "Answers with a sound"),
                        tool("test_embedded_resource", "Answers with a resource"),
                        tool("test_multiple_content_types", "Answers with a text, an image and a resource"),
                        tool("test_error_handling", "Answers that it has failed"),
                        Tool.named("json_schema_2020_12_tool")
                                .description("Has a schema that uses much of JSON Schema 2020-12")
                                .inputSchema(schema())
                                .build()))
                .resources(List.of(
                        resource(STATIC_TEXT, "static-text", TEXT),
                        resource(STATIC_BINARY, "static-binary", PNG),
                        resource("test://watched-resource", "watched-resource", TEXT),
                        Resource.matching("test://template/{id}/data", "template")
                                .description("The data of an id")
                                .mimeType("application/json")
                                .build()))
                .prompts(List.of(
                        prompt("test_simple_prompt", "Has no arguments"),
                        prompt("test_prompt_with_arguments", "Has two arguments", "arg1", "arg2"),
                        prompt("test_prompt_with_embedded_resource", "Has a resource in it", "resourceUri"),
                        prompt("test_prompt_with_image", "Has an image in it")))
                .build();
    }

    @Override
    public ToolResult callTool(String tool, Json arguments, CallContext context) {
        return switch (tool) {
            case "test_simple_text" -> ToolResult.text("a simple text");
            case "test_image_content" -> ToolResult.of(List.of(image()));
            case "test_audio_content" -> ToolResult.of(List.of(Content.audio(ByteBuffer.wrap(SILENCE), "audio/wav")));
            case "test_embedded_resource" -> ToolResult.of(List.of(embedded(EMBEDDED)));
            case "test_multiple_content_types" ->
                ToolResult.of(List.of(Content.text("a text among others"), image(), embedded(EMBEDDED)));
            case "test_error_handling" -> ToolResult.error("this tool always fails, as it should");
            case "json_schema_2020_12_tool" -> ToolResult.text(arguments.toString());
            default -> throw new ProviderException(Code.NOT_FOUND, "unknown tool");
        };
    }

    @Override
    public ResourceResult readResource(String uri, CallContext context) {
        Matcher fromTemplate = FROM_TEMPLATE.matcher(uri);
        if (fromTemplate.matches()) {
            String data = "{\"id\":\"" + fromTemplate.group(1) + "\"}";
            return ResourceResult.of(ResourceContents.text(uri, data).withMimeType("application/json"));
        }
        return ResourceResult.of(
                switch (uri) {
                    case STATIC_TEXT, "test://watched-resource" ->
                        ResourceContents.text(uri, "a text that does not change")
                                .withMimeType(TEXT);
                    case STATIC_BINARY ->
                        ResourceContents.blob(uri, ByteBuffer.wrap(PIXEL)).withMimeType(PNG);
                    default -> throw new ProviderException(Code.NOT_FOUND, "unknown resource");
                });
    }

    @Override
    public PromptResult getPrompt(String prompt, Json arguments, CallContext context) {
        Map<String, Object> given = arguments.object();
        return switch (prompt) {
            case "test_simple_prompt" -> PromptResult.of(PromptMessage.user("a simple prompt"));
            case "test_prompt_with_arguments" ->
                PromptResult.of(
                        PromptMessage.user("arg1 is '" + given.get("arg1") + "', arg2 is '" + given.get("arg2") + "'"));
            case "test_prompt_with_embedded_resource" ->
                PromptResult.of(
                        PromptMessage.of(PromptMessage.Role.USER, embedded(String.valueOf(given.get("resourceUri")))),
                        PromptMessage.user("what is in it?"));
            case "test_prompt_with_image" ->
                PromptResult.of(
                        PromptMessage.of(PromptMessage.Role.USER, image()), PromptMessage.user("what is to be seen?"));
            default -> throw new ProviderException(Code.NOT_FOUND, "unknown prompt");
        };
    }

    private static Content image() {
        return Content.image(ByteBuffer.wrap(PIXEL), PNG);
    }

    private static Content embedded(String uri) {
        return Content.embedded(
                ResourceContents.text(uri, "a text in a resource").withMimeType(TEXT));
    }

    private static Tool tool(String name, String description) {
        return Tool.named(name).description(description).build();
    }

    private static Resource resource(String uri, String name, String mimeType) {
        return Resource.at(uri, name)
                .description("One that does not change")
                .mimeType(mimeType)
                .build();
    }

    private static Prompt prompt(String name, String description, String... required) {
        Map<String, Object> properties = new TreeMap<>();
        for (String each : required) {
            properties.put(each, Map.of("type", "string", "description", "any text"));
        }
        return Prompt.named(name)
                .description(description)
                .argumentsSchema(
                        Json.of(Map.of("type", "object", "properties", properties, "required", List.of(required))))
                .build();
    }

    private static Json schema() {
        String file = "/json_schema_2020_12_tool.json"; // in this jar
        try (InputStream in = Objects.requireNonNull(Fixture.class.getResourceAsStream(file), file)) {
            return Json.ofUtf8(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
