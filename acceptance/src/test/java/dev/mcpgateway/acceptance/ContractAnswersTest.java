// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.HostileProvider.json;
import static dev.mcpgateway.acceptance.kit.HostileProvider.never;
import static dev.mcpgateway.acceptance.kit.HostileProvider.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.HostileProvider.Script;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Json;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.provider.v1.Capabilities;
import dev.mcpgateway.provider.v1.Content;
import dev.mcpgateway.provider.v1.GetPromptRequest;
import dev.mcpgateway.provider.v1.GetPromptResponse;
import dev.mcpgateway.provider.v1.Prompt;
import dev.mcpgateway.provider.v1.PromptMessage;
import dev.mcpgateway.provider.v1.ReadResourceRequest;
import dev.mcpgateway.provider.v1.ReadResourceResponse;
import dev.mcpgateway.provider.v1.Resource;
import dev.mcpgateway.provider.v1.ResourceContents;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What providers behind gRPC answer to ReadResource and GetPrompt, and what a client makes of it. */
class ContractAnswersTest {

    private static final int FAILED = -32603;

    private static HostileProvider one;
    private static HostileProvider two;
    private static Installation installation;
    private static Gateway gateway;
    private static Client client;

    @BeforeAll
    static void start() {
        one = offering();
        two = offering();
        installation = Installation.create().grpc("one", one.entry()).grpc("two", two.entry());
        gateway = installation.start();
        client = gateway.client();
        client.initialize();
        await().until(() -> client.prompts().size() == 2);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        installation.close();
        one.close();
        two.close();
    }

    @Test
    void a_resource_with_both_a_URI_and_a_template_is_left_out_by_name_and_reason() {
        try (HostileProvider provider = HostileProvider.start().discovery((request, reply) -> {
                    reply.onNext(Capabilities.newBuilder()
                            .addResources(Resource.newBuilder()
                                    .setName("both")
                                    .setUriScheme("a")
                                    .setUri("a://b")
                                    .setUriTemplate("a://{b}"))
                            .addResources(Resource.newBuilder().setName("fine").setUriScheme("a"))
                            .build());
                    reply.onCompleted();
                });
                Installation installation = Installation.create().grpc("p", provider.entry())) {
            JsonNode list = Json.parse(installation.run("list", "--json").stdout());
            assertThat(list.path("resources"))
                    .extracting(each -> each.path("uri").asString())
                    .containsExactly("a://fine");
            assertThat(list.path("providers").path(0).path("leftOut").path(0)).isEqualTo(Json.parse("""
                            {"kind": "resource", "name": "both",
                             "reason": "it has both a URI and a URI template: make it two resources"}"""));
        }
    }

    @Test
    void a_resource_without_a_uri_gets_the_one_its_scheme_and_name_make() {
        assertThat(client.resources()).containsExactly("hello://greeting", "two+hello://greeting");
    }

    @Test
    void text_and_bytes_arrive() {
        one.reading(answering(
                ResourceContents.newBuilder().setUri("hello://greeting").setText("Grüße 🌍"),
                ResourceContents.newBuilder()
                        .setUri("hello://greeting/image")
                        .setMimeType("image/png")
                        .setBlob(ByteString.copyFrom(new byte[] {1, 2, 3}))));

        var contents = client.read("hello://greeting").result().path("contents");

        assertThat(contents.path(0).path("text").asString()).isEqualTo("Grüße 🌍");
        assertThat(contents.path(1).path("blob").asString()).isEqualTo("AQID");
    }

    @Test
    void only_NOT_FOUND_leads_on_to_the_next_provider() {
        List<String> asked = new CopyOnWriteArrayList<>();
        two.reading((request, reply) -> {
            asked.add(request.getUri());
            reply.onNext(ReadResourceResponse.newBuilder()
                    .addContents(ResourceContents.newBuilder()
                            .setUri(request.getUri())
                            .setText("two"))
                    .build());
            reply.onCompleted();
        });
        for (Status failing : List.of(
                Status.INTERNAL,
                Status.UNAVAILABLE,
                Status.INVALID_ARGUMENT,
                Status.RESOURCE_EXHAUSTED,
                Status.UNIMPLEMENTED)) {
            one.reading(status(failing.withDescription("out of paper")));
            Reply reply = client.read("hello://greeting");
            assertThat(reply.errorCode()).as(failing.toString()).isEqualTo(FAILED);
            assertThat(reply.errorText()).startsWith("provider 'one' ");
        }
        assertThat(asked).isEmpty();

        one.reading(status(Status.NOT_FOUND));
        assertThat(client.read("hello://greeting").result().toString()).contains("two");
        assertThat(client.read("hello://unlisted").result().toString()).contains("two");
        assertThat(asked).containsExactly("hello://greeting", "hello://unlisted");
        assertThat(client.read("one+hello://greeting").errorCode()).isEqualTo(-32002);
    }

