// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestASchemaThatKeepsEveryRuleIsUsable(t *testing.T) {
	for _, text := range []string{
		`{"type":"object"}`,
		`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object"}`,
		`{"type":"object","properties":{"next":{"$ref":"#"}}}`,
		`{"$defs":{"a":{"type":"string"}},"type":"object","properties":{"x":{"$ref":"#/$defs/a"},"y":{"$ref":"#/$defs/a"}}}`,
		`{"$id":"https://example.org/a","$defs":{"b":{"$id":"b","type":"string"}},"type":"object","properties":{"x":{"$ref":"b"}}}`,
	} {
		s := Read([]byte(text))
		for _, err := range []error{s.Size, s.JSON, s.Dialect, s.References, s.Patterns} {
			if err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
		if !s.Usable() {
			t.Errorf("%s is not usable", text)
		}
	}
}

func TestWhatIsWrongIsFoundUnderItsRule(t *testing.T) {
	for _, c := range []struct {
		text, reason string
		rule         func(*Schema) error
	}{
		{`{"type":"object","type":"object"}`, `"type" is given twice`, func(s *Schema) error { return s.JSON }},
		{`{"title":"` + strings.Repeat("a", largest) + `"}`, "the limit is 262144", func(s *Schema) error { return s.Size }},
		{`{"type":"objekt"}`, "/type", func(s *Schema) error { return s.Dialect }},
		{`{"$schema":"http://json-schema.org/draft-07/schema#"}`, "draft-07", func(s *Schema) error { return s.Dialect }},
		{`5`, "an object or a boolean", func(s *Schema) error { return s.Dialect }},
		{`{"$ref":"https://example.org/x.json"}`, "example.org/x.json", func(s *Schema) error { return s.References }},
		{`{"$ref":"file:///etc/hosts"}`, "file:///etc/hosts", func(s *Schema) error { return s.References }},
		{`{"$ref":"#/$defs/none"}`, "none", func(s *Schema) error { return s.References }},
		{`{"$ref":"#"}`, "leads back", func(s *Schema) error { return s.References }},
		{`{"$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"}]},"b":{"anyOf":[{"$ref":"#/$defs/a"}]}},"properties":{"x":{"$ref":"#/$defs/a"}}}`,
			"leads back", func(s *Schema) error { return s.References }},
		{`{"anyOf":[` + strings.Repeat(`{},`, mostSubschemas) + `{}]}`, "2002 subschemas", func(s *Schema) error { return s.References }},
		{`{"pattern":"(?=a)"}`, "(?=a)", func(s *Schema) error { return s.Patterns }},
		{`{"patternProperties":{"(?<!a)b":{}}}`, "(?<!a)b", func(s *Schema) error { return s.Patterns }},
	} {
		if err := c.rule(Read([]byte(c.text))); err == nil || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%.100s: %v", c.text, err)
		}
	}
}

func TestASampleIsWhatTheSchemaAllows(t *testing.T) {
	for _, text := range []string{
		`{"type":"object"}`,
		`{"type":"object","required":["a"],"properties":{"a":{"type":"string","minLength":70}}}`,
		`{"type":"object","required":["a"],"properties":{"a":{"type":"string","maxLength":3}}}`,
		`{"type":"object","required":["a"],"properties":{"a":{"type":["null","integer"],"minimum":7}}}`,
		`{"type":"object","required":["a"],"properties":{"a":{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1}}}`,
		`{"type":"object","required":["a"],"properties":{"a":{"type":"integer","multipleOf":5,"minimum":12}}}`,
		`{"type":"object","required":["a"],"properties":{"a":{"enum":["x","y"]},"b":{"const":5}}}`,
		`{"type":"object","required":["a"],"properties":{"a":{"type":"array","minItems":3,"items":{"type":"boolean"}}}}`,
		`{"type":"object","required":["a"],"properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"type":"object","required":["b"],"properties":{"b":{"type":"null"}}}}}`,
		`{"type":"object","anyOf":[{"required":["a"]},{"required":["b"]}],"properties":{"a":{"type":"string"},"b":{"type":"string"}}}`,
		`{"type":"object","allOf":[{"required":["a"],"properties":{"a":{"type":"integer"}}},{"required":["b"]}]}`,
		`{"type":"object","minProperties":1,"properties":{"a":{"type":"string","format":"date"}}}`,
		`{"type":"object","required":["next"],"properties":{"next":{"anyOf":[{"type":"null"},{"$ref":"#"}]}}}`,
	} {
		s := Read([]byte(text))
		sample, made := s.Sample("conformance")
		if !made || s.Conforms(sample) != nil {
			t.Errorf("%s gave %s", text, sample)
		}
	}
}

func TestASchemaThatIsTooCleverHasNoSample(t *testing.T) {
	if sample, made := Read([]byte(`{"type":"object","required":["a"],"properties":{"a":{"pattern":"^[0-9]{7}-[A-Z]$"}}}`)).Sample("conformance"); made {
		t.Errorf("it gave %s", sample)
	}
}

func TestWrongArgumentsAreThoseThatTheSchemaForbids(t *testing.T) {
	s := Read([]byte(`{"type":"object","required":["a"],"properties":{"a":{"type":"string"}},"additionalProperties":false}`))
	var got []string
	for _, wrong := range s.Wrong([]byte(`{"a":"x"}`)) {
		got = append(got, fmt.Sprintf("%s: %s", wrong.Why, wrong.JSON))
	}
	for _, want := range []string{`without a: {}`, `a is 5: {"a":5}`, `not an object but an array: []`,
		`with a property that nobody knows: {"a":"x","conformance no such property":1}`} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not among %q", want, got)
		}
	}
	if slices.Contains(got, `a is "conformance": {"a":"conformance"}`) {
		t.Error("what is right is called wrong")
	}
}
