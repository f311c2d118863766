// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.Times.LATEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Json;
import dev.mcpgateway.acceptance.kit.Library;
import dev.mcpgateway.acceptance.kit.Reply;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Prompts of two providers in plugin jars that offer the same ones, and the completion of their arguments. */
class PromptsTest {

    private static final int REFUSED = -32602;
    private static final int FAILED = -32603;
    private static final String ALICE = "{\"name\":\"Alice\"}";

    private static Installation installation;
    private static Library second;
    private static Gateway gateway;
    private static Client client;

    @BeforeAll
    static void start() {
        installation = Installation.createWithoutPlugins();
        Library.in(installation, "first");
        second = Library.in(installation, "second");
        gateway = installation.start();
        client = gateway.client().ready("first.hide.v1", "second.hide.v1");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        installation.close();
    }

    @Test
    void one_name_of_two_providers_is_listed_as_it_is_and_once_more_for_the_second() {
        assertThat(client.prompts())
                .containsExactly(
                        "hello-plan",
                        "typed",
                        "silent",
                        "hangs",
                        "second.hello-plan",
                        "second.typed",
                        "second.silent",
                        "second.hangs");
        assertThat(client.list("prompts/list", "prompts").getFirst()).isEqualTo(Json.parse("""
                        {"name": "hello-plan", "title": "A plan", "description": "Greet a user and propose a plan",
                         "arguments": [{"name": "name", "description": "Who", "required": true}],
                         "_meta": {"dev.mcpgateway/name": "first.hello-plan"}}"""));
    }