    @Test
    void contents_that_break_the_contract_are_an_error_and_a_warning() {
        for (var broken :
                List.of(answering(), answering(ResourceContents.newBuilder().setUri("hello://greeting")))) {
            one.reading(broken);
            Reply reply = client.read("one+hello://greeting");
            assertThat(reply.errorCode()).isEqualTo(FAILED);
            assertThat(reply.errorText()).startsWith("provider 'one' returned ");
        }
    }

    @Test
    void a_role_or_a_content_that_there_is_not_is_an_error() {
        for (PromptMessage.Builder broken : List.of(
                PromptMessage.newBuilder()
                        .setRole("system")
                        .setContent(Content.newBuilder().setText("x")),
                PromptMessage.newBuilder().setContent(Content.newBuilder().setText("x")),
                PromptMessage.newBuilder().setRole("user"))) {
            one.filling(saying(broken));
            Reply reply = client.prompt("one.hello-plan", "{\"times\":\"2\"}");
            assertThat(reply.errorCode()).isEqualTo(FAILED);
            assertThat(reply.errorText()).startsWith("provider 'one' returned ");
        }
        one.filling(saying());
        assertThat(client.prompt("one.hello-plan", "{}").errorText())
                .isEqualTo("provider 'one' returned a prompt without messages");
    }

    @Test
    void the_arguments_of_a_prompt_arrive_as_what_they_stand_for() {
        one.filling((request, reply) -> saying(PromptMessage.newBuilder()
                        .setRole("assistant")
                        .setContent(Content.newBuilder()
                                .setText(request.getName() + " "
                                        + request.getArguments().getValue().toStringUtf8())))
                .play(request, reply));

        var message = client.prompt("one.hello-plan", "{\"times\":\"2\"}")
                .result()
                .path("messages")
                .path(0);

        assertThat(message.path("role").asString()).isEqualTo("assistant");
        assertThat(message.path("content").path("text").asString()).isEqualTo("hello-plan {\"times\":2}");
    }

    @Test
    void a_prompt_that_its_provider_does_not_know_any_more_is_the_next_ones() {
        one.filling(status(Status.NOT_FOUND));
        two.filling(saying(PromptMessage.newBuilder()
                .setRole("user")
                .setContent(Content.newBuilder().setText("two"))));

        assertThat(client.prompt("hello-plan", "{}").result().toString()).contains("two");
        Reply unknown = client.prompt("one.hello-plan", "{}");
        assertThat(unknown.errorCode()).isEqualTo(-32602);
        assertThat(unknown.errorText()).isEqualTo("unknown prompt 'one.hello-plan'");
    }

    @Test
    void a_provider_that_hangs_costs_its_own_read_only() {
        one.reading(never());
        two.reading(answering(
                ResourceContents.newBuilder().setUri("hello://greeting").setText("two")));

        Reply hangs = client.read("hello://greeting");
        assertThat(client.read("two+hello://greeting").result().toString()).contains("two");

        assertThat(hangs.errorText()).isEqualTo("provider 'one' timed out after 2.5 s");
    }

    private static HostileProvider offering() {
        return HostileProvider.start().discovery((request, reply) -> {
            reply.onNext(Capabilities.newBuilder()
                    .addResources(Resource.newBuilder().setName("greeting").setUriScheme("hello"))
                    .addPrompts(Prompt.newBuilder()
                            .setName("hello-plan")
                            .setArgsSchema(
                                    json("{\"type\":\"object\",\"properties\":{\"times\":{\"type\":\"integer\"}}}")))
                    .build());
            reply.onCompleted();
        });
    }

    private static Script<ReadResourceRequest, ReadResourceResponse> answering(ResourceContents.Builder... contents) {
        ReadResourceResponse.Builder response = ReadResourceResponse.newBuilder();
        List.of(contents).forEach(response::addContents);
        return (request, reply) -> {
            reply.onNext(response.build());
            reply.onCompleted();
        };
    }

    private static Script<GetPromptRequest, GetPromptResponse> saying(PromptMessage.Builder... messages) {
        GetPromptResponse.Builder response = GetPromptResponse.newBuilder();
        List.of(messages).forEach(response::addMessages);
        return (request, reply) -> {
            reply.onNext(response.build());
            reply.onCompleted();
        };
    }
}
