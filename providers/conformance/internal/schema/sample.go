// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strings"
)

// deepestSample keeps a schema that contains itself from being followed for ever.
const deepestSample = 12

// Sample makes up a value that the schema allows, with text in its free strings. It knows the common keywords; where they are not enough
// it says that it has none.
func (s *Schema) Sample(text string) (value []byte, made bool) {
	if !s.Usable() {
		return nil, false
	}
	for _, all := range []bool{false, true} {
		invention := inventor{root: s.document, text: text, allProperties: all}
		made := invention.value(s.document, 0)
		if s.validate(made) != nil {
			continue
		}
		text, err := json.Marshal(made)
		return text, err == nil
	}
	return nil, false
}

type inventor struct {
	root          any
	text          string
	allProperties bool
}

func (i inventor) value(schema any, depth int) any {
	object, is := schema.(map[string]any)
	if !is || depth > deepestSample {
		return i.text
	}
	for _, keyword := range []string{"const", "default"} {
		if value, given := object[keyword]; given {
			return value
		}
	}
	for _, keyword := range []string{"examples", "enum"} {
		if values, _ := object[keyword].([]any); len(values) > 0 {
			return values[0]
		}
	}
	if target, is := object["$ref"].(string); is {
		return i.value(i.resolve(target), depth+1)
	}
	if merged := i.merged(object); merged != nil {
		return i.value(merged, depth+1)
	}
	switch kind(object) {
	case "object":
		return i.object(object, depth)
	case "array":
		return i.array(object, depth)
	case "number", "integer":
		return number(object)
	case "boolean":
		return true
	case "null":
		return nil
	}
	return i.string(object)
}

// merged is the schema with one branch of its alternatives, and all of its allOf, written into it; nil where it has none.
func (i inventor) merged(object map[string]any) map[string]any {
	var branches []any
	for _, keyword := range []string{"anyOf", "oneOf"} {
		if members, _ := object[keyword].([]any); len(members) > 0 {
			branches = append(branches, members[0])
		}
	}
	all, _ := object["allOf"].([]any)
	branches = append(branches, all...)
	if len(branches) == 0 {
		return nil
	}
	merged := maps.Clone(object)
	for _, keyword := range []string{"anyOf", "oneOf", "allOf"} {
		delete(merged, keyword)
	}
	for _, branch := range branches {
		members, _ := branch.(map[string]any)
		if target, is := members["$ref"].(string); is {
			members, _ = i.resolve(target).(map[string]any)
		}
		for keyword, value := range members {
			merged[keyword] = mergedValue(merged[keyword], value)
		}
	}
	return merged
}

func mergedValue(one, other any) any {
	switch one := one.(type) {
	case map[string]any:
		if other, is := other.(map[string]any); is {
			both := maps.Clone(one)
			maps.Copy(both, other)
			return both
		}
	case []any:
		if other, is := other.([]any); is {
			return slices.Concat(one, other)
		}
	}
	return other
}

// resolve follows a pointer into the same schema.
func (i inventor) resolve(target string) any {
	pointer, local := strings.CutPrefix(target, "#")
	if !local {
		return nil
	}
	at := i.root
	for _, step := range strings.Split(pointer, "/")[1:] {
		members, _ := at.(map[string]any)
		at = members[strings.NewReplacer("~1", "/", "~0", "~").Replace(step)]
	}
	return at
}

func kind(object map[string]any) string {
	for _, name := range Types(object) {
		if name != "null" {
			return name
		}
	}
	if slices.Contains(Types(object), "null") {
		return "null"
	}
	for keyword, name := range map[string]string{"properties": "object", "required": "object", "items": "array", "prefixItems": "array",
		"minimum": "number", "maximum": "number"} {
		if _, given := object[keyword]; given {
			return name
		}
	}
	return "string"
}

