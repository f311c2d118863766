// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mcpgateway.kernel.json.StrictJson;
import dev.mcpgateway.kernel.provider.PromptArgument.Written;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptArgumentTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"string\"} | AS_IT_IS",
                "{\"type\":\"number\"} | AS_NUMBER",
                "{\"type\":\"integer\"} | AS_NUMBER",
                "{\"type\":\"boolean\"} | AS_BOOLEAN",
                "{\"type\":[\"integer\",\"null\"]} | AS_NUMBER",
                "{\"type\":[\"integer\",\"string\"]} | AS_IT_IS",
                "{\"enum\":[1,2]} | AS_NUMBER",
                "{\"enum\":[\"1\",2]} | AS_IT_IS",
                "{\"$ref\":\"#/$defs/count\"} | AS_NUMBER",
                "{\"$ref\":\"#/$defs/alias\",\"description\":\"How many\"} | AS_NUMBER",
                "{\"$ref\":\"#/$defs/loop\"} | AS_IT_IS",
                "true | AS_IT_IS",
                "{} | AS_IT_IS",
            })
    void what_a_string_stands_for_is_said_by_the_type(String property, Written written) throws Exception {
        assertThat(only(property).written()).isEqualTo(written);
    }

    @Test
    void choices_are_written_as_a_client_would_write_them() throws Exception {
        assertThat(only("{\"enum\":[\"red\",1,1.5,true,null,{}]}").choices())
                .isEqualTo(List.of("red", "1", "1.5", "true"));
    }

    @Test
    void what_no_string_can_stand_for_is_refused() {
        for (String type : List.of("\"object\"", "\"array\"", "[\"array\",\"null\"]")) {
            assertThatThrownBy(() -> only("{\"type\":" + type + "}"))
                    .isInstanceOfSatisfying(
                            NonconformingException.class,
                            e -> assertThat(e.reason()).startsWith("args schema at /properties/it: "));
        }
    }

    private static PromptArgument only(String property) throws Exception {
        byte[] schema = ("{\"type\":\"object\",\"properties\":{\"it\":" + property + "},\"$defs\":{"
                        + "\"count\":{\"type\":\"integer\"},\"alias\":{\"$ref\":\"#/$defs/count\"},"
                        + "\"loop\":{\"$ref\":\"#/$defs/loop\"}}}")
                .getBytes(UTF_8);
        return PromptArgument.of(StrictJson.parse(schema, 0, schema.length, 64)).getFirst();
    }
}
