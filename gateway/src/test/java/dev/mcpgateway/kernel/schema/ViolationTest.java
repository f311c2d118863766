// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client is told. */
class ViolationTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'properties':{'numbers':{'items':{'type':'number'}}}} | {'numbers':['x']} | /numbers/0 | must be a number,"
                        + " is a string",
                "{'type':'object'} | null | `` | must be an object, is null",
                "{'type':['integer','null']} | 1.5 | `` | must be an integer or null, is a number",
                "{'type':['array','boolean','string']} | 1 | `` | must be an array, a boolean or a string, is an integer",
                "{'required':['message']} | {} | `` | must have the property 'message'",
                "{'properties':{'a':{'required':['b']}}} | {'a':{}} | /a | must have the property 'b'",
                "{'additionalProperties':false} | {'a/b~':1} | /a~1b~0 | is not an allowed property",
                "{'unevaluatedProperties':false} | {'a':1} | /a | is not an allowed property",
                "{'properties':{'a':false}} | {'a':1} | /a | is not allowed",
                "{'enum':['a',1,null,{}]} | 2 | `` | must be one of \"a\", 1, null, a certain object",
                "{'enum':['a']} | 2 | `` | must be \"a\"",
                "{'const':'a'} | 'b' | `` | must be \"a\"",
                "{'minimum':3} | 2 | `` | must be at least 3",
                "{'maximum':3.50} | 4 | `` | must be at most 3.50",
                "{'exclusiveMinimum':3} | 3 | `` | must be greater than 3",
                "{'exclusiveMaximum':3} | 3 | `` | must be less than 3",
                "{'multipleOf':2} | 3 | `` | must be a multiple of 2",
                "{'minLength':1} | '' | `` | must be at least 1 character long",
                "{'maxLength':2} | 'abc' | `` | must be at most 2 characters long",
                "{'minItems':1} | [] | `` | must have at least 1 item",
                "{'maxItems':0} | [1] | `` | must have at most 0 items",
                "{'minProperties':2} | {} | `` | must have at least 2 properties",
                "{'maxProperties':0} | {'a':1} | `` | must have at most 0 properties",
                "{'pattern':'^a+$'} | 'b' | `` | must match the pattern ^a+$",
                "{'uniqueItems':true} | [1,1.0] | `` | must not have two equal items",
                "{'contains':{'const':1}} | [2] | `` | has too few of the items it must contain",
                "{'contains':{'const':1},'maxContains':1} | [1,1] | `` | has too many of the items it may contain",
                "{'prefixItems':[{}],'items':false} | [1,2] | `` | has an item that is not allowed",
                "{'prefixItems':[{}],'unevaluatedItems':false} | [1,2] | `` | has an item that is not allowed",
                "{'propertyNames':{'maxLength':1}} | {'ab':1} | `` | has a property with a name that is not allowed: 'ab'",
                "{'dependentRequired':{'a':['b']}} | {'a':1} | `` | must have the property 'b', because of another it has",
                "{'not':{'type':'string'}} | 'a' | `` | is what the schema rules out with 'not'",
                "{'anyOf':[{'type':'string'},{'type':'null'}]} | 1 | `` | must be a string or null, is an integer",
                "{'oneOf':[{'type':'string'},{'type':['null','string']}]} | 1 | `` | must be a string or null, is an integer",
                "{'anyOf':[{'minimum':3},{'type':'null'}]} | 1 | `` | matches none of the 2 alternatives",
                "{'oneOf':[{'minimum':3},{'type':'null'}]} | 1 | `` | matches none of the 2 alternatives",
                "{'oneOf':[{'minimum':1},{'type':'integer'}]} | 1 | `` | matches more than one of the 2 alternatives",
                "{'if':{'type':'integer'},'then':{'minimum':3}} | 1 | `` | must be at least 3",
                "{'allOf':[{'minimum':3}]} | 1 | `` | must be at least 3",
                "{'$defs':{'a':{'minimum':3}},'items':{'$ref':'#/$defs/a'}} | [3,1] | /1 | must be at least 3",
            })
    void every_keyword_has_its_words(String schema, String value, String path, String reason) {
        assertThat(Parsed.schema(schema).validate(Parsed.json(value)))
                .extracting(Violation::path, Violation::reason)
                .containsExactly(tuple(path, reason));
    }

    @Test
    void at_most_five_violations_are_reported() {
        assertThat(Parsed.schema("{'items':{'type':'string'}}").validate(Parsed.json("[1,2,3,4,5,6,7]")))
                .extracting(Violation::path)
                .containsExactly("/0", "/1", "/2", "/3", "/4");
    }

    @Test
    void an_alternative_that_matches_leaves_no_violation_behind() {
        assertThat(Parsed.schema("{'anyOf':[{'items':{'type':'string'}},{'type':'array'}]}")
                        .validate(Parsed.json("[1,2,3,4,5,6,7]")))
                .isEmpty();
    }

    @Test
    void the_value_itself_is_never_repeated() {
        String secret = "s3cr3t-token";
        for (String schema : List.of(
                "{'type':'integer'}",
                "{'const':'a'}",
                "{'enum':['a','b']}",
                "{'pattern':'^a$'}",
                "{'maxLength':3}",
                "{'anyOf':[{'const':1},{'maxLength':2}]}",
                "{'not':{}}")) {
            assertThat(Parsed.schema(schema).validate(Parsed.json("'" + secret + "'")))
                    .hasSize(1)
                    .noneMatch(violation -> violation.toString().contains(secret));
        }
    }

    @Test
    void paths_and_reasons_are_cut_at_200_characters_and_hold_no_control_characters() {
        String name = "\\u0007" + "n".repeat(1_000);
        String schema = "{'additionalProperties':false,'enum':['" + "a".repeat(90) + "','" + "b".repeat(90)
                + "','c','d','e','f']}";

        assertThat(Parsed.schema(schema).validate(Parsed.json("{'" + name + "':1}")))
                .hasSize(2)
                .allSatisfy(violation -> {
                    assertThat(violation.path()).hasSizeLessThanOrEqualTo(200).doesNotContain("\u0007");
                    assertThat(violation.reason()).hasSizeLessThanOrEqualTo(200);
                });
    }

    @Test
    void format_and_content_keywords_only_annotate() {
        assertThat(Parsed.schema("{'format':'email','contentEncoding':'base64','contentMediaType':'application/json'}")
                        .validate(Parsed.json("'neither'")))
                .isEmpty();
    }

    @Test
    void a_number_is_compared_by_its_value_not_by_its_spelling() {
        assertThat(Parsed.schema("{'type':'integer','enum':[100]}").validate(Parsed.json("1e2")))
                .isEmpty();
        assertThat(Parsed.schema("{'const':1.0}").validate(Parsed.json("1"))).isEmpty();
        assertThat(Parsed.schema("{'type':'integer'}").validate(Parsed.json("1e9999")))
                .isEmpty();
        assertThat(Parsed.schema("{'maximum':1e9998}").validate(Parsed.json("1e9999")))
                .hasSize(1);
        assertThat(Parsed.schema("{'const':9007199254740993}").validate(Parsed.json("9007199254740992")))
                .hasSize(1);
    }
}
