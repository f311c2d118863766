// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testkit;

import dev.mcpgateway.api.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What an MCP client was answered. Immutable.
 *
 * @param isError whether a tool failed or its arguments were refused ({@code isError} of its result), or the request was
 *     answered with an error
 * @param text the text that came: of a tool's content, a resource's contents or a prompt's messages, in their order and
 *     separated by line feeds; of an error, its message
 * @param json a tool's structured content, readable as plain Java values by {@link Json#object()}; empty where there is
 *     none
 * @param errorCode of JSON-RPC, where the request was answered with an error
 * @param raw the whole result, or the whole error, as it came
 */
public record Answer(boolean isError, String text, Optional<Json> json, OptionalInt errorCode, Json raw) {

    /** @param message a whole answer by JSON-RPC */
    static Answer of(Map<String, Object> message) {
        if (message.get("error") instanceof Map<?, ?> error) {
            int code = error.get("code") instanceof Number number ? number.intValue() : 0;
            return new Answer(
                    true,
                    String.valueOf(error.get("message")),
                    Optional.empty(),
                    OptionalInt.of(code),
                    new PlainJson(error));
        }
        Object result = message.getOrDefault("result", Map.of());
        Map<?, ?> members = result instanceof Map<?, ?> map ? map : Map.of();
        List<String> texts = new ArrayList<>();
        collect(members.get("content"), texts);
        collect(members.get("contents"), texts);
        collect(members.get("messages"), texts);
        Object structured = members.get("structuredContent");
        return new Answer(
                Boolean.TRUE.equals(members.get("isError")),
                String.join("\n", texts),
                structured == null ? Optional.empty() : Optional.of(new PlainJson(structured)),
                OptionalInt.empty(),
                new PlainJson(result));
    }

    /** From one block, a list of them, or a message around one. */
    private static void collect(@Nullable Object from, List<String> texts) {
        if (from instanceof List<?> list) {
            list.forEach(each -> collect(each, texts));
        } else if (from instanceof Map<?, ?> block) {
            if (block.get("text") instanceof String text) {
                texts.add(text);
            }
            collect(block.get("content"), texts);
        }
    }
}
