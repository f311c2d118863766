// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Schemas that are refused when they are listed, and the place and reason that are told. */
class RefusedSchemaTest {

    @ParameterizedTest
    @ValueSource(strings = {"true", "false", "[]", "'object'", "7", "null"})
    void a_schema_that_is_not_an_object_is_refused(String schema) {
        assertRefused(schema, "", "must be an object");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://json-schema.org/draft-07/schema#",
                "http://json-schema.org/draft-04/schema#",
                "https://json-schema.org/draft/2019-09/schema",
                "https://example.com/my-own"
            })
    void another_dialect_than_draft_2020_12_is_refused(String dialect) {
        assertRefused(
                "{'$schema':'" + dialect + "'}",
                "/$schema",
                "must be https://json-schema.org/draft/2020-12/schema, or be left out");
        assertRefused(
                "{'properties':{'a':{'$schema':'" + dialect + "'}}}",
                "/properties/a/$schema",
                "must be https://json-schema.org/draft/2020-12/schema, or be left out");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'$schema':'https://json-schema.org/draft/2020-12/schema'}",
                "{'$schema':'https://json-schema.org/draft/2020-12/schema#'}",
                "{}"
            })
    void draft_2020_12_is_taken_and_is_what_no_dialect_means(String schema) {
        assertThat(Parsed.schema(schema).validate(Parsed.json("[1]"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'type':'text'} | /type | must be one of array, boolean, integer, null, number, object, string, or a list"
                        + " of them without repetition",
                "{'type':['string','string']} | /type | must be one of array, boolean, integer, null, number, object,"
                        + " string, or a list of them without repetition",
                "{'properties':[]} | /properties | must be an object of schemas",
                "{'properties':{'a/b~c':{'minLength':-1}}} | /properties/a~1b~0c/minLength | must be a whole number, 0 or"
                        + " more",
                "{'items':[{}]} | /items | must be a schema: an object, true or false",
                "{'allOf':[]} | /allOf | must be a list of at least one schema",
                "{'anyOf':[{},{'required':'a'}]} | /anyOf/1/required | must be a list of strings without repetition",
                "{'required':['a','a']} | /required | must be a list of strings without repetition",
                "{'multipleOf':0} | /multipleOf | must be a number greater than 0",
                "{'maximum':'9'} | /maximum | must be a number",
                "{'uniqueItems':1} | /uniqueItems | must be true or false",
                "{'enum':'a'} | /enum | must be a list",
                "{'description':1} | /description | must be a string",
                "{'$id':'a#b'} | /$id | must be a URI reference without a fragment",
                "{'$anchor':'1a'} | /$anchor | must be a name of A-Z a-z 0-9 - . _ that begins with a letter or _",
                "{'pattern':'('} | /pattern | is not a regular expression",
                "{'patternProperties':{'[':{}}} | /patternProperties/[ | is not a regular expression",
                "{'$defs':{'a':{'$id':'x'},'b':{'$id':'x'}}} | /$defs/b/$id | is the same as another $id of this schema",
            })
    void a_schema_that_breaks_the_metaschema_is_refused_with_the_place_and_the_reason(
            String schema, String pointer, String reason) {
        assertRefused(schema, pointer, reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com/schema.json",
                "https://json-schema.org/draft/2020-12/schema",
                "file:///etc/hosts",
                "classpath:draft/2020-12/schema",
                "resource:draft/2020-12/schema",
                "jar:file:/a.jar!/b.json",
                "other.json#/$defs/a",
                "urn:example:other"
            })
    void a_reference_to_anything_outside_the_schema_is_refused(String reference) {
        String reason = "refers to '" + reference + "', which is not in this schema; nothing outside it is loaded";
        assertRefused("{'properties':{'a':{'$ref':'" + reference + "'}}}", "/properties/a/$ref", reason);
        assertRefused("{'$dynamicRef':'" + reference + "'}", "/$dynamicRef", reason);
    }

    @Test
    void no_socket_is_opened_and_no_file_is_read_for_a_reference(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("schema.json"), "{}");
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            server.configureBlocking(false);
            int port = ((InetSocketAddress) server.getLocalAddress()).getPort();

            for (String reference : new String[] {
                "http://127.0.0.1:" + port + "/schema.json", file.toUri().toString()
            }) {
                assertThatExceptionOfType(SchemaRefusedException.class)
                        .isThrownBy(() -> compile(
                                "{'$id':'" + reference + "/id','properties':{'a':{'$ref':'" + reference + "'}}}"));
            }

            assertThat(server.accept()).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"#/nope", "#nope", "#/$defs/a/items/3", "#/$defs/%zz", "#/$defs/a/0x"})
    void a_reference_to_a_place_that_is_not_there_is_refused(String reference) {
        assertRefused(
                "{'$defs':{'a':{}},'properties':{'a':{'$ref':'" + reference + "'}}}",
                "/properties/a/$ref",
                "refers to '" + reference + "', which is not in this schema");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'$ref':'#'}",
                "{'$defs':{'a':{'$ref':'#/$defs/b'},'b':{'$ref':'#/$defs/a'}},'$ref':'#/$defs/a'}",
                "{'allOf':[{'anyOf':[{'not':{'$ref':'#'}}]}]}",
                "{'if':{'$ref':'#'}}",
                "{'dependentSchemas':{'a':{'$ref':'#'}}}",
                "{'$dynamicAnchor':'n','oneOf':[{'$dynamicRef':'#n'}]}",
                "{'$id':'https://example.com/a','allOf':[{'$ref':'a'}]}",
                "{'$defs':{'a':{'$anchor':'x','$ref':'#x'}}}"
            })
    void a_reference_cycle_that_never_goes_into_the_value_is_refused(String schema) {
        assertThatExceptionOfType(SchemaRefusedException.class)
                .isThrownBy(() -> compile(schema))
                .satisfies(e -> assertThat(e.reason()).isEqualTo("refers back to itself without going into the value"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'properties':{'a':{'$ref':'#'}}}",
                "{'$id':'https://example.com/a','$defs':{'b':{'$id':'b'}},'properties':{'a':{'$ref':'b'},'c':{'$ref':'#'}}}",
                "{'$defs':{'a':{'$anchor':'here'}},'properties':{'a':{'$ref':'#here'}}}",
                "{'$defs':{'a b':{}},'properties':{'a':{'$ref':'#/$defs/a%20b'}}}",
                "{'properties':{'$ref':{'type':'string'}}}",
                "{'enum':[{'$ref':'http://example.com'}]}"
            })
    void references_inside_the_schema_are_followed(String schema) throws SchemaRefusedException {
        compile(schema);
    }

    @Test
    void a_schema_of_more_than_256_KiB_is_refused_and_one_of_exactly_that_is_taken() throws SchemaRefusedException {
        compile("{}" + " ".repeat(262_142));

        assertThatExceptionOfType(SchemaRefusedException.class)
                .isThrownBy(() -> compile("{}" + " ".repeat(262_143)))
                .withMessage("the schema has 262145 bytes, more than the limit of 262144");
    }

    @Test
    void a_schema_of_more_than_2000_subschemas_is_refused_and_one_of_exactly_that_is_taken()
            throws SchemaRefusedException {
        compile(alternatives("anyOf", 1_999));

        assertRefused(alternatives("anyOf", 2_000), "", "has more than 2000 subschemas");
        assertRefused(alternatives("oneOf", 10_000), "", "has more than 2000 subschemas");
    }

    @Test
    void subschemas_nested_more_than_100_deep_are_refused() throws SchemaRefusedException {
        compile("{'not':".repeat(100) + "{}" + "}".repeat(100));

        assertThatExceptionOfType(SchemaRefusedException.class)
                .isThrownBy(() -> compile("{'not':".repeat(101) + "{}" + "}".repeat(101)))
                .satisfies(e -> assertThat(e.reason()).isEqualTo("is nested more than 100 schemas deep"));
    }

    @Test
    void a_chain_of_references_of_any_length_is_compiled_or_refused() {
        StringBuilder chain = new StringBuilder("{'$ref':'#/$defs/a0','$defs':{");
        for (int i = 0; i < 1_900; i++) {
            chain.append("'a")
                    .append(i)
                    .append("':{'$ref':'#/$defs/a")
                    .append(i + 1)
                    .append("'},");
        }
        String schema = chain.append("'a1900':{'type':'string'}}}").toString();

        try {
            assertThat(compile(schema).validate(Parsed.json("'a'"))).hasSizeLessThan(2);
        } catch (SchemaRefusedException e) {
            assertThat(e.reason()).isEqualTo("is nested too deep");
        }
    }

    @Test
    void what_a_schema_says_is_shown_on_one_line_and_cut() {
        String long_ = "x".repeat(500);

        assertThatExceptionOfType(SchemaRefusedException.class)
                .isThrownBy(() -> compile("{'properties':{'" + long_ + "\\n':{'$ref':'#" + long_ + "'}}}"))
                .satisfies(e -> {
                    assertThat(e.pointer()).hasSize(198).endsWith("…");
                    assertThat(e.reason()).hasSizeLessThan(200).contains("x…'");
                });
        assertRefused("{'$defs':{'a\\u001b[2J':{'type':1}}}".replace("\\u", "\\u"), "/$defs/a [2J/type", null);
    }

    private static String alternatives(String keyword, int count) {
        return "{'" + keyword + "':[" + "{},".repeat(count - 1) + "{}]}";
    }

    private static CompiledSchema compile(String schema) throws SchemaRefusedException {
        return new SchemaRegistry().inspect(Parsed.value(schema));
    }

    private static void assertRefused(String schema, String pointer, @org.jspecify.annotations.Nullable String reason) {
        assertThatExceptionOfType(SchemaRefusedException.class)
                .isThrownBy(() -> compile(schema))
                .satisfies(e -> {
                    assertThat(e.pointer()).isEqualTo(pointer);
                    if (reason != null) {
                        assertThat(e.reason()).isEqualTo(reason);
                        assertThat(e).hasMessage((pointer.isEmpty() ? "the schema" : pointer) + " " + reason);
                    }
                });
    }
}
