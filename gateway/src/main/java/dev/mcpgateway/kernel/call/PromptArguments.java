// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.provider.PromptArgument;
import dev.mcpgateway.kernel.provider.PromptArgument.Written;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The arguments of a prompt, which clients write as strings, as the values that these stand for. */
final class PromptArguments {

    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final int LONGEST_NUMBER = 1_000;

    private PromptArguments() {}

    /**
     * A number keeps its spelling; a string that is none stays one, for the schema to say what is wrong with it.
     *
     * @param arguments an object
     * @return the same where nothing needs to be read
     * @throws JsonFault where a number is beyond the limits of JSON in this house
     */
    static JsonValue read(JsonValue arguments, List<PromptArgument> known) throws JsonFault {
        Map<String, String> values = new HashMap<>();
        for (PromptArgument argument : known) {
            JsonNode given = arguments.tree().path(argument.name());
            if (given.isString() && stands(given.stringValue(), argument.written())) {
                values.put(argument.name(), given.stringValue());
            }
        }
        if (values.isEmpty()) {
            return arguments;
        }
        Utf8Writer out = new Utf8Writer(arguments.length() + 16);
        char before = '{';
        for (Map.Entry<String, JsonNode> given : arguments.tree().properties()) {
            out.raw(before).string(given.getKey()).raw(':');
            @Nullable String value = values.get(given.getKey());
            if (value != null) {
                out.raw(value);
            } else if (given.getValue().isString()) {
                out.string(given.getValue().stringValue());
            } else {
                out.raw(given.getValue().toString().getBytes(StandardCharsets.UTF_8));
            }
            before = ',';
        }
        out.raw('}');
        return JsonValue.parse(out.buffer(), 0, out.length(), Calls.MAX_DEPTH);
    }

    private static boolean stands(String text, Written written) {
        return switch (written) {
            case AS_IT_IS -> false;
            case AS_NUMBER ->
                text.length() <= LONGEST_NUMBER && NUMBER.matcher(text).matches();
            case AS_BOOLEAN -> text.equals("true") || text.equals("false");
        };
    }
}