    @ParameterizedTest
    @CsvSource({
        "hello-plan, first",
        "first.hello-plan, first",
        "second.hello-plan, second",
    })
    void a_name_leads_to_the_right_provider(String name, String provider) {
        JsonNode filled = client.prompt(name, ALICE).result();

        assertThat(filled).isEqualTo(Json.parse("""
                {"description": "Filled in", "messages": [
                  {"role": "user", "content": {"type": "text", "text": "Hello, Alice! This is %s"}},
                  {"role": "assistant", "content": {"type": "resource", "resource":
                    {"uri": "hello://greeting", "mimeType": "text/plain", "text": "Hi"}}}]}""".formatted(provider)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hello-plan | {} | / must have the property 'name'",
                "hello-plan | {\"name\":7} | /name must be a string, is an integer",
                "hello-plan | {\"name\":\"A\",\"more\":\"\"} | /more is not an allowed property",
                "typed | {\"count\":\"seven\"} | /count must be an integer, is a string",
                "typed | {\"count\":\"0\"} | /count must be at least 1",
                "typed | {\"count\":\"1.5\"} | /count must be an integer, is a number",
                "typed | {\"ratio\":\" 1\"} | /ratio must be a number, is a string",
                "typed | {\"ratio\":\"+1\"} | /ratio must be a number, is a string",
                "typed | {\"loud\":\"yes\"} | /loud must be a boolean, is a string",
                "typed | {\"colour\":\"blue\"} | /colour must be one of",
            })
    void arguments_that_violate_the_schema_are_refused_before_the_provider_is_called(
            String prompt, String arguments, String violation) {
        Reply reply = client.prompt(prompt, arguments);

        assertThat(reply.errorCode()).isEqualTo(REFUSED);
        assertThat(reply.errorText()).startsWith("arguments of '" + prompt + "' violate its args schema: " + violation);
        assertThat(client.prompt("second.typed", "{\"ratio\":\"1e99999\"}").errorCode())
                .isEqualTo(REFUSED);
    }

    @Test
    void written_numbers_and_booleans_reach_the_provider_as_what_they_are_and_in_their_own_spelling() {
        assertThat(saidTo("{\"count\":\"7\",\"ratio\":\"1.0\",\"loud\":\"true\",\"word\":\"12\"}"))
                .isEqualTo("{\"count\":7,\"ratio\":1.0,\"loud\":true,\"word\":\"12\"}");
        assertThat(saidTo("{\"ratio\":\"-1e2\", \"loud\" : false, \"other\": [1, \"x\\n\"]}"))
                .isEqualTo("{\"ratio\":-1e2,\"loud\":false,\"other\":[1,\"x\\n\"]}");
        assertThat(saidTo("{ \"word\" : \"as it is\" }")).isEqualTo("{ \"word\" : \"as it is\" }");
        assertThat(client.request("prompts/get", "{\"name\":\"typed\"}")
                        .result()
                        .path("messages")
                        .path(0)
                        .path("content")
                        .path("text")
                        .asString())
                .isEqualTo("{}");
    }

    @Test
    void an_unknown_prompt_is_named() {
        Reply reply = client.prompt("hello-nobody", "{}");

        assertThat(reply.errorCode()).isEqualTo(REFUSED);
        assertThat(reply.errorText()).isEqualTo("unknown prompt 'hello-nobody'");
        assertThat(client.prompt("third.hello-plan", ALICE).errorCode()).isEqualTo(REFUSED);
        assertThat(client.request("prompts/get", "{}").errorText()).contains("params.name");
    }

    @Test
    void arguments_that_are_too_large_too_deep_or_no_object_are_refused() {
        assertThat(client.prompt("hello-plan", "{\"name\":\"" + "x".repeat(10_485_760) + "\"}")
                        .errorText())
                .contains("10485771 bytes", "10485760");
        assertThat(client.prompt("hello-plan", "[]").errorText()).contains("must be an object");
        assertThat(client.prompt("hello-plan", "{\"name\":" + "[".repeat(64) + "]".repeat(64) + "}")
                        .errorText())
                .contains("64 levels");
    }

    @Test
    void an_answer_without_messages_cannot_be_used() {
        Reply reply = client.prompt("silent", "{}");

        assertThat(reply.errorCode()).isEqualTo(FAILED);
        assertThat(reply.errorText()).isEqualTo("provider 'first' returned a prompt without messages");
    }

    @Test
    void messages_over_the_limit_are_refused_with_size_and_limit() {
        try (Installation small = Installation.createWithoutPlugins().setting("payloadLimit: 1KiB")) {
            Library.in(small, "first");
            try (Gateway its = small.start()) {
                Client asking = its.client().ready("first.hide.v1");
                Reply reply = asking.prompt("hello-plan", "{\"name\":\"" + "x".repeat(1_000) + "\"}");
                assertThat(reply.errorCode()).isEqualTo(FAILED);
                assertThat(reply.errorText())
                        .matches("provider 'first' returned a result of 10[0-9]{2} bytes, the limit is 1024 bytes");
            }
        }
    }

    @Test
    void a_prompt_has_two_and_a_half_seconds_and_can_be_cancelled() {
        Reply late = client.prompt("hangs", "{}");
        Reply cancelled = client.prompt("second.hangs", "{}");
        await().until(() -> second.hung(client) > 0);

        client.cancel(cancelled);

        await().until(() -> second.hung(client) == 0);
        assertThat(late.errorText()).isEqualTo("provider 'first' timed out after 2.5 s");
        assertThat(late.took()).isBetween(Duration.ofMillis(2_490), LATEST);
        assertThat(cancelled.isHere()).isFalse();
    }

    @Test
    void while_the_first_is_down_the_second_fills_in() {
        try (Installation own = Installation.createWithoutPlugins()) {
            Library one = Library.in(own, "first");
            Library.in(own, "second");
            try (Gateway its = own.start()) {
                Client asking = its.client().ready("first.hide.v1", "second.hide.v1");

                one.close(asking);

                assertThat(asking.prompts())
                        .contains("hello-plan", "second.hello-plan")
                        .hasSize(8);
                assertThat(said(asking.prompt("hello-plan", ALICE))).isEqualTo("Hello, Alice! This is second");
                Reply qualified = asking.prompt("first.hello-plan", ALICE);
                assertThat(qualified.errorCode()).isEqualTo(FAILED);
                assertThat(qualified.errorText()).isEqualTo("provider 'first' is unavailable: closed for lunch");
                assertThat(asking.prompt("hello-nobody", "{}").errorText())
                        .isEqualTo("unknown prompt 'hello-nobody'; unavailable: provider 'first' is unavailable:"
                                + " closed for lunch");
            }
        }
    }

    @Test
    void arguments_with_a_fixed_set_of_values_are_completed() {
        assertThat(completion("{\"type\":\"ref/prompt\",\"name\":\"typed\"}", "colour", "r"))
                .isEqualTo(Json.parse("{\"values\":[\"red\",\"rose\"],\"total\":2,\"hasMore\":false}"));
        JsonNode levels = completion("{\"type\":\"ref/prompt\",\"name\":\"second.typed\"}", "level", "");
        assertThat(levels.path("values")).hasSize(100);
        assertThat(levels.path("total").asInt()).isEqualTo(150);
        assertThat(levels.path("hasMore").asBoolean()).isTrue();
    }

    @Test
    void everything_else_is_completed_with_nothing() {
        JsonNode nothing = Json.parse("{\"values\":[],\"total\":0,\"hasMore\":false}");

        assertThat(completion("{\"type\":\"ref/prompt\",\"name\":\"typed\"}", "colour", "x"))
                .isEqualTo(nothing);
        assertThat(completion("{\"type\":\"ref/prompt\",\"name\":\"typed\"}", "word", ""))
                .isEqualTo(nothing);
        assertThat(completion("{\"type\":\"ref/prompt\",\"name\":\"typed\"}", "no-such", ""))
                .isEqualTo(nothing);
        assertThat(completion("{\"type\":\"ref/resource\",\"uri\":\"hello://big/{bytes}\"}", "bytes", "1"))
                .isEqualTo(nothing);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"ref/prompt\",\"name\":\"nobody\"} | unknown prompt 'nobody'",
                "{\"type\":\"ref/resource\",\"uri\":\"nobody://{x}\"} | unknown resource 'nobody://{x}'",
                "{\"type\":\"ref/tool\",\"name\":\"typed\"} | params.ref must be",
                "{} | params.ref must be",
            })
    void a_completion_of_what_is_not_there_is_refused(String reference, String reason) {
        Reply reply = complete(reference, "a", "");

        assertThat(reply.errorCode()).isEqualTo(REFUSED);
        assertThat(reply.errorText()).startsWith(reason);
    }

    private static JsonNode completion(String reference, String argument, String value) {
        return complete(reference, argument, value).result().path("completion");
    }

    private static Reply complete(String reference, String argument, String value) {
        return client.request(
                "completion/complete",
                "{\"ref\":" + reference + ",\"argument\":{\"name\":" + Json.quoted(argument) + ",\"value\":"
                        + Json.quoted(value) + "}}");
    }

    private static String saidTo(String arguments) {
        return said(client.prompt("typed", arguments));
    }

    private static String said(Reply reply) {
        return reply.result()
                .path("messages")
                .path(0)
                .path("content")
                .path("text")
                .asString();
    }
}