func (i inventor) object(object map[string]any, depth int) any {
	value := map[string]any{}
	properties, _ := object["properties"].(map[string]any)
	required, _ := object["required"].([]any)
	for _, name := range required {
		if name, is := name.(string); is {
			value[name] = i.value(properties[name], depth+1)
		}
	}
	if i.allProperties {
		for name, property := range properties {
			value[name] = i.value(property, depth+1)
		}
	}
	return value
}

func (i inventor) array(object map[string]any, depth int) any {
	value := []any{}
	first, _ := object["prefixItems"].([]any)
	for _, item := range first {
		value = append(value, i.value(item, depth+1))
	}
	least := max(1, int(limit(object, "minItems", 1)))
	for len(value) < min(least, 100) && limit(object, "maxItems", 1) > 0 {
		value = append(value, i.value(object["items"], depth+1))
	}
	return value
}

func number(object map[string]any) any {
	low := limit(object, "minimum", limit(object, "exclusiveMinimum", math.Inf(-1)))
	high := limit(object, "maximum", limit(object, "exclusiveMaximum", math.Inf(1)))
	step := limit(object, "multipleOf", 1)
	value := step
	if value < low || value <= limit(object, "exclusiveMinimum", math.Inf(-1)) {
		value = math.Ceil(low/step) * step
		if value <= limit(object, "exclusiveMinimum", math.Inf(-1)) {
			value += step
		}
	}
	if value > high {
		value = math.Floor(high/step) * step
	}
	if value >= limit(object, "exclusiveMaximum", math.Inf(1)) {
		value = (max(low, high-2) + high) / 2
	}
	return value
}

func limit(object map[string]any, keyword string, otherwise float64) float64 {
	number, is := object[keyword].(json.Number)
	if !is {
		return otherwise
	}
	value, err := number.Float64()
	if err != nil {
		return otherwise
	}
	return value
}

func (i inventor) string(object map[string]any) any {
	formats := map[string]string{
		"date-time": "2026-01-02T03:04:05Z",
		"date":      "2026-01-02",
		"time":      "03:04:05Z",
		"duration":  "PT1S",
		"email":     "someone@example.org",
		"hostname":  "example.org",
		"ipv4":      "192.0.2.1",
		"ipv6":      "2001:db8::1",
		"uri":       "https://example.org/",
		"uuid":      "4b0c5b6e-6c6e-4f0e-9d9e-0a1b2c3d4e5f",
	}
	if format, is := object["format"].(string); is && formats[format] != "" {
		return formats[format]
	}
	text := i.text
	if least := int(limit(object, "minLength", 0)); len(text) < least && least <= 1<<20 {
		text += strings.Repeat("x", least-len(text))
	}
	if most := int(limit(object, "maxLength", math.MaxInt32)); len(text) > most {
		text = text[:max(0, most)]
	}
	return text
}

// Wrong makes up arguments that the schema forbids, each with a sentence that says why it should.
func (s *Schema) Wrong(sample []byte) []Example {
	examples := []Example{
		{"not an object but an array", []byte(`[]`)},
		{"not an object but null", []byte(`null`)},
		{"not an object but a string", []byte(`"conformance"`)},
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(sample, &members) != nil {
		members = map[string]json.RawMessage{}
	}
	with := func(why, name, value string) {
		changed := maps.Clone(members)
		if value == "" {
			delete(changed, name)
		} else {
			changed[name] = json.RawMessage(value)
		}
		if text, err := json.Marshal(changed); err == nil {
			examples = append(examples, Example{why, text})
		}
	}
	names := slices.Sorted(maps.Keys(s.Properties()))
	for _, name := range names[:min(len(names), 8)] {
		with("without "+name, name, "")
		for _, value := range []string{`null`, `5`, `"conformance"`, `{}`, `[{}]`} {
			with(name+" is "+value, name, value)
		}
	}
	with("with a property that nobody knows", "conformance no such property", "1")
	return slices.DeleteFunc(examples, func(e Example) bool { return !s.Usable() || s.Conforms(e.JSON) == nil })
}

// Example is a JSON text and what is wrong with it.
type Example struct {
	Why  string
	JSON []byte
}
