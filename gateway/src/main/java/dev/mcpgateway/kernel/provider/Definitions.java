// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Prompt;
import dev.mcpgateway.api.Resource;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.provider.Offering.OfferedPrompt;
import dev.mcpgateway.kernel.provider.Offering.OfferedTemplate;
import dev.mcpgateway.kernel.provider.Offering.OfferedTool;
import dev.mcpgateway.kernel.schema.CompiledSchema;
import dev.mcpgateway.kernel.schema.SchemaRefusedException;
import dev.mcpgateway.kernel.schema.SchemaRegistry;
import dev.mcpgateway.kernel.uri.UnusableAddressException;
import dev.mcpgateway.kernel.uri.UriTemplate;
import dev.mcpgateway.kernel.uri.Uris;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks the definitions of one provider, each by itself: whether it conforms, and if not, why. */
final class Definitions {

    private static final int SCHEMA_DEPTH = 64;
    private static final int NAME_LENGTH = 128;
    private static final String ROOT = ": its root must say \"type\": \"object\"";

    private final SchemaRegistry registry = new SchemaRegistry();
    private final Allowance allowance;

    Definitions(Allowance allowance) {
        this.allowance = allowance;
    }

    /** @param prefix what the tool or prompt is named by in front of its own name; may be empty */
    static void checkName(String name, String prefix) throws NonconformingException {
        if (name.isEmpty()) {
            throw new NonconformingException("it has no name");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean allowed = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '_'
                    || c == '-'
                    || c == '.';
            if (!allowed) {
                throw new NonconformingException("its name has a character other than A-Z a-z 0-9 _ - . at index " + i);
            }
        }
        int length = name.length() + (prefix.isEmpty() ? 0 : prefix.length() + 1);
        if (length > NAME_LENGTH) {
            throw new NonconformingException(
                    "its name with the provider's has " + length + " characters, the limit is " + NAME_LENGTH);
        }
    }

    /** A resource is found by its URI: its name is for people, and may be any one line. */
    static void checkTitle(String name) throws NonconformingException {
        if (name.isBlank()) {
            throw new NonconformingException("it has no name");
        }
        if (name.length() > NAME_LENGTH) {
            throw new NonconformingException(
                    "its name has " + name.length() + " characters, the limit is " + NAME_LENGTH);
        }
        for (int i = 0; i < name.length(); i++) {
            if (Character.isISOControl(name.charAt(i))) {
                throw new NonconformingException("its name has a control character at index " + i);
            }
        }
    }

    OfferedTool tool(Tool tool) throws NonconformingException {
        CompiledSchema input = inspected("input schema", tool.inputSchema());
        if (!input.isObjectAtRoot()) {
            throw new NonconformingException("input schema" + ROOT);
        }
        Tool.Builder kept = Tool.named(tool.name())
                .title(tool.title())
                .description(tool.description())
                .annotations(tool.annotations())
                .inputSchema(input.text());
        @Nullable CompiledSchema output = null;
        if (tool.outputSchema().isPresent()) {
            output = inspected("output schema", tool.outputSchema().get());
            kept.outputSchema(output.text());
        }
        return new OfferedTool(kept.build(), input, Optional.ofNullable(output));
    }

    static Resource resource(Resource resource) throws NonconformingException {
        try {
            Uris.check(resource.uri());
            return resource;
        } catch (UnusableAddressException e) {
            throw new NonconformingException("its URI " + e.reason());
        }
    }

    static OfferedTemplate template(Resource family) throws NonconformingException {
        if (!family.uri().isEmpty()) {
            throw new NonconformingException("it has both a URI and a URI template: make it two resources");
        }
        try {
            return new OfferedTemplate(family, UriTemplate.parse(family.uriTemplate()));
        } catch (UnusableAddressException e) {
            throw new NonconformingException("its URI template " + e.reason());
        }
    }

    OfferedPrompt prompt(Prompt prompt) throws NonconformingException {
        CompiledSchema schema = inspected("args schema", prompt.argumentsSchema());
        if (!schema.isObjectAtRoot()) {
            throw new NonconformingException("args schema" + ROOT);
        }
        Prompt kept = Prompt.named(prompt.name())
                .title(prompt.title())
                .description(prompt.description())
                .argumentsSchema(schema.text())
                .build();
        return new OfferedPrompt(kept, schema, PromptArgument.of(schema.text().tree()));
    }

    /** Of what came in the provider's message nothing is kept: it would keep the whole message. */
    private CompiledSchema inspected(String what, Json schema) throws NonconformingException {
        allowance.check();
        try {
            return registry.inspect(JsonValue.parse(schema, SCHEMA_DEPTH));
        } catch (JsonFault fault) {
            throw new NonconformingException(what + ": " + fault.text());
        } catch (SchemaRefusedException refused) {
            String at = refused.pointer().isEmpty() ? "" : " at " + refused.pointer();
            throw new NonconformingException(what + at + ": " + refused.reason());
        }
    }
}
