// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolAnnotations;
import dev.mcpgateway.kernel.catalog.LiveProviders.Offer;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.provider.Offering.LeftOut;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogTest {

    @TempDir
    Path folder;

    private final List<LiveProviders> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(LiveProviders::close);
    }

    @Test
    void tools_are_named_by_their_provider_and_stand_in_the_order_of_the_configuration() throws Exception {
        Catalog catalog = catalog(Offer.of("zeta", "b.v1", "a.v1"), Offer.of("alpha", "a.v1"));

        assertThat(names(catalog)).containsExactly("zeta.b.v1", "zeta.a.v1", "alpha.a.v1");
    }

    @Test
    void a_tool_is_found_by_each_of_its_names() throws Exception {
        Catalog catalog = catalog(Offer.withPrefix("short", "hello-go", "echo.v1"));

        ToolEntry entry = catalog.tool("short.echo.v1").orElseThrow();
        assertThat(catalog.tool("short_echo_v1")).contains(entry);
        assertThat(catalog.tool("hello-go.echo.v1")).contains(entry);
        assertThat(catalog.tool("hello-go_echo_v1")).isEmpty();
        assertThat(entry.canonicalName()).isEqualTo("hello-go.echo.v1");
    }

    @Test
    void without_a_prefix_tools_have_their_own_names_and_the_first_of_two_equal_ones_stays() throws Exception {
        LiveProviders providers = providers(
                Offer.withPrefix("", "first", "search", "only-first"),
                Offer.withPrefix("", "second", "search", "other"));
        Catalog catalog = Catalog.of(providers.slots(), Catalog.empty());

        assertThat(names(catalog)).containsExactly("search", "only-first", "other");
        assertThat(catalog.tool("search").orElseThrow().canonicalName()).isEqualTo("first.search");
        assertThat(catalog.leftOut(providers.slot("second")))
                .containsExactly(new LeftOut("tool", "search", "provider 'first' exports the name 'search' already"));
        assertThat(catalog.leftOut(providers.slot("first"))).isEmpty();
    }

    @Test
    void a_listed_name_beats_the_second_name_of_another_tool() throws Exception {
        Catalog catalog = catalog(Offer.withPrefix("", "plain", "a_b"), Offer.of("a", "b"));

        assertThat(catalog.tool("a_b").orElseThrow().canonicalName()).isEqualTo("plain.a_b");
        assertThat(catalog.tool("a.b").orElseThrow().canonicalName()).isEqualTo("a.b");
        assertThat(catalog.tool("a.b").orElseThrow().portableName()).matches("a_b_[0-9a-f]{6}");
    }

    @Test
    void a_provider_that_is_down_leaves_the_list_and_keeps_its_names() throws Exception {
        LiveProviders providers = providers(Offer.of("one", "a"), Offer.of("two", "a"));
        Catalog before = Catalog.of(providers.slots(), Catalog.empty());

        providers.down("one");
        await().until(() -> !providers.slot("one").status().isAvailable());
        Catalog down = Catalog.of(providers.slots(), before);

        assertThat(names(down)).containsExactly("two.a");
        assertThat(down.tool("one.a")).isPresent();
        assertThat(down.listsTheSame(before)).isFalse();

        providers.up("one");
        await().until(() -> providers.slot("one").status().isAvailable());
        assertThat(Catalog.of(providers.slots(), down).listsTheSame(before)).isTrue();
    }

    @Test
    void entries_are_kept_while_nothing_about_them_changes() throws Exception {
        LiveProviders providers = providers(Offer.of("one", "a", "b"));
        Catalog before = Catalog.of(providers.slots(), Catalog.empty());

        Catalog same = Catalog.of(providers.slots(), before);
        assertThat(same.listsTheSame(before)).isTrue();
        assertThat(same.tool("one.a").orElseThrow())
                .isSameAs(before.tool("one.a").orElseThrow());

        providers.offer(
                "one",
                List.of(
                        Tool.named("a").build(),
                        Tool.named("b").description("changed").build()));
        await().until(() -> !Catalog.of(providers.slots(), before).listsTheSame(before));
        Catalog after = Catalog.of(providers.slots(), before);
        assertThat(after.tool("one.a").orElseThrow())
                .isSameAs(before.tool("one.a").orElseThrow());
        assertThat(after.tool("one.b").orElseThrow())
                .isNotSameAs(before.tool("one.b").orElseThrow());
    }

    @Test
    void a_definition_that_does_not_conform_is_left_out_with_its_reason_and_costs_only_itself() throws Exception {
        String tooLong = "x".repeat(125);
        LiveProviders providers = providers(new Offer(
                "one",
                "one",
                List.of(
                        Tool.named("good").build(),
                        Tool.named("good").description("again").build(),
                        Tool.named("with space").build(),
                        Tool.named("").build(),
                        Tool.named(tooLong).build(),
                        Tool.named("text")
                                .inputSchema(Json.of(Map.of("type", "string")))
                                .build(),
                        Tool.named("garbage")
                                .inputSchema(Json.ofUtf8("{\"type\":".getBytes(UTF_8)))
                                .build(),
                        Tool.named("fine").build())));
        Catalog catalog = Catalog.of(providers.slots(), Catalog.empty());

        assertThat(names(catalog)).containsExactly("one.good", "one.fine");
        assertThat(catalog.leftOut(providers.slot("one")))
                .extracting(LeftOut::name, LeftOut::reason)
                .containsExactly(
                        tuple("good", "the provider lists this name twice"),
                        tuple("with space", "its name has a character other than A-Z a-z 0-9 _ - . at index 4"),
                        tuple("", "it has no name"),
                        tuple(tooLong, "its name with the provider's has 129 characters, the limit is 128"),
                        tuple("text", "input schema: its root must say \"type\": \"object\""),
                        tuple("garbage", "input schema: Parse error at byte 8"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999, 1_000, 1_001, 2_000, 2_500})
    void pages_hold_a_thousand_entries_and_leave_nothing_out(int count) throws Exception {
        Catalog catalog = catalog(Offer.of(
                "many", IntStream.range(0, count).mapToObj(i -> "t" + i).toArray(String[]::new)));

        List<String> seen = new ArrayList<>();
        int pages = 0;
        @Nullable String cursor = null;
        do {
            Catalog.Page page = catalog.page(Kind.TOOLS, cursor).orElseThrow();
            assertThat(page.entries().size()).isLessThanOrEqualTo(Catalog.PAGE);
            page.entries().forEach(entry -> seen.add(entry.listedAs()));
            cursor = page.next().orElse(null);
            pages++;
        } while (cursor != null);

        assertThat(seen).isEqualTo(names(catalog)).hasSize(count);
        assertThat(pages).isEqualTo(Math.max(1, (count + 999) / 1_000));
    }

    @Test
    void a_cursor_goes_on_where_it_stood_when_the_providers_before_it_are_gone() throws Exception {
        String[] many = IntStream.range(0, 1_500).mapToObj(i -> "t" + i).toArray(String[]::new);
        LiveProviders providers = providers(Offer.of("first", "a", "b"), Offer.of("many", many));
        Catalog before = Catalog.of(providers.slots(), Catalog.empty());
        Optional<String> cursor = before.page(Kind.TOOLS, null).orElseThrow().next();

        providers.down("first");
        await().until(() -> !providers.slot("first").status().isAvailable());
        Catalog after = Catalog.of(providers.slots(), before);

        assertThat(after.page(Kind.TOOLS, cursor.orElseThrow())
                        .orElseThrow()
                        .entries()
                        .getFirst()
                        .listedAs())
                .isEqualTo("many.t998");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "!!!", "bm8tc3VjaC10b29s", "YQ==", "a a"})
    void a_cursor_that_was_never_given_out_is_refused(String cursor) throws Exception {
        assertThat(catalog(Offer.of("one", "a")).page(Kind.TOOLS, cursor)).isEmpty();
    }

    @Test
    void an_entry_is_written_as_each_kind_of_client_can_read_it() throws Exception {
        Json input = Json.ofUtf8("{\n  \"type\": \"object\"\n}".getBytes(UTF_8));
        Tool tool = Tool.named("echo.v1")
                .title("Echo")
                .description("Says \"it\" again")
                .inputSchema(input)
                .outputSchema(Json.of(Map.of("type", "object")))
                .annotations(ToolAnnotations.builder()
                        .readOnly(true)
                        .idempotent(false)
                        .build())
                .build();
        ToolEntry entry =
                catalog(new Offer("p", "p", List.of(tool))).tool("p.echo.v1").orElseThrow();

        assertThat(written(entry, false, true))
                .isEqualTo("{\"name\":\"p.echo.v1\",\"title\":\"Echo\",\"description\":\"Says \\\"it\\\" again\","
                        + "\"inputSchema\":{\"type\":\"object\"},\"outputSchema\":{\"type\":\"object\"},"
                        + "\"annotations\":{\"readOnlyHint\":true,\"idempotentHint\":false},"
                        + "\"_meta\":{\"dev.mcpgateway/name\":\"p.echo.v1\"}}");
        assertThat(written(entry, true, false))
                .isEqualTo("{\"name\":\"p_echo_v1\",\"description\":\"Says \\\"it\\\" again\","
                        + "\"inputSchema\":{\"type\":\"object\"},"
                        + "\"annotations\":{\"readOnlyHint\":true,\"idempotentHint\":false},"
                        + "\"_meta\":{\"dev.mcpgateway/name\":\"p.echo.v1\"}}");
    }

    @Test
    void an_output_schema_that_is_not_of_an_object_is_not_shown() throws Exception {
        Tool tool = Tool.named("count")
                .outputSchema(Json.of(Map.of("type", "integer")))
                .build();
        ToolEntry entry =
                catalog(new Offer("p", "p", List.of(tool))).tool("p.count").orElseThrow();

        assertThat(written(entry, false, true)).doesNotContain("outputSchema");
    }

    @Test
    void nothing_at_all_is_one_empty_page() {
        assertThat(Catalog.empty().page(Kind.TOOLS, null).orElseThrow().entries())
                .isEmpty();
        assertThat(Catalog.empty().tool("a")).isEmpty();
    }

    private Catalog catalog(Offer... offers) throws Exception {
        return Catalog.of(providers(offers).slots(), Catalog.empty());
    }

    private LiveProviders providers(Offer... offers) throws Exception {
        LiveProviders providers = new LiveProviders(folder, slots -> {}, offers);
        open.add(providers);
        return providers;
    }

    private static List<String> names(Catalog catalog) {
        return catalog.tools().stream().map(ToolEntry::name).toList();
    }

    private static String written(ToolEntry entry, boolean portable, boolean rich) {
        Utf8Writer out = new Utf8Writer(16);
        entry.write(out, portable, rich);
        return new String(out.buffer(), 0, out.length(), UTF_8);
    }
}
