// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients that put all schemas into one world are given. */
class ListedTextTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'type':'object'} | {'type':'object'}",
                "{'$id':'https://example.com/s','type':'object'} | {'type':'object'}",
                "{'$id':'#','type':'object'} | {'type':'object'}",
                "{'$id':'https://example.com/s','$defs':{'a':{'type':'null'}},'properties':{'b':{'$ref':'https://example.com/s#/$defs/a'},"
                        + "'c':{'$ref':'s#/$defs/a'},'d':{'$ref':'#/$defs/a'},'e':{'$ref':'s'}}}"
                        + " | {'$defs':{'a':{'type':'null'}},'properties':{'b':{'$ref':'#/$defs/a'},"
                        + "'c':{'$ref':'#/$defs/a'},'d':{'$ref':'#/$defs/a'},'e':{'$ref':'#'}}}",
                "{'$id':'https://e.com/a','$defs':{'b':{'$id':'b'}},'$ref':'b'}"
                        + " | {'$id':'https://e.com/a','$defs':{'b':{'$id':'b'}},'$ref':'b'}",
                "{'properties':{'$id':{'type':'string'}},'default':{'$id':'x'}}"
                        + " | {'properties':{'$id':{'type':'string'}},'default':{'$id':'x'}}",
                "{'$id':'https://e.com/a','minimum':1.50,'maximum':1e2,'const':'ü'} | {'minimum':1.50,'maximum':1E+2,'const':'ü'}",
            })
    void the_root_has_no_name(String schema, String listed) throws Exception {
        CompiledSchema inspected = SchemaRegistry.inspectWithAnyRoot(Parsed.value(schema));

        assertThat(inspected.listed().toString()).isEqualTo(listed.replace('\'', '"'));
        assertThat(inspected.text().toString()).isEqualTo(schema.replace('\'', '"'));
    }
}
