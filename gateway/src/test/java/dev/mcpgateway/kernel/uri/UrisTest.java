// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.uri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrisTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello://greeting",
                "hello-rs+hello://greeting",
                "file:///etc/hosts",
                "urn:isbn:0451450523",
                "x:y",
                "https://example.com/a?b=c#d",
                "x://ünïcode/é"
            })
    void any_scheme_will_do(String uri) {
        assertThatCode(() -> Uris.check(uri)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "'', does not begin with a scheme",
        "greeting, does not begin with a scheme",
        "/etc/hosts, does not begin with a scheme",
        "://greeting, does not begin with a scheme",
        "1a://b, does not begin with a scheme",
        "a_b://c, does not begin with a scheme",
        "hello://a b, is malformed at index 9",
        "'hello:', is malformed at index 6",
        "hello://%zz, is malformed at index 8",
    })
    void what_nobody_could_ask_for_is_refused_with_a_reason(String uri, String reason) {
        assertThatThrownBy(() -> Uris.check(uri))
                .isInstanceOfSatisfying(
                        UnusableAddressException.class,
                        e -> assertThat(e.reason()).startsWith(reason));
    }

    @ParameterizedTest
    @ValueSource(ints = {8_193, 100_000})
    void a_uri_of_more_than_8192_characters_is_refused(int length) {
        String uri = "x:" + "y".repeat(length - 2);

        assertThatThrownBy(() -> Uris.check(uri))
                .isInstanceOfSatisfying(
                        UnusableAddressException.class,
                        e -> assertThat(e.reason()).isEqualTo("has " + length + " characters, the limit is 8192"));
    }
}
