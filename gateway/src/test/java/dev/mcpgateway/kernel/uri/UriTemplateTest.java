// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.uri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UriTemplateTest {

    @ParameterizedTest
    @CsvSource({
        "hello://{name}, hello://alice",
        "hello://{name}, hello://",
        "hello://{name}, hello://ünïcode",
        "hello://{first}.{last}, hello://a.b",
        "hello://{name:3}, hello://ali",
        "hello://{name*}, 'hello://a,b'",
        "file://{+path}, file:///etc/hosts",
        "file:///{+path}{#part}, file:///a/b#c",
        "x://h{/segments*}, x://h/a/b",
        "x://h{/segments*}, x://h",
        "x://h/a{.ext}, x://h/a.txt",
        "'x://h/a{;p,q}', x://h/a;p=1;q=2",
        "'x://h/a{?q,r}', x://h/a?q=1&r=2",
        "'x://h/a{?q,r}', x://h/a",
        "x://h/a?z=1{&q}, x://h/a?z=1&q=2",
        "x://h/100%25/{n}, x://h/100%25/1",
        "x://(a)[b]*/{n}, x://(a)[b]*/1",
    })
    void a_uri_belongs_to_the_template_it_is_made_from(String template, String uri) throws Exception {
        assertThat(UriTemplate.parse(template).matches(uri)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "hello://{name}, hello://a/b",
        "hello://{name}, jello://a",
        "hello://{name}/x, hello://a/y",
        "x://h/a{?q}, x://h/ab",
        "x://{b}y{+a}, x://bz",
        "x://{b}/y{c}{+a}z, x://b/yz/",
        "x://a.b/{n}, x://aXb/1",
    })
    void another_uri_does_not(String template, String uri) throws Exception {
        assertThat(UriTemplate.parse(template).matches(uri)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello://{",
                "hello://{}",
                "hello://{name",
                "hello://name}",
                "hello://{na me}",
                "hello://{=name}",
                "hello://{name:0}",
                "hello://{name:12345}",
                "hello://{name:}",
                "hello://{a,}",
                "hello://{.a.}",
                "hello:// {a}",
                "hello://<{a}>",
                "hello://%4/{a}",
                "hello://{a%zz}",
                "hello://{+}"
            })
    void what_is_no_template_is_refused_with_the_place(String text) {
        assertThatThrownBy(() -> UriTemplate.parse(text))
                .isInstanceOfSatisfying(
                        UnusableAddressException.class,
                        e -> assertThat(e.reason()).startsWith("is malformed at index "));
    }

    @Test
    void a_template_without_an_expression_is_refused() {
        assertThatThrownBy(() -> UriTemplate.parse("hello://greeting"))
                .isInstanceOfSatisfying(
                        UnusableAddressException.class,
                        e -> assertThat(e.reason()).startsWith("has no expression"));
    }

    @Test
    void the_scheme_is_known_where_it_is_written_out() throws Exception {
        assertThat(UriTemplate.parse("Hello://{name}").scheme()).contains("hello");
        assertThat(UriTemplate.parse("{+anything}").scheme()).isEmpty();
        assertThat(UriTemplate.parse("{scheme}://x").scheme()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "{+a}{+b}, x:// and/so?on#now",
        "x{+a}{b}{/c}{#d}, x://h/a?b#c",
        "x{b}{/c}{+a}{?d}y, x://h/a?b#cy",
        "x://{a}{b}, x://ab",
        "x://h{/a}{/b*}, x://h/1/2/3",
        "x://h{?a}{?b}, x://h?a?b",
        "x://h{#a}{#b}, x://h#1#2",
        "x://h{.a}{.b}z, x://h.1.2z",
    })
    void expressions_side_by_side_mean_what_they_mean_one_by_one(String template, String uri) throws Exception {
        assertThat(UriTemplate.parse(template).matches(uri)).isTrue();
        assertThat(UriTemplate.parse(template).matches("y" + uri)).isEqualTo(template.startsWith("{+"));
        assertThat(UriTemplate.parse("x://{a}{b}/").matches("x://a/b/")).isFalse();
    }

    @Test
    void templates_with_the_same_members_are_known_by_that() throws Exception {
        assertThat(UriTemplate.parse("x{+a}{+b}{c}").shape())
                .isEqualTo(UriTemplate.parse("x{d}{/e}{+f}").shape())
                .isNotEqualTo(UriTemplate.parse("x{a}").shape());
    }

    @Test
    void a_template_of_more_than_16_expressions_is_refused() throws Exception {
        UriTemplate.parse("x://" + "{a}/".repeat(16));

        assertThatThrownBy(() -> UriTemplate.parse("x://" + "{a}/".repeat(17)))
                .isInstanceOfSatisfying(
                        UnusableAddressException.class,
                        e -> assertThat(e.reason()).isEqualTo("has 17 expressions, the limit is 16"));
    }

    @Test
    void a_template_made_to_be_slow_is_quick_all_the_same() throws Exception {
        UriTemplate template = UriTemplate.parse("x://" + "{+a}b".repeat(16) + "c");
        long begin = System.nanoTime();

        assertThat(template.matches("x://" + "b".repeat(8_000))).isFalse();

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void a_match_ends_when_nobody_waits_for_it() throws Exception {
        UriTemplate template = UriTemplate.parse("x://{+a}" + "b".repeat(8_000) + "{c}");
        String uri = "x://" + "b".repeat(8_100);
        assertThat(template.matches(uri)).isTrue();

        AtomicInteger asked = new AtomicInteger();
        assertThat(template.matches(uri, () -> asked.incrementAndGet() == 10)).isFalse();

        assertThat(asked).hasValue(10);
    }
}
