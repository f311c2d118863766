// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.redact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mcpgateway.api.Content;
import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PromptMessage;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.testing.FakeCall;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RedactionTest {

    private static final Json NO_ARGUMENTS = Json.of(Map.of());
    private static final InterceptedCall CALL = FakeCall.inNoHurry();

    private final Redaction redaction = redaction(Map.of("pattern", "sk-[a-z0-9]+"));

    @Test
    void strings_at_any_depth_of_a_result_are_redacted_and_nothing_else_is() {
        ToolResult result = ToolResult.of(Json.of(Map.of("list", List.of("key sk-1 and sk-2", 1, true, Json.NULL))));

        assertThat(json(redaction.afterTool(CALL, NO_ARGUMENTS, result)))
                .isEqualTo("{\"list\":[\"key [redacted] and [redacted]\",1,true,null]}");
    }

    @Test
    void numbers_keep_their_value() {
        List<Object> numbers = List.of(
                new BigDecimal("1.10"), new BigInteger("123456789012345678901234567890"), Long.MIN_VALUE, "sk-1");

        assertThat(json(redaction.afterTool(CALL, NO_ARGUMENTS, ToolResult.of(Json.of(numbers)))))
                .isEqualTo("[1.10,123456789012345678901234567890,-9223372036854775808,\"[redacted]\"]");
    }

    @Test
    void a_key_is_redacted_as_well() {
        ToolResult result = ToolResult.of(Json.of(Map.of("sk-1", "is a key")));

        assertThat(json(redaction.afterTool(CALL, NO_ARGUMENTS, result))).isEqualTo("{\"[redacted]\":\"is a key\"}");
    }

    @Test
    void an_object_that_would_lose_a_key_is_refused() {
        ToolResult result = ToolResult.of(Json.of(Map.of("sk-1", 1, "sk-2", 2)));

        assertThatThrownBy(() -> redaction.afterTool(CALL, NO_ARGUMENTS, result))
                .isInstanceOf(ProviderException.class)
                .hasMessage("cannot redact an object: two of its keys would be one afterwards");
    }

    @Test
    void text_blocks_and_texts_of_embedded_resources_are_redacted_and_binary_ones_stay() {
        Content image = Content.image(ByteBuffer.wrap("sk-1".getBytes()), "image/png");
        Content blob = Content.embedded(ResourceContents.blob("a://b", ByteBuffer.wrap("sk-1".getBytes())));
        ToolResult result = ToolResult.of(List.of(
                Content.text("sk-1"),
                image,
                blob,
                Content.resourceLink("a://sk-1", "sk-1"),
                Content.embedded(ResourceContents.text("a://sk-1", "sk-1").withMimeType("text/plain"))));

        assertThat(redaction.afterTool(CALL, NO_ARGUMENTS, result).content())
                .containsExactly(
                        Content.text("[redacted]"),
                        image,
                        blob,
                        Content.resourceLink("a://sk-1", "[redacted]"),
                        Content.embedded(
                                ResourceContents.text("a://sk-1", "[redacted]").withMimeType("text/plain")));
    }

    @Test
    void an_error_is_redacted_and_stays_an_error() {
        ToolResult text = redaction.afterTool(CALL, NO_ARGUMENTS, ToolResult.error("no sk-1"));
        ToolResult json = redaction.afterTool(
                CALL, NO_ARGUMENTS, ToolResult.of(Json.of("no sk-1")).asError());

        assertThat(text.isError()).isTrue();
        assertThat(text.content()).containsExactly(Content.text("no [redacted]"));
        assertThat(json.isError()).isTrue();
        assertThat(json(json)).isEqualTo("\"no [redacted]\"");
    }

    @Test
    void what_has_no_match_comes_back_as_the_same_object() {
        ToolResult result = ToolResult.of(Json.of(Map.of("a", List.of("b", Map.of("c", 1.5)))))
                .withContent(List.of(Content.text("d"), Content.resourceLink("e:f", "g")));
        ResourceResult read = ResourceResult.of(ResourceContents.text("a://b", "c"));
        PromptResult prompt = PromptResult.of(PromptMessage.user("b")).withDescription("a");

        assertThat(redaction.afterTool(CALL, NO_ARGUMENTS, result)).isSameAs(result);
        assertThat(redaction.afterResource(CALL, read)).isSameAs(read);
        assertThat(redaction.afterPrompt(CALL, NO_ARGUMENTS, prompt)).isSameAs(prompt);
    }

    @Test
    void JSON_without_a_match_stays_the_same_where_only_a_block_has_one() {
        Json json = Json.of(Map.of("a", 1));
        ToolResult result = ToolResult.of(json).withContent(List.of(Content.text("sk-1")));

        ToolResult redacted = redaction.afterTool(CALL, NO_ARGUMENTS, result);

        assertThat(redacted.json().orElseThrow()).isSameAs(json);
        assertThat(redacted.content()).containsExactly(Content.text("[redacted]"));
    }

    @Test
    void texts_of_resources_are_redacted_and_their_addresses_stay() {
        ResourceContents blob = ResourceContents.blob("a://sk-2", ByteBuffer.allocate(1));

        assertThat(redaction
                        .afterResource(
                                CALL,
                                ResourceResult.of(
                                        ResourceContents.text("a://sk-1", "sk-1")
                                                .withMimeType("text/plain"),
                                        blob))
                        .contents())
                .containsExactly(ResourceContents.text("a://sk-1", "[redacted]").withMimeType("text/plain"), blob);
    }

    @Test
    void a_prompts_description_and_messages_are_redacted() {
        PromptMessage.Role role = PromptMessage.Role.ASSISTANT;
        PromptResult prompt =
                PromptResult.of(PromptMessage.of(role, Content.text("sk-1"))).withDescription("of sk-1");

        assertThat(redaction.afterPrompt(CALL, NO_ARGUMENTS, prompt))
                .isEqualTo(PromptResult.of(PromptMessage.of(role, Content.text("[redacted]")))
                        .withDescription("of [redacted]"));
    }

    @Test
    void patterns_are_applied_in_their_order_and_replacements_are_taken_as_they_are() {
        Redaction two = redaction(
                Map.of("pattern", "(?i)alice", "replacement", "$1\\n"), Map.of("pattern", "n|bob", "replacement", ""));

        assertThat(two.afterTool(CALL, NO_ARGUMENTS, ToolResult.text("Alice, bob"))
                        .content())
                .containsExactly(Content.text("$1\\, "));
    }

    @Test
    @Timeout(10)
    void a_pattern_that_backtracks_elsewhere_takes_linear_time() {
        Redaction evil = redaction(Map.of("pattern", "(a+)+b"));
        ToolResult result = ToolResult.text("a".repeat(100_000));

        assertThat(evil.afterTool(CALL, NO_ARGUMENTS, result)).isSameAs(result);
    }

    @Test
    void a_pattern_that_cannot_be_used_is_named_by_its_index() {
        assertThatThrownBy(() -> redaction(Map.of("pattern", "ok"), Map.of("pattern", "a(b")))
                .isInstanceOf(ProviderException.class)
                .hasMessage(
                        "patterns[1].pattern is no regular expression of RE2: error parsing regexp: missing closing ): `a(b`");
        assertThatThrownBy(() -> redaction(Map.of("pattern", "(?<!x)y")))
                .isInstanceOf(ProviderException.class)
                .hasMessageStartingWith("patterns[0].pattern is no regular expression of RE2: ");
        assertThatThrownBy(() -> redaction(Map.of("pattern", "x*")))
                .isInstanceOf(ProviderException.class)
                .hasMessage("patterns[0].pattern matches the empty text, and so everywhere: 'x*'");
    }

    @SafeVarargs
    private static Redaction redaction(Map<String, Object>... patterns) {
        return new Redaction(RedactPlugin.replacements(Map.of("patterns", List.of(patterns))));
    }

    private static String json(ToolResult result) {
        return result.json().orElseThrow().toString();
    }
}
