// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Prompt;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.Resource;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolAnnotations;
import org.junit.jupiter.api.Test;

class CapabilitiesReaderTest {

    @Test
    void a_tool_arrives_with_everything_that_was_said_of_it() throws Exception {
        Tool tool = read(sent().addTools(dev.mcpgateway.provider.v1.Tool.newBuilder()
                        .setName("echo.v1")
                        .setTitle("Echo")
                        .setDescription("says it again")
                        .setInputSchema(TestService.json("{\"type\":\"object\"}"))
                        .setOutputSchema(TestService.json("{\"type\":\"object\",\"x\":1}"))
                        .setAnnotations(dev.mcpgateway.provider.v1.ToolAnnotations.newBuilder()
                                .setReadOnly(true)
                                .setOpenWorld(false))))
                .tools()
                .getFirst();
        assertThat(tool.name()).isEqualTo("echo.v1");
        assertThat(tool.title()).isEqualTo("Echo");
        assertThat(tool.description()).isEqualTo("says it again");
        assertThat(Opened.text(tool.inputSchema())).isEqualTo("{\"type\":\"object\"}");
        assertThat(tool.outputSchema().map(Opened::text)).contains("{\"type\":\"object\",\"x\":1}");
        assertThat(tool.annotations())
                .isEqualTo(ToolAnnotations.builder()
                        .readOnly(true)
                        .openWorld(false)
                        .build());
    }

    /** 10 MiB have room for millions of them, each of which would be an object. */
    @Test
    void a_list_of_more_than_anybody_could_serve_is_refused_before_it_is_read() {
        dev.mcpgateway.provider.v1.Capabilities.Builder sent = sent();
        dev.mcpgateway.provider.v1.Tool empty = dev.mcpgateway.provider.v1.Tool.getDefaultInstance();
        for (int i = 0; i < 2_500_000; i++) {
            sent.addTools(empty);
        }

        assertThatExceptionOfType(ProviderException.class)
                .isThrownBy(() -> read(sent))
                .withMessage("returned 2500000 tools, the limit is 50000");
    }

    @Test
    void a_tool_without_its_schema_is_not_given_one() throws Exception {
        Tool tool = read(sent().addTools(
                                dev.mcpgateway.provider.v1.Tool.newBuilder().setName("bare.v1")))
                .tools()
                .getFirst();
        assertThat(Opened.text(tool.inputSchema())).isEmpty();
        assertThat(tool.outputSchema()).isEmpty();
    }

    @Test
    void a_resource_has_its_own_URI_or_one_made_of_scheme_and_name() throws Exception {
        Capabilities capabilities =
                read(sent().addResources(resource("greeting").setUriScheme("hello"))
                        .addResources(resource("b").setUriScheme("hello").setUri("hello://somewhere/b"))
                        .addResources(resource("c").setUriScheme("hello").setUriTemplate("hello://c/{id}")));
        assertThat(capabilities.resources())
                .extracting(Resource::uri, Resource::uriTemplate)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("hello://greeting", ""),
                        org.assertj.core.groups.Tuple.tuple("hello://somewhere/b", ""),
                        org.assertj.core.groups.Tuple.tuple("", "hello://c/{id}"));
    }

    @Test
    void a_resource_that_is_both_one_and_many_is_handed_on_as_it_is_for_the_gateway_to_judge() throws Exception {
        Capabilities capabilities =
                read(sent().addResources(resource("both").setUri("a://b").setUriTemplate("a://{b}")));
        assertThat(capabilities.resources())
                .extracting(Resource::uri, Resource::uriTemplate)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("a://b", "a://{b}"));
    }

    @Test
    void a_template_needs_no_scheme_of_its_own() throws Exception {
        Capabilities capabilities =
                read(sent().addResources(resource("any").setUriScheme("a").setUriTemplate("{+uri}")));
        assertThat(capabilities.resources()).extracting(Resource::uriTemplate).containsExactly("{+uri}");
    }

    @Test
    void a_prompt_without_a_schema_takes_no_arguments() throws Exception {
        Prompt prompt = read(sent().addPrompts(dev.mcpgateway.provider.v1.Prompt.newBuilder()
                        .setName("plan")
                        .setTitle("Plan")
                        .setDescription("proposes")))
                .prompts()
                .getFirst();
        assertThat(prompt.title()).isEqualTo("Plan");
        assertThat(prompt.description()).isEqualTo("proposes");
        assertThat(prompt.argumentsSchema().object()).containsEntry("additionalProperties", false);
    }

    private static Capabilities read(dev.mcpgateway.provider.v1.Capabilities.Builder sent) throws Exception {
        return CapabilitiesReader.read(sent.build().toByteArray());
    }

    private static dev.mcpgateway.provider.v1.Capabilities.Builder sent() {
        return dev.mcpgateway.provider.v1.Capabilities.newBuilder();
    }

    private static dev.mcpgateway.provider.v1.Resource.Builder resource(String name) {
        return dev.mcpgateway.provider.v1.Resource.newBuilder().setName(name);
    }
}
