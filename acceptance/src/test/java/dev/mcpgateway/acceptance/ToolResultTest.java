// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.HostileProvider.content;
import static dev.mcpgateway.acceptance.kit.HostileProvider.json;
import static dev.mcpgateway.acceptance.kit.HostileProvider.response;
import static dev.mcpgateway.acceptance.kit.HostileProvider.result;
import static dev.mcpgateway.acceptance.kit.HostileProvider.resultBytes;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Json;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.provider.v1.Blob;
import dev.mcpgateway.provider.v1.Content;
import dev.mcpgateway.provider.v1.InvokeRequest;
import dev.mcpgateway.provider.v1.InvokeResponse;
import dev.mcpgateway.provider.v1.ResourceContents;
import dev.mcpgateway.provider.v1.ResourceLink;
import dev.mcpgateway.provider.v1.Tool;
import java.util.Base64;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What a tool answers, good and bad, and what a client sees of it. */
class ToolResultTest {

    private static final String NUMBER_AT_N = """
            {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}""";

    private static final Blob PIXEL = blob("image/png", 1, 2, 3);
    private static final Content TEXT = Content.newBuilder().setText("Hello").build();
    private static final Content IMAGE = Content.newBuilder().setImage(PIXEL).build();
    private static final Content AUDIO =
            Content.newBuilder().setAudio(blob("audio/wav", 4, 5)).build();
    private static final Content LINK = Content.newBuilder()
            .setResourceLink(ResourceLink.newBuilder()
                    .setUri("hello://greeting")
                    .setName("greeting")
                    .setMimeType("text/plain"))
            .build();
    private static final Content EMBEDDED_TEXT = Content.newBuilder()
            .setResource(ResourceContents.newBuilder()
                    .setUri("hello://greeting")
                    .setMimeType("text/plain")
                    .setText("Hello, MCP"))
            .build();
    private static final Content EMBEDDED_BLOB = Content.newBuilder()
            .setResource(ResourceContents.newBuilder()
                    .setUri("hello://pixel")
                    .setMimeType("image/png")
                    .setBlob(PIXEL.getData()))
            .build();

    private static final HostileProvider PROVIDER = HostileProvider.start();
    private static final Installation INSTALLATION = Installation.create().grpc("odd", PROVIDER.entry());
    private static @Nullable Gateway gateway;

    @BeforeAll
    static void start() {
        PROVIDER.tool(any(), result("{}")).tool(checked(), result("{\"n\":1}"));
        gateway = INSTALLATION.start();
        gateway.client().initialize();
        gateway.client().awaitExactly("odd.any.v1", "odd.checked.v1");
    }

    @AfterAll
    static void stop() {
        try (INSTALLATION;
                PROVIDER) {
            gateway().close();
        }
    }

    // --- results that cannot be used

    @Test
    void a_result_that_is_not_JSON_fails_its_call_and_the_text_names_the_byte() {
        assertThat(failureOf(result("{\"n\":1,}")))
                .startsWith("provider 'odd' returned a result that is not valid JSON: byte ")
                .matches(".*byte \\d+.*");
        assertThat(failureOf(result("{\"n\":1} {}")))
                .startsWith("provider 'odd' returned a result that is not valid JSON: byte ");
        assertThat(failureOf(result("{\"n\":1,\"n\":2}"))).startsWith("provider 'odd' returned a result that ");
        assertThat(failureOf(resultBytes(new byte[0]))).startsWith("provider 'odd' returned ");
    }

    @Test
    void a_result_that_is_not_UTF_8_fails_its_call() {
        assertThat(failureOf(resultBytes("{\"n\":\"grün\"}".getBytes(ISO_8859_1))))
                .startsWith("provider 'odd' returned a result that is not valid ");
        assertThat(failureOf(result("{\"n\":\"\\ud800\"}"))).startsWith("provider 'odd' returned a result that ");
    }

    @Test
    void a_result_that_is_100_deep_or_has_an_absurd_number_fails_its_call() {
        assertThat(failureOf(result("{\"n\":" + "[".repeat(99) + "]".repeat(99) + "}")))
                .startsWith("provider 'odd' returned a result that ");
        assertThat(failureOf(result("{\"n\":1e40000000}"))).startsWith("provider 'odd' returned a result that ");
    }

