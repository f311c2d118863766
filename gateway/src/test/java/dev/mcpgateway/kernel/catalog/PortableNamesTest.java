// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PortableNamesTest {

    @Test
    void dots_become_underscores() {
        assertThat(portable("hello-go.echo.v1")).isEqualTo("hello-go_echo_v1");
        assertThat(portable("plain")).isEqualTo("plain");
    }

    @Test
    void up_to_64_characters_a_name_keeps_its_length() {
        String longest = "a.".repeat(32);

        assertThat(portable(longest)).isEqualTo("a_".repeat(32));
    }

    @Test
    void a_longer_name_is_cut_and_ends_in_its_own_digits() {
        String name = "provider." + "x".repeat(60);

        assertThat(portable(name)).hasSize(64).isEqualTo("provider_" + "x".repeat(48) + "_" + "f3a8e8");
    }

    @Test
    void names_that_become_equal_are_told_apart_by_their_digits() {
        PortableNames names = new PortableNames(List.of("a.b.c", "a.b_c", "a.d"));

        assertThat(names.of("a.b.c")).matches("a_b_c_[0-9a-f]{6}");
        assertThat(names.of("a.b_c")).matches("a_b_c_[0-9a-f]{6}").isNotEqualTo(names.of("a.b.c"));
        assertThat(names.of("a.d")).isEqualTo("a_d");
    }

    @Test
    void a_clash_of_names_of_nearly_full_length_stays_within_the_limit() {
        String end = "x".repeat(61);
        PortableNames names = new PortableNames(List.of("a." + end, "a_" + end));

        assertThat(names.of("a." + end)).hasSize(64).isNotEqualTo(names.of("a_" + end));
    }

    @Test
    void whatever_the_names_all_are_accepted_and_no_two_are_equal() {
        long seed = 20_261_122;
        Random random = new Random(seed);
        List<String> all =
                Stream.generate(() -> name(random)).distinct().limit(5_000).toList();
        PortableNames names = new PortableNames(all);

        Set<String> portable = new HashSet<>();
        for (String name : all) {
            assertThat(names.of(name)).as("seed %d, %s", seed, name).matches("^[a-zA-Z0-9_-]{1,64}$");
            assertThat(portable.add(names.of(name)))
                    .as("seed %d, %s", seed, name)
                    .isTrue();
        }
    }

    private static String portable(String name) {
        return new PortableNames(List.of(name)).of(name);
    }

    private static String name(Random random) {
        StringBuilder name = new StringBuilder("p.");
        for (int i = 1 + random.nextInt(random.nextBoolean() ? 12 : 120); i > 0; i--) {
            name.append("ab._-".charAt(random.nextInt(5)));
        }
        return name.toString();
    }
}
