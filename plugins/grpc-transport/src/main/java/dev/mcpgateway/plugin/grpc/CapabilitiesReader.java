// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Prompt;
import dev.mcpgateway.api.Resource;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolAnnotations;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Reads what a provider offers. Whether a definition conforms is the gateway's to judge: here it only must not become
 * better than it was sent.
 */
final class CapabilitiesReader {

    /** Where a required schema was not sent: no JSON at all, so that the gateway leaves the tool out. */
    private static final Json NO_SCHEMA = Json.ofUtf8(new byte[0]);

    /** A prompt without a schema takes no arguments (provider.proto, Prompt.args_schema). */
    private static final Json NO_ARGUMENTS =
            Json.of(Map.of("type", "object", "properties", Map.of(), "additionalProperties", false));

    private CapabilitiesReader() {}

    static Capabilities read(byte[] message) throws IOException {
        refuseTooMany(message, dev.mcpgateway.provider.v1.Capabilities.TOOLS_FIELD_NUMBER, "tools");
        refuseTooMany(message, dev.mcpgateway.provider.v1.Capabilities.RESOURCES_FIELD_NUMBER, "resources");
        refuseTooMany(message, dev.mcpgateway.provider.v1.Capabilities.PROMPTS_FIELD_NUMBER, "prompts");
        dev.mcpgateway.provider.v1.Capabilities sent =
                ResponseReader.parse(dev.mcpgateway.provider.v1.Capabilities.parser(), message);
        return Capabilities.builder()
                .version(sent.getProviderVersion())
                .tools(sent.getToolsList().stream()
                        .map(CapabilitiesReader::tool)
                        .toList())
                .resources(sent.getResourcesList().stream()
                        .map(CapabilitiesReader::resource)
                        .toList())
                .prompts(prompts(sent.getPromptsList()))
                .build();
    }

    private static void refuseTooMany(byte[] message, int field, String what) throws IOException {
        ResponseReader.refuseTooMany(message, field, what, Contract.MOST_DEFINITIONS);
    }

    private static Tool tool(dev.mcpgateway.provider.v1.Tool sent) {
        Tool.Builder tool = Tool.named(sent.getName())
                .title(sent.getTitle())
                .description(sent.getDescription())
                .inputSchema(sent.hasInputSchema() ? ResponseReader.json(sent.getInputSchema()) : NO_SCHEMA);
        if (sent.hasOutputSchema()) {
            tool.outputSchema(ResponseReader.json(sent.getOutputSchema()));
        }
        if (sent.hasAnnotations()) {
            tool.annotations(annotations(sent.getAnnotations()));
        }
        return tool.build();
    }

    private static ToolAnnotations annotations(dev.mcpgateway.provider.v1.ToolAnnotations sent) {
        ToolAnnotations.Builder hints = ToolAnnotations.builder();
        if (sent.hasReadOnly()) {
            hints.readOnly(sent.getReadOnly());
        }
        if (sent.hasDestructive()) {
            hints.destructive(sent.getDestructive());
        }
        if (sent.hasIdempotent()) {
            hints.idempotent(sent.getIdempotent());
        }
        if (sent.hasOpenWorld()) {
            hints.openWorld(sent.getOpenWorld());
        }
        return hints.build();
    }

    /** One with both a URI and a template is handed on like that, for the gateway to leave out. */
    private static Resource resource(dev.mcpgateway.provider.v1.Resource sent) {
        boolean isMadeOfScheme =
                sent.getUri().isEmpty() && sent.getUriTemplate().isEmpty();
        String uri = isMadeOfScheme ? sent.getUriScheme() + "://" + sent.getName() : sent.getUri();
        return Resource.of(uri, sent.getUriTemplate(), sent.getName())
                .description(sent.getDescription())
                .mimeType(sent.getMimeType())
                .build();
    }

    private static List<Prompt> prompts(List<dev.mcpgateway.provider.v1.Prompt> sent) {
        return sent.stream()
                .map(prompt -> Prompt.named(prompt.getName())
                        .title(prompt.getTitle())
                        .description(prompt.getDescription())
                        .argumentsSchema(
                                prompt.hasArgsSchema() ? ResponseReader.json(prompt.getArgsSchema()) : NO_ARGUMENTS)
                        .build())
                .toList();
    }
}
