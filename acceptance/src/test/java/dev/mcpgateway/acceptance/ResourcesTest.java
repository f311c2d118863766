// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.Times.LATEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Library;
import dev.mcpgateway.acceptance.kit.Reply;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Resources of two providers in plugin jars that offer the same ones. */
class ResourcesTest {

    private static final int LIMIT = 10_485_760;
    private static final int NOT_FOUND = -32002;
    private static final int FAILED = -32603;

    private static Installation installation;
    private static Library first;
    private static Library second;
    private static Gateway gateway;
    private static Client client;

    @BeforeAll
    static void start() {
        installation = Installation.createWithoutPlugins();
        first = Library.in(installation, "first");
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
    void one_uri_of_two_providers_is_listed_as_it_is_and_once_more_for_the_second() {
        assertThat(client.resources())
                .containsExactly(
                        "hello://greeting",
                        "hello://of-first",
                        "hello://dot",
                        "hello://sometimes",
                        "hello://folder",
                        "hello://fails",
                        "hello://empty",
                        "hello://hangs",
                        "second+hello://greeting",
                        "hello://of-second",
                        "second+hello://dot",
                        "second+hello://sometimes",
                        "second+hello://folder",
                        "second+hello://fails",
                        "second+hello://empty",
                        "second+hello://hangs");
        JsonNode greeting = client.list("resources/list", "resources").getFirst();
        assertThat(greeting.path("name").asString()).isEqualTo("first.greeting");
        assertThat(greeting.path("description").asString()).isEqualTo("Says hello");
        assertThat(greeting.path("mimeType").asString()).isEqualTo("text/plain");
    }

    @Test
    void families_are_listed_by_their_templates() {
        assertThat(client.list("resources/templates/list", "resourceTemplates"))
                .extracting(family -> family.path("uriTemplate").asString())
                .containsExactly("hello://big/{bytes}", "second+hello://big/{bytes}");
    }

    @ParameterizedTest
    @CsvSource({
        "hello://greeting, first",
        "first+hello://greeting, first",
        "second+hello://greeting, second",
        "hello://of-second, second",
        "second+hello://of-second, second",
        "hello://sometimes, second",
        "hello://unlisted-first, first",
        "hello://unlisted-second, second",
        "HELLO://unlisted-second, nobody",
        "second+hello://unlisted-second, second",
        "first+hello://unlisted-second, nobody",
        "first+hello://sometimes, nobody",
        "hello://nowhere, nobody",
        "nobody+hello://greeting, nobody",
        "mail://greeting, nobody",
        "greeting, nobody",
        "'', nobody",
    })
    void a_uri_leads_to_the_right_provider_and_comes_back_as_it_was_asked_for(String uri, String provider) {
        Reply reply = client.read(uri);

        if (provider.equals("nobody")) {
            assertThat(reply.errorCode()).isEqualTo(NOT_FOUND);
            assertThat(reply.errorText()).isEqualTo("unknown resource '" + uri + "'");
            return;
        }
        JsonNode contents = reply.result().path("contents");
        assertThat(contents).hasSize(1);
        assertThat(contents.path(0).path("text").asString()).isEqualTo("Hello from " + provider);
        assertThat(contents.path(0).path("uri").asString()).isEqualTo(uri);
        assertThat(contents.path(0).path("mimeType").asString()).isEqualTo("text/plain");
    }

    @Test
    void what_is_not_text_comes_as_base64() {
        JsonNode dot = client.read("hello://dot").result().path("contents").path(0);

        assertThat(dot.path("blob").asString()).isEqualTo("AAEC/w==");
        assertThat(dot.path("mimeType").asString()).isEqualTo("image/x-dot");
        assertThat(dot.has("text")).isFalse();
    }

    @Test
    void of_several_contents_only_the_one_that_was_asked_for_takes_the_uri_of_the_request() {
        JsonNode contents = client.read("second+hello://folder").result().path("contents");

        assertThat(contents)
                .extracting(each -> each.path("uri").asString())
                .containsExactly("second+hello://folder", "hello://folder/one");
    }

    @Test
    void a_read_that_failed_is_not_tried_elsewhere() {
        Reply failed = client.read("hello://fails");

        assertThat(failed.errorCode()).isEqualTo(FAILED);
        assertThat(failed.errorText()).isEqualTo("provider 'first' the shelf of first fell over");
        Reply empty = client.read("hello://empty");
        assertThat(empty.errorCode()).isEqualTo(FAILED);
        assertThat(empty.errorText()).isEqualTo("provider 'first' returned a resource without contents");
    }

    @Test
    void contents_up_to_the_limit_pass_and_one_byte_more_is_refused_with_size_and_limit() {
        JsonNode largest = client.read("hello://big/" + LIMIT).result().path("contents");
        assertThat(largest.path(0).path("text").asString().length()).isEqualTo(LIMIT);

        Reply over = client.read("hello://big/" + (LIMIT + 1));
        assertThat(over.errorCode()).isEqualTo(FAILED);
        assertThat(over.errorText())
                .isEqualTo("provider 'first' returned a result of 10485761 bytes, the limit is 10485760 bytes");
    }

    @Test
    void a_read_has_two_and_a_half_seconds() {
        Reply reply = client.read("hello://hangs");

        assertThat(reply.errorCode()).isEqualTo(FAILED);
        assertThat(reply.errorText()).isEqualTo("provider 'first' timed out after 2.5 s");
        assertThat(reply.took()).isBetween(Duration.ofMillis(2_490), LATEST);
    }

    @Test
    void a_cancelled_read_is_not_answered_and_its_provider_is_interrupted() {
        Reply reply = client.read("second+hello://hangs");
        await().until(() -> second.hung(client) > 0);

        client.cancel(reply);

        await().until(() -> second.hung(client) == 0);
        client.ping().result();
        assertThat(reply.isHere()).isFalse();
    }

    @Test
    void a_read_without_a_uri_is_refused() {
        assertThat(client.request("resources/read", "{}").errorCode()).isEqualTo(-32602);
        assertThat(client.request("resources/read", "{\"uri\":7}").errorText()).contains("params.uri");
        Reply endless = client.read("hello://" + "x".repeat(10_000));
        assertThat(endless.errorCode()).isEqualTo(-32602);
        assertThat(endless.errorText()).contains("10008", "8192");
    }

    @Test
    void subscribing_is_not_offered() {
        Reply reply = client.request("resources/subscribe", "{\"uri\":\"hello://greeting\"}");

        assertThat(reply.errorCode()).isEqualTo(-32601);
    }

    @Test
    void every_read_leaves_one_line_with_uri_provider_and_outcome() {
        String uri = "hello://unlisted-second";
        int before = gateway.log().lines("capability", uri).size();

        client.read(uri).result();

        await().until(() -> gateway.log().lines("capability", uri).size() > before);
        List<JsonNode> lines = gateway.log().lines("capability", uri);
        JsonNode line = lines.getLast();
        assertThat(lines).hasSize(before + 1);
        assertThat(line.path("provider").asString()).isEqualTo("second");
        assertThat(line.path("outcome").asString()).isEqualTo("ok");
        assertThat(line.path("correlation_id").asString()).hasSize(36);
    }

    @Test
    void while_the_first_is_down_the_second_answers_and_no_name_moves() {
        try (Installation own = Installation.createWithoutPlugins()) {
            Library one = Library.in(own, "first");
            Library two = Library.in(own, "second");
            try (Gateway its = own.start()) {
                Client asking = its.client().ready("first.hide.v1", "second.hide.v1");
                List<String> before = asking.resources();

                one.close(asking);

                assertThat(asking.resources())
                        .isEqualTo(before.stream()
                                .filter(uri -> !uri.equals("hello://of-first"))
                                .toList());
                assertThat(textOf(asking.read("hello://greeting"))).isEqualTo("Hello from second");
                assertThat(textOf(asking.read("hello://unlisted-second"))).isEqualTo("Hello from second");
                Reply qualified = asking.read("first+hello://greeting");
                assertThat(qualified.errorCode()).isEqualTo(FAILED);
                assertThat(qualified.errorText()).isEqualTo("provider 'first' is unavailable: closed for lunch");
                assertThat(asking.read("hello://of-first").errorText())
                        .isEqualTo("provider 'first' is unavailable: closed for lunch");
                Reply unknown = asking.read("hello://nowhere");
                assertThat(unknown.errorCode()).isEqualTo(NOT_FOUND);
                assertThat(unknown.errorText())
                        .isEqualTo("unknown resource 'hello://nowhere'; unavailable: provider 'first' is unavailable:"
                                + " closed for lunch");

                two.close(asking);
                assertThat(asking.resources()).isEmpty();
                assertThat(asking.read("hello://greeting").errorText())
                        .isEqualTo("provider 'first' is unavailable: closed for lunch");

                one.reopen(asking);
                two.reopen(asking);
                assertThat(asking.resources()).isEqualTo(before);
                assertThat(textOf(asking.read("hello://greeting"))).isEqualTo("Hello from first");
            }
        }
    }

    private static String textOf(Reply reply) {
        return reply.result().path("contents").path(0).path("text").asString();
    }
}