    @Test
    void a_result_that_violates_its_output_schema_fails_the_call_names_the_path_and_warns_in_the_log() {
        String text = failureOf(checked(), result("{\"n\":\"one\"}"));
        assertThat(text).startsWith("provider 'odd' returned a result that violates its output schema: /n");
        JsonNode warning = gateway().log().await("violates its output schema: /n");
        assertThat(warning.path("level").asString()).isEqualToIgnoringCase("warn");
        assertThat(warning.path("provider").asString()).isEqualTo("odd");
        assertThat(warning.path("correlation_id").asString()).isNotEmpty();
        assertThat(warning.toString()).doesNotContain("\"one\"");
    }

    @Test
    void no_result_where_the_tool_has_an_output_schema_fails_the_call() {
        assertThat(failureOf(checked(), content(TEXT))).startsWith("provider 'odd' returned ");
        assertThat(failureOf(response(InvokeResponse.getDefaultInstance()))).startsWith("provider 'odd' returned ");
    }

    // --- results as they should be

    @Test
    void a_result_is_structured_content_and_one_block_of_text_in_the_bytes_of_the_provider() {
        Reply reply = resultOf(checked(), result("{ \"n\" : 1,\n  \"e\": 1.0e2, \"z\":-0 }"));
        assertThat(reply.isError()).isFalse();
        assertThat(reply.text()).isEqualTo("{ \"n\" : 1,  \"e\": 1.0e2, \"z\":-0 }");
        assertThat(reply.result().path("content")).hasSize(1);
        assertThat(reply.result().path("structuredContent")).isEqualTo(Json.parse("{\"n\":1,\"e\":1.0e2,\"z\":-0}"));
    }

    @Test
    void a_result_that_is_no_object_is_text_only() {
        Reply reply = resultOf(any(), result("[1,2]"));
        assertThat(reply.text()).isEqualTo("[1,2]");
        assertThat(reply.result().has("structuredContent")).isFalse();
    }

    @Test
    void a_failure_that_the_tool_reports_keeps_its_content_and_is_not_checked() {
        Reply reply = resultOf(
                checked(),
                response(InvokeResponse.newBuilder()
                        .setIsError(true)
                        .addContent(Content.newBuilder().setText("no such customer"))
                        .setResult(json("{\"n\":\"none\"}"))
                        .build()));
        assertThat(reply.isError()).isTrue();
        assertThat(reply.text()).isEqualTo("no such customer");

        Reply withoutContent = resultOf(
                checked(),
                response(InvokeResponse.newBuilder()
                        .setIsError(true)
                        .setResult(json("{\"why\":\"quota\"}"))
                        .build()));
        assertThat(withoutContent.isError()).isTrue();
        assertThat(withoutContent.text()).isEqualTo("{\"why\":\"quota\"}");
    }

    @Test
    void every_kind_of_content_reaches_a_client_of_the_newest_revision() {
        JsonNode blocks = blocksFor("2025-11-25");
        assertThat(blocks).hasSize(6);
        assertThat(blocks.get(0)).isEqualTo(Json.parse("{\"type\":\"text\",\"text\":\"Hello\"}"));
        assertThat(blocks.get(1))
                .isEqualTo(Json.parse(
                        "{\"type\":\"image\",\"data\":\"" + base64(1, 2, 3) + "\",\"mimeType\":\"image/png\"}"));
        assertThat(blocks.get(2))
                .isEqualTo(Json.parse(
                        "{\"type\":\"audio\",\"data\":\"" + base64(4, 5) + "\",\"mimeType\":\"audio/wav\"}"));
        assertThat(blocks.get(3)).isEqualTo(Json.parse("""
                {"type":"resource_link","uri":"hello://greeting","name":"greeting","mimeType":"text/plain"}"""));
        assertThat(blocks.get(4)).isEqualTo(Json.parse("""
                {"type":"resource","resource":
                    {"uri":"hello://greeting","mimeType":"text/plain","text":"Hello, MCP"}}"""));
        assertThat(blocks.get(5)).isEqualTo(Json.parse("""
                {"type":"resource","resource":
                    {"uri":"hello://pixel","mimeType":"image/png","blob":"%s"}}""".formatted(base64(1, 2, 3))));
    }

