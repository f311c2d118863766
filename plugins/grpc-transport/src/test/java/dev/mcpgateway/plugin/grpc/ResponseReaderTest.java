// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.mcpgateway.api.Content;
import dev.mcpgateway.api.PromptMessage;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.provider.v1.Blob;
import dev.mcpgateway.provider.v1.GetPromptResponse;
import dev.mcpgateway.provider.v1.InvokeResponse;
import dev.mcpgateway.provider.v1.Json;
import dev.mcpgateway.provider.v1.ReadResourceResponse;
import dev.mcpgateway.provider.v1.ResourceLink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ResponseReaderTest {

    private static final ByteString BYTES = ByteString.copyFrom(new byte[] {0, -1, 2});

    @Test
    void a_result_is_a_view_of_the_bytes_that_arrived() throws Exception {
        byte[] message = InvokeResponse.newBuilder()
                .setResult(TestService.json("{\"a\":1.0}"))
                .build()
                .toByteArray();
        ByteBuffer json =
                ResponseReader.toolResult(message).json().orElseThrow().utf8();
        assertThat(StandardCharsets.UTF_8.decode(json.duplicate()).toString()).isEqualTo("{\"a\":1.0}");
        assertThat(json.array()).isSameAs(message);
    }

    @Test
    void an_empty_json_text_stays_empty_for_the_gateway_to_refuse() throws Exception {
        byte[] message = InvokeResponse.newBuilder()
                .setResult(Json.getDefaultInstance())
                .build()
                .toByteArray();
        assertThat(ResponseReader.toolResult(message)
                        .json()
                        .orElseThrow()
                        .utf8()
                        .remaining())
                .isZero();
    }

    @Test
    void every_kind_of_content_arrives() throws Exception {
        InvokeResponse response = InvokeResponse.newBuilder()
                .setIsError(true)
                .addContent(block().setText("hi"))
                .addContent(block().setImage(Blob.newBuilder().setData(BYTES).setMimeType("image/png")))
                .addContent(block().setAudio(Blob.newBuilder().setData(BYTES).setMimeType("audio/wav")))
                .addContent(block().setResourceLink(ResourceLink.newBuilder()
                        .setUri("hello://x")
                        .setName("x")
                        .setMimeType("text/plain")))
                .addContent(block().setResource(contents().setUri("hello://y").setText("y")))
                .addContent(block().setResource(contents().setUri("hello://z").setBlob(BYTES)))
                .build();
        ToolResult result = ResponseReader.toolResult(response.toByteArray());
        assertThat(result.isError()).isTrue();
        assertThat(result.json()).isEmpty();
        ByteBuffer bytes = ByteBuffer.wrap(BYTES.toByteArray());
        assertThat(result.content())
                .containsExactly(
                        Content.text("hi"),
                        Content.image(bytes, "image/png"),
                        Content.audio(bytes, "audio/wav"),
                        Content.resourceLink("hello://x", "x").withMimeType("text/plain"),
                        Content.embedded(ResourceContents.text("hello://y", "y")),
                        Content.embedded(ResourceContents.blob("hello://z", bytes)));
    }

    @Test
    void a_field_of_a_later_contract_is_ignored() throws Exception {
        UnknownFieldSet later = UnknownFieldSet.newBuilder()
                .addField(1_000, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
                .addField(
                        1_001,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(BYTES)
                                .build())
                .build();
        byte[] message = InvokeResponse.newBuilder()
                .setResult(TestService.json("{}").toBuilder().setUnknownFields(later))
                .addContent(block().setText("hi").setUnknownFields(later))
                .setUnknownFields(later)
                .build()
                .toByteArray();
        assertThat(ResponseReader.toolResult(message).content()).containsExactly(Content.text("hi"));
        assertThat(ResponseReader.toolResult(message).json()).map(Opened::text).contains("{}");
    }

    @Test
    void a_prompt_keeps_the_order_and_the_roles_of_its_messages() throws Exception {
        GetPromptResponse response = GetPromptResponse.newBuilder()
                .setDescription("d")
                .addMessages(message("user").setContent(block().setText("hi")))
                .addMessages(message("assistant").setContent(block().setText("ho")))
                .build();
        PromptResult result = ResponseReader.promptResult(response.toByteArray());
        assertThat(result.description()).isEqualTo("d");
        assertThat(result.messages()).containsExactly(PromptMessage.user("hi"), PromptMessage.assistant("ho"));
    }

    @Test
    void what_breaks_the_contract_is_refused_in_plain_words() {
        refused(
                "returned neither a result nor content",
                () -> ResponseReader.toolResult(
                        InvokeResponse.getDefaultInstance().toByteArray()));
        refused(
                "returned a content block of no known kind",
                () -> ResponseReader.toolResult(
                        InvokeResponse.newBuilder().addContent(block()).build().toByteArray()));
        refused(
                "returned resource contents with neither text nor blob",
                () -> ResponseReader.resourceResult(ReadResourceResponse.newBuilder()
                        .addContents(contents())
                        .build()
                        .toByteArray()));
        refused(
                "returned a resource without contents",
                () -> ResponseReader.resourceResult(
                        ReadResourceResponse.getDefaultInstance().toByteArray()));
        refused(
                "returned a prompt without messages",
                () -> ResponseReader.promptResult(
                        GetPromptResponse.getDefaultInstance().toByteArray()));
        refused(
                "returned a prompt message whose role is neither user nor assistant",
                () -> ResponseReader.promptResult(GetPromptResponse.newBuilder()
                        .addMessages(message("system").setContent(block().setText("hi")))
                        .build()
                        .toByteArray()));
    }

    @Test
    void bytes_that_are_no_message_are_told_from_a_message() {
        assertThatExceptionOfType(InvalidProtocolBufferException.class)
                .isThrownBy(() -> ResponseReader.toolResult(new byte[] {-1, -1, -1}));
    }

    private static void refused(String text, ThrowingCallable reading) {
        assertThatExceptionOfType(ProviderException.class)
                .isThrownBy(reading)
                .withMessage(text)
                .satisfies(e -> assertThat(e.code()).isEqualTo(ProviderException.Code.DATA_LOSS));
    }

    private static dev.mcpgateway.provider.v1.Content.Builder block() {
        return dev.mcpgateway.provider.v1.Content.newBuilder();
    }

    private static dev.mcpgateway.provider.v1.ResourceContents.Builder contents() {
        return dev.mcpgateway.provider.v1.ResourceContents.newBuilder();
    }

    private static dev.mcpgateway.provider.v1.PromptMessage.Builder message(String role) {
        return dev.mcpgateway.provider.v1.PromptMessage.newBuilder().setRole(role);
    }
}
