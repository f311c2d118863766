// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.provider.PromptArgument;
import dev.mcpgateway.kernel.provider.PromptArgument.Written;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptArgumentsTest {

    private static final List<PromptArgument> KNOWN = List.of(
            argument("number", Written.AS_NUMBER),
            argument("truth", Written.AS_BOOLEAN),
            argument("text", Written.AS_IT_IS));

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "7", "-1.50", "1e2", "1E+2", "123456789012345678901234567890", "0.1e-7"})
    void a_number_keeps_its_spelling(String number) throws Exception {
        assertThat(read("{\"number\":\"" + number + "\"}")).isEqualTo("{\"number\":" + number + "}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " 1", "1 ", "+1", "01", ".5", "5.", "1e", "0x1", "NaN", "Infinity", "true", "١", "1,5"})
    void what_is_no_number_in_JSON_stays_a_string(String text) throws Exception {
        String arguments = "{\"number\":\"" + text + "\"}";

        assertThat(read(arguments)).isEqualTo(arguments);
    }

    @Test
    void only_true_and_false_are_booleans() throws Exception {
        assertThat(read("{\"truth\":\"true\"}")).isEqualTo("{\"truth\":true}");
        assertThat(read("{\"truth\":\"false\"}")).isEqualTo("{\"truth\":false}");
        assertThat(read("{\"truth\":\"True\"}")).isEqualTo("{\"truth\":\"True\"}");
        assertThat(read("{\"truth\":\"1\"}")).isEqualTo("{\"truth\":\"1\"}");
    }

    @Test
    void everything_else_stays_as_it_is() throws Exception {
        String untouched = "{ \"text\" : \"7\", \"number\" : 1.0, \"unknown\" : [ true ] }";

        assertThat(read(untouched)).isEqualTo(untouched);
        assertThat(read("{\"number\":\"7\",\"text\":\"a\\\"\\u0001ü\",\"unknown\":{\"a\":[null]},\"\":false}"))
                .isEqualTo("{\"number\":7,\"text\":\"a\\\"\\u0001ü\",\"unknown\":{\"a\":[null]},\"\":false}");
    }

    @Test
    void a_number_beyond_the_limits_is_refused_or_stays_a_string() throws Exception {
        assertThatThrownBy(() -> read("{\"number\":\"1e40000000\"}")).isInstanceOf(JsonFault.class);
        String endless = "{\"number\":\"" + "1".repeat(1_001) + "\"}";
        assertThat(read(endless)).isEqualTo(endless);
    }

    private static String read(String arguments) throws JsonFault {
        byte[] text = arguments.getBytes(UTF_8);
        return PromptArguments.read(JsonValue.parse(text, 0, text.length, 64), KNOWN)
                .toString();
    }

    private static PromptArgument argument(String name, Written written) {
        return new PromptArgument(name, "", "", false, written, List.of());
    }
}
