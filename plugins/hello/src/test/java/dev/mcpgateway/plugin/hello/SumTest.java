// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.hello;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a sum is written; what is summed is held to schemas/vectors by the acceptance tests, through the gateway. */
class SumTest {

    @ParameterizedTest
    @CsvSource({
        "0.0, 0",
        "-0.0, 0",
        "1.0, 1",
        "-1.5, -1.5",
        "15.0, 15",
        "1e20, 100000000000000000000",
        "999999999999999900000.0, 999999999999999900000",
        "1e21, 1e+21",
        "1.5e21, 1.5e+21",
        "-1e23, -1e+23",
        "1e-6, 0.000001",
        "1.5e-6, 0.0000015",
        "1e-7, 1e-7",
        "1.5e-7, 1.5e-7",
        "123456789.0, 123456789",
        "0.30000000000000004, 0.30000000000000004",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "2.2250738585072014e-308, 2.2250738585072014e-308",
    })
    void a_double_is_written_as_ecmascript_does(double number, String text) {
        assertThat(Sum.text(number)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"1, 5e-324", "2, 1e-323", "3, 1.5e-323", "10, 5e-323", "11, 5.4e-323", "12, 6e-323", "20, 1e-322"})
    void the_smallest_doubles_have_one_digit_where_one_will_do(long bits, String text) {
        assertThat(Sum.text(Double.longBitsToDouble(bits))).isEqualTo(text);
    }

    @Test
    void what_is_written_leads_back_to_the_double() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        random.longs(100_000)
                .mapToDouble(Double::longBitsToDouble)
                .filter(Double::isFinite)
                .forEach(number -> assertThat(Double.parseDouble(Sum.text(number)))
                        .as("seed %d", seed)
                        .isEqualTo(number));
    }
}
