// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.settings.Places;
import dev.mcpgateway.kernel.settings.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is said of settings that break the schema of a plugin. */
class SettingsRuleTest {

    private static final String SCHEMA = """
            {"type": "object", "additionalProperties": false,
             "properties": {
               "port": {"type": "integer"},
               "hosts": {"type": "array", "items": {"$ref": "#/$defs/host"}},
               "ways": {"type": "object", "unevaluatedProperties": false, "properties": {"a/b": {}}}},
             "$defs": {
               "host": {"type": "object", "additionalProperties": false, "required": ["name"],
                        "properties": {"name": {"type": "string"}, "weight": {"type": "integer"}}}}}
            """;

    private static final Places FILE = new Places() {
        @Override
        public String ofKey(String pointer) {
            return "FILE:key:" + pointer;
        }

        @Override
        public String ofValue(String pointer) {
            return "FILE:value:" + pointer;
        }
    };

    @Test
    void a_value_that_is_wrong_comes_with_its_place_and_is_not_shown() {
        assertThat(reason(Map.of("port", "s3cret")))
                .isEqualTo("correct plugins.acme in the configuration: FILE:value:/port: /port: must be an integer,"
                        + " is a string");
    }

    @Test
    void an_unknown_key_comes_with_its_place_and_the_nearest_known_one() {
        assertThat(reason(Map.of("prot", 80)))
                .isEqualTo("correct plugins.acme in the configuration: FILE:key:/prot: unknown key 'prot' (did you mean"
                        + " 'port'?)");
        assertThat(reason(Map.of("something", 80))).endsWith("FILE:key:/something: unknown key 'something'");
    }

    @Test
    void an_unknown_key_further_down_is_compared_with_those_that_may_stand_beside_it() {
        assertThat(reason(Map.of("hosts", List.of(Map.of("name", "a", "wieght", 1)))))
                .endsWith("FILE:key:/hosts/0/wieght: /hosts/0: unknown key 'wieght' (did you mean 'weight'?)");
        assertThat(reason(Map.of("ways", Map.of("a/c", 1))))
                .endsWith("FILE:key:/ways/a~1c: /ways: unknown key 'a/c' (did you mean 'a/b'?)");
    }

    @Test
    void a_key_that_is_missing_comes_with_the_place_of_what_should_have_it() {
        assertThat(reason(Map.of("hosts", List.of(Map.of()))))
                .endsWith("FILE:value:/hosts/0: /hosts/0: must have the property 'name'");
    }

    @Test
    void settings_that_a_plugin_does_not_take_come_with_their_place() {
        assertThat(reason(new SettingsRule(Optional.empty()), new Settings(Map.of("port", 80), FILE)))
                .startsWith("FILE:key:: the configuration has plugins.acme, but the plugin takes no settings");
    }

    @Test
    void settings_that_stand_in_no_file_are_told_without_a_place() {
        assertThat(reason(rule(), Settings.of(Map.of("prot", 80))))
                .isEqualTo("correct plugins.acme in the configuration: unknown key 'prot' (did you mean 'port'?)");
    }

    private static String reason(Map<String, Object> values) {
        return reason(rule(), new Settings(values, FILE));
    }

    private static SettingsRule rule() {
        return new SettingsRule(Optional.of(SCHEMA.getBytes(UTF_8)));
    }

    private static String reason(SettingsRule rule, Settings settings) {
        return catchThrowableOfType(PluginFault.class, () -> rule.checked("plugins.acme", settings))
                .reason();
    }
}