    /** The kinds that a revision knows are those of its schema's {@code content}; what is newer must still be told. */
    @ParameterizedTest
    @ValueSource(strings = {"2024-11-05", "2025-03-26", "2025-06-18"})
    void an_older_client_sees_only_kinds_of_content_that_its_revision_knows(String revision) {
        List<String> known = switch (revision) {
            case "2024-11-05" -> List.of("text", "image", "resource");
            case "2025-03-26" -> List.of("text", "image", "audio", "resource");
            default -> List.of("text", "image", "audio", "resource", "resource_link");
        };
        JsonNode blocks = blocksFor(revision);
        List<String> kinds = StreamSupport.stream(blocks.spliterator(), false)
                .map(block -> block.path("type").asString())
                .toList();
        assertThat(known).containsAll(kinds);
        assertThat(kinds).hasSize(6).startsWith("text", "image").endsWith("resource", "resource");
        assertThat(blocks.get(3).toString()).contains("hello://greeting");
    }

    @Test
    void clients_older_than_2025_06_18_get_no_structured_content_output_schema_or_title() {
        PROVIDER.tool(checked(), result("{\"n\":1}"));
        try (Gateway old = INSTALLATION.start();
                Gateway recent = INSTALLATION.start()) {
            old.client().initialize("2025-03-26");
            recent.client().initialize("2025-06-18");
            old.client().awaitExactly("odd.any.v1", "odd.checked.v1");
            recent.client().awaitExactly("odd.any.v1", "odd.checked.v1");
            assertThat(old.client().tools().getLast().propertyNames())
                    .contains("name", "inputSchema")
                    .doesNotContain("outputSchema", "title");
            assertThat(recent.client().tools().getLast().propertyNames()).contains("outputSchema", "title");

            Reply oldReply = old.client().call("odd.checked.v1", "{}");
            assertThat(oldReply.text()).isEqualTo("{\"n\":1}");
            assertThat(oldReply.result().has("structuredContent")).isFalse();
            assertThat(recent.client().call("odd.checked.v1", "{}").result().has("structuredContent"))
                    .isTrue();
        }
    }

    private static JsonNode blocksFor(String revision) {
        PROVIDER.tool(any(), content(TEXT, IMAGE, AUDIO, LINK, EMBEDDED_TEXT, EMBEDDED_BLOB));
        try (Gateway another = INSTALLATION.start()) {
            another.client().initialize(revision);
            another.client().awaitExactly("odd.any.v1", "odd.checked.v1");
            Reply reply = another.client().call("odd.any.v1", "{}");
            assertThat(reply.isError()).isFalse();
            return reply.result().path("content");
        }
    }

    private static String failureOf(HostileProvider.Script<InvokeRequest, InvokeResponse> script) {
        return failureOf(any(), script);
    }

    private static String failureOf(Tool tool, HostileProvider.Script<InvokeRequest, InvokeResponse> script) {
        Reply reply = resultOf(tool, script);
        assertThat(reply.isError()).isTrue();
        assertThat(reply.result().has("structuredContent")).isFalse();
        return reply.text();
    }

    private static Reply resultOf(Tool tool, HostileProvider.Script<InvokeRequest, InvokeResponse> script) {
        PROVIDER.tool(tool, script);
        return gateway().client().call("odd." + tool.getName(), "{}");
    }

    private static Gateway gateway() {
        return requireNonNull(gateway);
    }

    private static Tool any() {
        return Tool.newBuilder()
                .setName("any.v1")
                .setInputSchema(json("{\"type\":\"object\"}"))
                .build();
    }

    private static Tool checked() {
        return Tool.newBuilder()
                .setName("checked.v1")
                .setTitle("Checked")
                .setInputSchema(json("{\"type\":\"object\"}"))
                .setOutputSchema(json(NUMBER_AT_N))
                .build();
    }

    private static Blob blob(String mimeType, int... bytes) {
        return Blob.newBuilder()
                .setMimeType(mimeType)
                .setData(ByteString.copyFrom(bytes(bytes)))
                .build();
    }

    private static String base64(int... bytes) {
        return new String(Base64.getEncoder().encode(bytes(bytes)), UTF_8);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
