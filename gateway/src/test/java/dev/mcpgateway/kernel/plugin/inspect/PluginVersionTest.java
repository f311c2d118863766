// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PluginVersionTest {

    @Test
    void precedence_is_that_of_semantic_versioning() {
        List<String> rising = List.of(
                "0.9.9",
                "1.0.0-alpha",
                "1.0.0-alpha.1",
                "1.0.0-alpha.beta",
                "1.0.0-beta",
                "1.0.0-beta.2",
                "1.0.0-beta.11",
                "1.0.0-rc.1",
                "1.0.0",
                "1.0.1-SNAPSHOT",
                "1.0.1",
                "1.2.0",
                "1.10.0",
                "2.0.0");
        for (int i = 0; i + 1 < rising.size(); i++) {
            assertThat(version(rising.get(i)))
                    .isLessThan(version(rising.get(i + 1)))
                    .isEqualByComparingTo(version(rising.get(i)));
        }
    }

    @Test
    void build_metadata_does_not_count() {
        assertThat(version("1.0.0+a.1"))
                .isEqualByComparingTo(version("1.0.0+b-2"))
                .hasToString("1.0.0+a.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1.0",
                "1.0.0.0",
                "v1.0.0",
                "01.0.0",
                "1.0.0-",
                "1.0.0-01",
                "1.0.0-a..b",
                "1.0.0+",
                "1.0.0-ä",
                "1.0.-1",
                "1.0.0 ",
                "9999999999.0.0",
                "1.0.0+a+b"
            })
    void what_is_no_version_is_refused(String text) {
        assertThat(PluginVersion.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'*', 0.1.0, true",
        "0.1.0, 0.1.0, true", // bare means at least
        "0.1.0, 0.2.0, true",
        "0.2.0, 0.1.0, false",
        "'>=0.1.0 <0.2.0', 0.1.9, true",
        "'>=0.1.0 <0.2.0', 0.2.0, false",
        "'>=0.1.0, <0.2.0', 0.2.0, false",
        "'>= 0.1.0 & <= 0.2.0', 0.2.0, true",
        "'>0.1.0', 0.1.0, false",
        "'=0.1.0', 0.1.1, false",
        "^0.1, 0.1.7, true",
        "^0.1, 0.2.0, false",
        "^1.2.3, 1.9.0, true",
        "^1.2.3, 1.2.2, false",
        "^1.2.3, 2.0.0, false",
        "^0.0.3, 0.0.4, false",
        "~1.2, 1.2.9, true",
        "~1.2, 1.3.0, false",
        "~1, 1.9.0, true"
    })
    void a_range_holds_what_it_says(String range, String candidate, boolean inside) {
        assertThat(VersionRange.parse(range).orElseThrow().contains(version(candidate)))
                .isEqualTo(inside);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "[0.1,0.2)", "=>1.0.0", "1.x", ">=", "latest", ">=1.0.0 ||", "1.0.0 - 2.0.0"})
    void what_is_no_range_is_refused(String text) {
        assertThat(VersionRange.parse(text)).isEmpty();
    }

    private static PluginVersion version(String text) {
        return PluginVersion.parse(text).orElseThrow();
    }
}
