// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Prompt;
import dev.mcpgateway.api.Resource;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.kernel.catalog.LiveProviders.Offer;
import dev.mcpgateway.kernel.provider.Offering;
import dev.mcpgateway.kernel.provider.Offering.LeftOut;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Limits for all that one provider lists together: what is beyond them is left out, the rest is served. */
@Timeout(120)
class ListLimitsTest {

    @TempDir
    Path folder;

    @Test
    void ten_thousand_definitions_of_each_kind_are_offered_and_what_is_beyond_is_left_out() throws Exception {
        Offering offering = discovered(Capabilities.builder()
                .tools(listed(10_001, i -> Tool.named("tool" + i).build()))
                .resources(listed(
                        10_001,
                        i -> Resource.at("test://resource/" + i, "resource" + i).build()))
                .prompts(listed(10_001, i -> Prompt.named("prompt" + i).build()))
                .build());

        assertThat(offering.tools()).hasSize(10_000);
        assertThat(offering.resources()).hasSize(10_000);
        assertThat(offering.prompts()).hasSize(10_000);
        assertThat(offering.leftOut())
                .containsExactly(
                        new LeftOut("tool", "tool10000", "it is beyond the limit of 10000 tools for one provider"),
                        new LeftOut(
                                "resource",
                                "resource10000",
                                "it is beyond the limit of 10000 resources for one provider"),
                        new LeftOut(
                                "prompt", "prompt10000", "it is beyond the limit of 10000 prompts for one provider"));
    }

    @Test
    void schemas_have_a_hundred_thousand_subschemas_together_and_what_is_beyond_is_left_out_by_name() throws Exception {
        String many = ",\"allOf\":[{}" + ",{}".repeat(1_989) + "]}";
        Offering offering = discovered(Capabilities.builder()
                .tools(listed(1_650, i -> tool(i, "{\"type\":\"object\",\"title\":\"" + i + "\"" + many)))
                .prompts(List.of(Prompt.named("late").build()))
                .resources(List.of(Resource.at("test://one", "one").build()))
                .build());

        assertThat(offering.tools()).hasSize(50);
        assertThat(offering.prompts()).isEmpty();
        assertThat(offering.resources()).hasSize(1);
        assertThat(offering.leftOut()).hasSize(102);
        assertThat(offering.leftOut().getFirst())
                .isEqualTo(new LeftOut(
                        "tool",
                        "tool50",
                        "the schemas of this provider together have more than 100000 subschemas with it"));
        assertThat(offering.leftOut().get(100))
                .isEqualTo(new LeftOut("tool", "(1500 more)", "only the first 100 are named"));
        assertThat(offering.leftOut().getLast().name()).isEqualTo("late");
    }

    @Test
    @Tag("slow")
    void schemas_have_8_MiB_together_and_what_is_beyond_is_left_out_whether_it_is_new_or_not() throws Exception {
        String long_ = "x".repeat(200_000);
        IntFunction<Tool> tool = i -> tool(i, "{\"type\":\"object\",\"title\":\"" + i + long_ + "\"}");
        try (LiveProviders providers = new LiveProviders(
                folder,
                slots -> {},
                Offer.of("acme", Capabilities.builder().tools(listed(41, tool)).build()))) {
            assertThat(providers.slot("acme").offering().tools()).hasSize(41);

            providers.offer(
                    "acme", Capabilities.builder().tools(listed(50, tool)).build());

            await().until(() -> !providers.slot("acme").offering().leftOut().isEmpty());
            assertThat(providers.slot("acme").offering().tools()).hasSize(41);
            assertThat(providers.slot("acme").offering().leftOut())
                    .hasSize(9)
                    .allMatch(each -> each.reason()
                            .equals("the schemas of this provider together have more than 8388608 bytes with it"));
        }
    }

    @Test
    void a_thousand_templates_are_offered_and_what_is_beyond_is_left_out() throws Exception {
        Offering offering = discovered(Capabilities.builder()
                .resources(listed(
                        1_001,
                        i -> Resource.matching("test://" + i + "/{name}", "family" + i)
                                .build()))
                .build());

        assertThat(offering.templates()).hasSize(1_000);
        assertThat(offering.leftOut())
                .containsExactly(new LeftOut(
                        "resource",
                        "family1000",
                        "it is beyond the limit of 1000 resource templates for one provider"));
    }

    @Test
    void templates_are_limited_together_by_what_a_look_at_all_of_them_takes() throws Exception {
        Offering offering = discovered(families(1_000, i -> "{+a}b".repeat(15) + "{+c}" + i));

        assertThat(offering.templates()).hasSizeBetween(50, 300);
        assertThat(offering.leftOut())
                .hasSize(101)
                .startsWith(new LeftOut(
                        "resource",
                        offering.leftOut().getFirst().name(),
                        "the URI templates of this provider together have more than 10000 characters behind their first"
                                + " expressions with it"));
    }

    @Test
    @Tag("slow")
    void a_uri_that_nobody_lists_is_looked_for_no_longer_than_somebody_waits() throws Exception {
        Capabilities slow = families(1_000, i -> "{+a}b".repeat(15) + "{+c}" + i + "y");
        String unknown = "nobody://" + "b".repeat(8_000);
        try (LiveProviders providers = new LiveProviders(folder, slots -> {}, Offer.of("acme", slow))) {
            Catalog catalog = Catalog.of(providers.slots(), Catalog.empty());

            long begin = System.nanoTime();
            assertThat(catalog.readers(unknown, () -> false)).isEmpty();
            Duration whole = Duration.ofNanos(System.nanoTime() - begin);

            begin = System.nanoTime();
            long over = begin + Duration.ofMillis(50).toNanos();
            assertThat(catalog.readers(unknown, () -> System.nanoTime() - over > 0))
                    .isEmpty();
            Duration abandoned = Duration.ofNanos(System.nanoTime() - begin);

            System.err.printf("a look at all templates: %d ms%n", whole.toMillis());
            assertThat(whole).isLessThan(Duration.ofSeconds(20));
            assertThat(abandoned).isLessThan(Duration.ofMillis(50).plusSeconds(1));
        }
    }

    private static Capabilities families(int count, IntFunction<String> template) {
        return Capabilities.builder()
                .resources(listed(
                        count,
                        i -> Resource.matching(template.apply(i), "family" + i).build()))
                .build();
    }

    @Test
    @Tag("slow")
    void names_that_two_providers_export_are_counted_where_they_are_too_many_to_be_told() throws Exception {
        List<Tool> same = listed(500, i -> Tool.named("tool" + i).build());
        try (LiveProviders providers =
                new LiveProviders(folder, slots -> {}, new Offer("one", "", same), new Offer("two", "", same))) {
            Catalog catalog = Catalog.of(providers.slots(), Catalog.empty());

            assertThat(catalog.tools()).hasSize(500);
            assertThat(catalog.leftOut(providers.slot("two")))
                    .hasSize(101)
                    .endsWith(new LeftOut("tool", "(400 more)", "only the first 100 are named"));
        }
    }

    private Offering discovered(Capabilities capabilities) throws Exception {
        try (LiveProviders providers = new LiveProviders(folder, slots -> {}, Offer.of("acme", capabilities))) {
            return providers.slot("acme").offering();
        }
    }

    private static Tool tool(int number, String schema) {
        return Tool.named("tool" + number)
                .inputSchema(Json.ofUtf8(schema.getBytes(UTF_8)))
                .build();
    }

    private static <T> List<T> listed(int count, IntFunction<T> each) {
        return IntStream.range(0, count).mapToObj(each).toList();
    }
}
