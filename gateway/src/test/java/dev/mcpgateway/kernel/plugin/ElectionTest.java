// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.kernel.plugin.inspect.PluginVersion;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ElectionTest {

    private record Stood(String fileName, PluginVersion version, String sha256, long number)
            implements Election.Candidate {
        @Override
        public String id() {
            return "acme";
        }

        @Override
        public Set<String> types() {
            return Set.of();
        }
    }

    private long number;

    @Test
    void the_highest_version_wins_and_the_others_are_told_of_it() {
        Stood low = jar("low", "1.9.0", "a");
        Stood high = jar("high", "1.10.0", "b");

        assertThat(winner(null, low, high)).isEqualTo(high);
        assertThat(refused(null, low, high)).containsExactly(Map.entry("low", "LOWER_VERSION"));
        assertThat(winner(low, low, high)).isEqualTo(high);
    }

    @Test
    void a_release_beats_its_own_pre_releases() {
        Stood snapshot = jar("snapshot", "1.0.0-SNAPSHOT", "a");
        Stood release = jar("release", "1.0.0", "b");

        assertThat(winner(snapshot, snapshot, release)).isEqualTo(release);
    }

    @Test
    void of_two_builds_of_one_version_neither_wins_unless_one_of_them_serves() {
        Stood one = jar("one", "1.0.0", "a");
        Stood other = jar("other", "1.0.0", "b");

        assertThat(winner(null, one, other)).isNull();
        assertThat(refused(null, one, other)).containsOnlyKeys("one", "other").containsValue("DUPLICATE_ID");
        assertThat(winner(other, one, other)).isEqualTo(other);
        assertThat(refused(other, one, other)).containsExactly(Map.entry("one", "DUPLICATE_ID"));
    }

    @Test
    void other_bytes_written_over_the_one_that_serves_do_not_win() {
        Stood serving = jar("acme", "1.0.0", "a");
        Stood rebuilt = jar("acme", "1.0.0", "b");

        assertThat(winner(serving, rebuilt)).isNull();
        assertThat(refused(serving, rebuilt)).containsExactly(Map.entry("acme", "DUPLICATE_ID"));
    }

    @Test
    void the_same_bytes_win_wherever_they_lie() {
        Stood serving = jar("acme", "1.0.0", "a");
        Stood copy = jar("copy", "1.0.0", "a");

        assertThat(winner(serving, copy)).isEqualTo(copy);
        assertThat(winner(serving, serving, copy)).isEqualTo(serving);
        assertThat(refused(serving, serving, copy)).containsExactly(Map.entry("copy", "DUPLICATE_FILE"));
        assertThat(refused(null, copy, jar("b-copy", "1.0.0", "a")))
                .containsExactly(Map.entry("copy", "DUPLICATE_FILE"));
    }

    @Test
    void of_snapshots_the_newest_wins() {
        Stood first = jar("acme", "1.0.0-SNAPSHOT", "a");
        Stood second = jar("acme", "1.0.0-SNAPSHOT", "b");
        Stood third = jar("other", "1.0.0-SNAPSHOT", "c");

        assertThat(winner(first, second)).isEqualTo(second);
        assertThat(winner(second, second, third)).isEqualTo(third);
        assertThat(refused(second, second, third)).containsExactly(Map.entry("acme", "DUPLICATE_ID"));
    }

    @Test
    void where_nothing_lies_nobody_wins() {
        assertThat(winner(jar("acme", "1.0.0", "a"))).isNull();
    }

    private Stood jar(String fileName, String version, String sha256) {
        return new Stood(fileName, PluginVersion.parse(version).orElseThrow(), sha256, number++);
    }

    private static @Nullable Stood winner(@Nullable Stood incumbent, Stood... candidates) {
        return Election.of(List.of(candidates), incumbent).winner().orElse(null);
    }

    private static Map<String, String> refused(@Nullable Stood incumbent, Stood... candidates) {
        Map<String, String> codes = new TreeMap<>();
        Election.of(List.of(candidates), incumbent)
                .refused()
                .forEach((jar, fault) -> codes.put(jar.fileName(), fault.code().name()));
        return codes;
    }
}
