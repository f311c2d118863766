// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The values that pass between a plugin and the gateway. */
class ValuesTest {

    private static final ProviderOffer.Opener OPENER = context -> {
        throw new IllegalStateException("an offer opens nothing");
    };

    @ParameterizedTest
    @ValueSource(strings = {"a", "hello", "hello-go", "a1-", "abcdefghijklmnopqrstuvwxyz-01234"})
    void a_provider_may_be_called(String name) {
        assertThat(new ProviderOffer(name, OPENER).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "1a", "-a", "Hello", "hello_go", "hello.go", "a b", "é", "abcdefghijklmnopqrstuvwxyz-012345"
            })
    void a_provider_may_not_be_called(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProviderOffer(name, OPENER))
                .withMessage("provider name '" + name + "' must match [a-z][a-z0-9-]{0,31}, e.g. 'my-tools'");
    }

    @Test
    void a_result_is_JSON_or_content_or_both() {
        Json json = Json.of(Map.of("sum", 6));
        Content said = Content.text("six");

        assertThat(ToolResult.of(json).json()).contains(json);
        assertThat(ToolResult.of(json).content()).isEmpty();
        assertThat(ToolResult.of(List.of(said)).json()).isEmpty();
        assertThat(ToolResult.of(json).withContent(List.of(said)))
                .satisfies(both -> assertThat(both.json()).contains(json))
                .satisfies(both -> assertThat(both.content()).containsExactly(said));
    }

    @Test
    void a_failure_keeps_what_the_tool_said() {
        Json json = Json.of(Map.of("code", 7));

        ToolResult failed = ToolResult.of(json).asError().withContent(List.of(Content.text("why")));

        assertThat(failed.isError()).isTrue();
        assertThat(failed.json()).contains(json);
        assertThat(ToolResult.error("why").isError()).isTrue();
        assertThat(ToolResult.text("fine").isError()).isFalse();
    }

    @Test
    void a_result_does_not_change_when_the_list_it_was_made_of_does() {
        List<Content> content = new ArrayList<>(List.of(Content.text("one")));
        ToolResult result = ToolResult.of(content);

        content.clear();

        assertThat(result.content()).hasSize(1);
        assertThatThrownBy(() -> result.content().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void a_tool_takes_any_object_and_promises_nothing_until_it_says_so() {
        Tool tool = Tool.named("echo.v1").build();

        assertThat(tool.inputSchema()).hasToString("{\"type\":\"object\"}");
        assertThat(tool.outputSchema()).isEmpty();
        assertThat(tool.title()).isEmpty();
        assertThat(tool.description()).isEmpty();
        assertThat(tool.annotations()).isEqualTo(ToolAnnotations.NONE);
    }

    @Test
    void a_tool_says_what_its_builder_was_told() {
        Json schema = Json.of(Map.of("type", "object"));
        ToolAnnotations hints = ToolAnnotations.builder()
                .readOnly(true)
                .idempotent(true)
                .openWorld(false)
                .build();

        Tool tool = Tool.named("echo.v1")
                .title("Echo")
                .description("Says it again")
                .inputSchema(schema)
                .outputSchema(schema)
                .annotations(hints)
                .build();

        assertThat(tool.name()).isEqualTo("echo.v1");
        assertThat(tool.title()).isEqualTo("Echo");
        assertThat(tool.description()).isEqualTo("Says it again");
        assertThat(tool.inputSchema()).isSameAs(schema);
        assertThat(tool.outputSchema()).contains(schema);
        assertThat(tool.annotations()).isEqualTo(hints);
    }

    @Test
    void capabilities_keep_the_order_in_which_they_were_given() {
        Capabilities capabilities = Capabilities.builder()
                .version("1.2")
                .tools(List.of(Tool.named("b").build()))
                .tools(List.of(Tool.named("a").build()))
                .resources(List.of(Resource.at("hello://greeting", "greeting").build()))
                .prompts(List.of(Prompt.named("plan").build()))
                .build();

        assertThat(capabilities.version()).isEqualTo("1.2");
        assertThat(capabilities.tools()).extracting(Tool::name).containsExactly("b", "a");
        assertThat(capabilities.resources()).extracting(Resource::uri).containsExactly("hello://greeting");
        assertThat(capabilities.prompts()).extracting(Prompt::name).containsExactly("plan");
    }

    @Test
    void a_resource_is_one_URI_or_a_family_of_them() {
        Resource one = Resource.at("hello://greeting", "greeting")
                .mimeType("text/plain")
                .build();
        Resource family = Resource.matching("file:///{path}", "file").build();

        assertThat(one.uri()).isEqualTo("hello://greeting");
        assertThat(one.uriTemplate()).isEmpty();
        assertThat(one.mimeType()).isEqualTo("text/plain");
        assertThat(family.uri()).isEmpty();
        assertThat(family.uriTemplate()).isEqualTo("file:///{path}");
    }

    @Test
    void an_empty_plugin_offers_nothing_and_closes_quietly() {
        GatewayPlugin plugin = new GatewayPlugin() {};

        plugin.close();

        assertThat(GatewayPlugin.API_VERSION).matches("\\d+\\.\\d+\\.\\d+");
    }
}
