// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Prompt;
import dev.mcpgateway.api.Resource;
import dev.mcpgateway.kernel.catalog.LiveProviders.Offer;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.provider.Offering.LeftOut;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What resources and prompts are called, which keep their own names though several providers offer them. */
class NamingRuleTest {

    @TempDir
    Path folder;

    private final List<LiveProviders> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(LiveProviders::close);
    }

    @Test
    void what_two_offer_is_listed_as_it_is_and_once_more_for_the_second() throws Exception {
        Catalog catalog = catalog(greeting("hello-go", "extra://one"), greeting("hello-rs"));

        assertThat(addresses(catalog)).containsExactly("hello://greeting", "extra://one", "hello-rs+hello://greeting");
        assertThat(catalog.resources())
                .extracting(ResourceEntry::name)
                .containsExactly("hello-go.greeting", "hello-go.one", "hello-rs.greeting");
        assertThat(templates(catalog)).containsExactly("hello://{name}", "hello-rs+hello://{name}");
        assertThat(names(catalog)).containsExactly("hello-plan", "hello-rs.hello-plan");
    }

    @Test
    void the_name_as_it_is_stands_for_all_of_them_and_the_qualified_one_for_exactly_one() throws Exception {
        Catalog catalog = catalog(greeting("hello-go"), greeting("hello-rs"));

        assertThat(readers(catalog, "hello://greeting"))
                .containsExactly("hello-go hello://greeting", "hello-rs hello://greeting");
        assertThat(readers(catalog, "hello-go+hello://greeting")).containsExactly("hello-go hello://greeting");
        assertThat(readers(catalog, "hello-rs+hello://greeting")).containsExactly("hello-rs hello://greeting");
        assertThat(catalog.prompts("hello-plan"))
                .extracting(PromptEntry::canonicalName)
                .containsExactly("hello-go.hello-plan", "hello-rs.hello-plan");
        assertThat(catalog.prompts("hello-go.hello-plan")).hasSize(1);
        assertThat(catalog.prompts("hello-rs.hello-plan")).hasSize(1);
        assertThat(catalog.prompts("nobody.hello-plan")).isEmpty();
    }

    @Test
    void when_the_first_goes_down_no_name_moves() throws Exception {
        LiveProviders providers = providers(greeting("hello-go", "extra://one"), greeting("hello-rs"));
        Catalog before = Catalog.of(providers.slots(), Catalog.empty());

        providers.down("hello-go");
        await().until(() -> !providers.slot("hello-go").status().isAvailable());
        Catalog down = Catalog.of(providers.slots(), before);

        assertThat(addresses(down)).containsExactly("hello://greeting", "hello-rs+hello://greeting");
        assertThat(down.resources()).extracting(ResourceEntry::name).containsOnly("hello-rs.greeting");
        assertThat(names(down)).containsExactly("hello-plan", "hello-rs.hello-plan");
        assertThat(readers(down, "hello-go+hello://greeting")).hasSize(1);

        providers.down("hello-rs");
        await().until(() -> !providers.slot("hello-rs").status().isAvailable());
        Catalog nobody = Catalog.of(providers.slots(), down);
        assertThat(addresses(nobody)).isEmpty();
        assertThat(names(nobody)).isEmpty();
        assertThat(readers(nobody, "hello://greeting")).hasSize(2);

        providers.up("hello-go");
        providers.up("hello-rs");
        await().until(() ->
                providers.slots().stream().allMatch(slot -> slot.status().isAvailable()));
        Catalog after = Catalog.of(providers.slots(), nobody);
        assertThat(after.listsTheSame(before)).isTrue();
    }

    @Test
    void nobody_can_claim_a_qualified_name_as_an_own_one() throws Exception {
        Catalog catalog = catalog(
                Offer.of(
                        "a",
                        Capabilities.builder()
                                .resources(List.of(resource("b+hello://x")))
                                .prompts(List.of(Prompt.named("b.plan").build()))
                                .build()),
                Offer.of(
                        "b",
                        Capabilities.builder()
                                .resources(List.of(resource("hello://x")))
                                .prompts(List.of(Prompt.named("plan").build()))
                                .build()));

        assertThat(addresses(catalog)).containsExactly("a+b+hello://x", "hello://x");
        assertThat(names(catalog)).containsExactly("a.b.plan", "plan");
        assertThat(readers(catalog, "b+hello://x")).containsExactly("b hello://x");
        assertThat(catalog.prompts("b.plan"))
                .extracting(PromptEntry::canonicalName)
                .containsExactly("b.plan");
    }

    @Test
    void what_nobody_lists_is_for_those_of_its_scheme_and_those_whose_template_fits() throws Exception {
        Catalog catalog = catalog(
                Offer.of("scheme", resources(resource("DB://tables"))),
                Offer.of("other", resources(resource("files://x"))),
                Offer.of(
                        "family",
                        resources(Resource.matching("{+any}/rows/{n}", "rows").build())));

        assertThat(readers(catalog, "db://users")).containsExactly("scheme db://users");
        assertThat(readers(catalog, "db://users/rows/1"))
                .containsExactly("scheme db://users/rows/1", "family db://users/rows/1");
        assertThat(readers(catalog, "scheme+db://users")).containsExactly("scheme db://users");
        assertThat(readers(catalog, "family+db://users/rows/1")).containsExactly("family db://users/rows/1");
        assertThat(readers(catalog, "other+db://users")).isEmpty();
        assertThat(readers(catalog, "mail://users")).isEmpty();
        assertThat(readers(catalog, "no scheme at all")).isEmpty();
    }

    @Test
    void only_a_list_that_differs_is_said_to() throws Exception {
        LiveProviders providers = providers(greeting("one"));
        Catalog before = Catalog.of(providers.slots(), Catalog.empty());

        providers.offer(
                "one",
                Capabilities.builder()
                        .resources(List.of(resource("hello://greeting"), resource("hello://another")))
                        .prompts(List.of(plan("one")))
                        .build());
        await().until(() -> !Catalog.of(providers.slots(), before).listsTheSame(before));
        Catalog after = Catalog.of(providers.slots(), before);

        assertThat(after.listsTheSame(Kind.PROMPTS, before)).isTrue();
        assertThat(after.listsTheSame(Kind.TOOLS, before)).isTrue();
        assertThat(after.listsTheSame(Kind.RESOURCES, before)).isFalse();
        assertThat(after.listsTheSame(Kind.RESOURCE_TEMPLATES, before)).isFalse();
    }

    @Test
    void what_does_not_conform_is_left_out_with_its_reason_and_costs_only_itself() throws Exception {
        LiveProviders providers = providers(Offer.of(
                "one",
                Capabilities.builder()
                        .resources(List.of(
                                resource("hello://good"),
                                Resource.at("hello://good", "again").build(),
                                Resource.at("no-scheme", "bare").build(),
                                Resource.at("hello://a b", "spaced").build(),
                                Resource.at("hello://nameless", "").build(),
                                Resource.at("hello://line", "two\nlines").build(),
                                Resource.matching("hello://{", "half").build(),
                                Resource.matching("hello://none", "empty").build(),
                                Resource.matching("hello://{fine}", "fine").build()))
                        .prompts(List.of(
                                Prompt.named("good").build(),
                                Prompt.named("good").build(),
                                Prompt.named("with space").build(),
                                prompt("text", "{\"type\":\"string\"}"),
                                prompt("garbage", "{\"type\":"),
                                prompt("lost", "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/nope\"}}}"),
                                prompt("deep", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"object\"}}}"),
                                Prompt.named("fine").build()))
                        .build()));
        Catalog catalog = Catalog.of(providers.slots(), Catalog.empty());

        assertThat(addresses(catalog)).containsExactly("hello://good");
        assertThat(templates(catalog)).containsExactly("hello://{fine}");
        assertThat(names(catalog)).containsExactly("good", "fine");
        assertThat(catalog.leftOut(providers.slot("one")))
                .extracting(LeftOut::kind, LeftOut::name, LeftOut::reason)
                .containsExactly(
                        tuple("resource", "again", "the provider lists this URI twice"),
                        tuple("resource", "bare", "its URI does not begin with a scheme, as in hello://greeting"),
                        tuple("resource", "spaced", "its URI is malformed at index 9"),
                        tuple("resource", "hello://nameless", "it has no name"),
                        tuple("resource", "two lines", "its name has a control character at index 3"),
                        tuple("resource", "half", "its URI template is malformed at index 9"),
                        tuple("resource", "empty", "its URI template has no expression such as {name}"),
                        tuple("prompt", "good", "the provider lists this name twice"),
                        tuple(
                                "prompt",
                                "with space",
                                "its name has a character other than A-Z a-z 0-9 _ - . at index 4"),
                        tuple("prompt", "text", "args schema: its root must say \"type\": \"object\""),
                        tuple("prompt", "garbage", "args schema: Parse error at byte 8"),
                        tuple(
                                "prompt",
                                "lost",
                                "args schema at /properties/a/$ref: refers to '#/nope', which is not in this schema"),
                        tuple(
                                "prompt",
                                "deep",
                                "args schema at /properties/a: clients send strings, so it must be a string, number,"
                                        + " integer or boolean"));
    }

    @Test
    void resources_and_prompts_are_written_as_each_kind_of_client_can_read_them() throws Exception {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("name", Map.of("type", "string", "description", "Who", "title", "Name"));
        properties.put("times", Map.of("type", "integer"));
        Prompt prompt = Prompt.named("plan")
                .title("A plan")
                .description("Makes one")
                .argumentsSchema(
                        Json.of(Map.of("type", "object", "properties", properties, "required", List.of("name"))))
                .build();
        Catalog catalog = catalog(Offer.of(
                "p",
                Capabilities.builder()
                        .resources(List.of(
                                Resource.at("hello://greeting", "greeting")
                                        .description("Says hello")
                                        .mimeType("text/plain")
                                        .build(),
                                Resource.matching("hello://{name}", "anyone").build()))
                        .prompts(List.of(prompt, Prompt.named("bare").build()))
                        .build()));

        assertThat(written(catalog.resources().getFirst(), true))
                .isEqualTo("{\"uri\":\"hello://greeting\",\"name\":\"p.greeting\",\"description\":\"Says hello\","
                        + "\"mimeType\":\"text/plain\"}");
        assertThat(written(catalog.templates().getFirst(), true))
                .isEqualTo("{\"uriTemplate\":\"hello://{name}\",\"name\":\"p.anyone\"}");
        assertThat(written(catalog.prompts().getFirst(), true))
                .isEqualTo("{\"name\":\"plan\",\"title\":\"A plan\",\"description\":\"Makes one\",\"arguments\":["
                        + "{\"name\":\"name\",\"title\":\"Name\",\"description\":\"Who\",\"required\":true},"
                        + "{\"name\":\"times\",\"required\":false}],\"_meta\":{\"dev.mcpgateway/name\":\"p.plan\"}}");
        assertThat(written(catalog.prompts().getFirst(), false))
                .isEqualTo("{\"name\":\"plan\",\"description\":\"Makes one\",\"arguments\":["
                        + "{\"name\":\"name\",\"description\":\"Who\",\"required\":true},"
                        + "{\"name\":\"times\",\"required\":false}]}");
        assertThat(written(catalog.prompts().get(1), false)).isEqualTo("{\"name\":\"bare\"}");
    }

    @Test
    void every_list_comes_in_pages_of_a_thousand() throws Exception {
        List<Resource> resources = IntStream.range(0, 1_500)
                .mapToObj(i -> resource("hello://" + i))
                .toList();
        Catalog catalog = catalog(Offer.of("one", resources(resources.toArray(Resource[]::new))));

        Catalog.Page first = catalog.page(Kind.RESOURCES, null).orElseThrow();
        Catalog.Page second =
                catalog.page(Kind.RESOURCES, first.next().orElseThrow()).orElseThrow();

        assertThat(Stream.of(first, second)
                        .flatMap(page -> page.entries().stream().map(Entry::listedAs)))
                .isEqualTo(addresses(catalog))
                .hasSize(1_500);
        assertThat(first.entries()).hasSize(1_000);
        assertThat(catalog.page(Kind.PROMPTS, first.next().orElseThrow())).isEmpty();
    }

    private static Offer greeting(String provider, String... more) {
        List<Resource> resources = new ArrayList<>();
        resources.add(resource("hello://greeting"));
        Stream.of(more).forEach(uri -> resources.add(resource(uri)));
        resources.add(Resource.matching("hello://{name}", "anyone").build());
        return Offer.of(
                provider,
                Capabilities.builder()
                        .resources(resources)
                        .prompts(List.of(plan(provider)))
                        .build());
    }

    private static Prompt plan(String provider) {
        return Prompt.named("hello-plan").description("by " + provider).build();
    }

    private static Prompt prompt(String name, String schema) {
        return Prompt.named(name)
                .argumentsSchema(Json.ofUtf8(schema.getBytes(UTF_8)))
                .build();
    }

    private static Resource resource(String uri) {
        return Resource.at(uri, uri.substring(uri.lastIndexOf('/') + 1)).build();
    }

    private static Capabilities resources(Resource... resources) {
        return Capabilities.builder().resources(List.of(resources)).build();
    }

    private Catalog catalog(Offer... offers) throws Exception {
        return Catalog.of(providers(offers).slots(), Catalog.empty());
    }

    private LiveProviders providers(Offer... offers) throws Exception {
        LiveProviders providers = new LiveProviders(folder, slots -> {}, offers);
        open.add(providers);
        return providers;
    }

    private static List<String> readers(Catalog catalog, String uri) {
        return catalog.readers(uri).stream()
                .map(reader -> reader.slot().name() + " " + reader.uri())
                .toList();
    }

    private static List<String> addresses(Catalog catalog) {
        return catalog.resources().stream().map(Entry::listedAs).toList();
    }

    private static List<String> templates(Catalog catalog) {
        return catalog.templates().stream().map(Entry::listedAs).toList();
    }

    private static List<String> names(Catalog catalog) {
        return catalog.prompts().stream().map(Entry::listedAs).toList();
    }

    private static String written(Entry entry, boolean rich) {
        Utf8Writer out = new Utf8Writer(16);
        entry.write(out, false, rich);
        return new String(out.buffer(), 0, out.length(), UTF_8);
    }
}
