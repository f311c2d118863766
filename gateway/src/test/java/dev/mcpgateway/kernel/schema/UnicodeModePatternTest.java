// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code new RegExp(pattern, "u")} says to each in Node 20. */
class UnicodeModePatternTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "^a$",
                "a|b|",
                "(a)(?:b)(?<n>c)\\k<n>\\1",
                "(?=a)(?!b)(?<=c)(?<!d)e",
                "a{2}b{2,}c{2,3}?d*?e+?f??",
                "[]",
                "[^]",
                "[a-z0-9_-]",
                "[-a]",
                "[a-]",
                "[\\]\\\\\\^\\-]",
                "[\\b]",
                "\\d\\D\\w\\W\\s\\S",
                "\\p{L}\\P{Lu}\\p{Script=Greek}\\p{gc=Nd}\\p{scx=Latin}\\p{Alphabetic}",
                "\\f\\n\\r\\t\\v\\0\\cA\\x41\\u0041\\u{1F600}\\uD83D\\uDE00",
                "\\^\\$\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\/\\\\",
                "^https:\\/\\/",
                "[[a&&b]",
                "[\\d\\-z]",
                "😀+",
                "[😀-😂]",
                "(?:(?:a))",
                "[\\x00-\\u{10FFFF}]",
                "a\\b\\Bc",
                "[\\uD83D\\uDE00-\\uD83D\\uDE02]",
                "(?<$a_1>x)",
                "[.*+?(){}|^$/]"
            })
    void it_is_one(String pattern) {
        assertThat(UnicodeModePattern.is(pattern)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(?P<x>a)",
                "^https\\:\\/\\/",
                "\\-",
                "\\_",
                "\\a",
                "\\e",
                "[\\a]",
                "[\\B]",
                "(?=a)*",
                "(?<=a)+",
                "^*",
                "*a",
                "a**",
                "a{2}{3}",
                "a{3,2}",
                "{",
                "}",
                "]",
                "a{",
                "a{1",
                "a{,2}",
                "[",
                "[z-a]",
                "[\\d-z]",
                "[a-\\w]",
                "(",
                "(?",
                "(?:",
                ")",
                "\\",
                "\\1",
                "(a)\\2",
                "\\k<n>",
                "\\k",
                "(?<n>a)(?<n>b)",
                "(?<1>a)",
                "(?<>a)",
                "\\p",
                "\\p{",
                "\\p{}",
                "\\p{Nope}",
                "\\p{IsLatin}",
                "\\p{Script=Nope}",
                "\\pL",
                "\\x4",
                "\\u12",
                "\\u{}",
                "\\u{110000}",
                "\\c1",
                "\\01",
                "[\\01]",
                "(?i)a",
                "(?i:a)",
                "(?>a)",
                "a++",
                "\\Z",
                "\\A^",
                "\\h",
                "(?#c)",
                "[[:alpha:]\\q]",
                "\\Qa\\E",
                "\\u{1F60"
            })
    void it_is_none(String pattern) {
        assertThat(UnicodeModePattern.is(pattern)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "(?:", "(?=", "[", "a{"})
    void however_often_something_opens_it_is_none(String open) {
        assertThat(UnicodeModePattern.is(open.repeat(4_000))).isFalse();
    }
}
