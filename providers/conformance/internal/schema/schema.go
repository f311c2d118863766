// SPDX-License-Identifier: Apache-2.0

// Package schema judges JSON Schemas by the rules of the provider contract, and makes up values that a schema allows.
package schema

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/strictjson"
)

const (
	largest        = 256 << 10 // bytes
	mostSubschemas = 2000
	dialect        = "https://json-schema.org/draft/2020-12/schema"

	// location is where the library believes the schema to be; nothing is ever fetched from there.
	location = "schema:///judged"
)

// Schema is one JSON Schema and what is wrong with it. Each error is nil where that rule is kept, or could not be judged because one
// before it is broken.
type Schema struct {
	Size, JSON, Dialect, References, Patterns error

	document any
	compiled *jsonschema.Schema
}

// Read judges the text.
func Read(text []byte) *Schema {
	s := &Schema{}
	if len(text) > largest {
		s.Size = fmt.Errorf("it has %d bytes, the limit is %d", len(text), largest)
	}
	if s.JSON = strictjson.Check(text); s.JSON != nil {
		return s
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		s.JSON = err
		return s
	}
	s.document = document
	if s.Dialect = checkDialect(document); s.Dialect != nil {
		return s
	}
	s.compile()
	if s.compiled == nil {
		return s
	}
	s.inspect()
	if cycle := findCycle(s.compiled, nil, map[*jsonschema.Schema]bool{}); cycle != "" && s.References == nil {
		s.References = fmt.Errorf("%s leads back to itself without consuming a part of the instance", cycle)
		s.compiled = nil // the library would not end
	}
	return s
}

func checkDialect(document any) error {
	switch schema := document.(type) {
	case bool:
		return nil
	case map[string]any:
		if named, given := schema["$schema"]; given && named != dialect && named != dialect+"#" {
			return fmt.Errorf("$schema is %.100v, not %s", named, dialect)
		}
		return nil
	}
	return errors.New("a schema is an object or a boolean")
}

func (s *Schema) compile() {
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.UseLoader(nowhere{})
	compiler.UseRegexpEngine(lenient)
	if err := compiler.AddResource(location, s.document); err != nil {
		s.Dialect = short(err)
		return
	}
	compiled, err := compiler.Compile(location)
	if err != nil {
		s.sort(err)
		return
	}
	s.compiled = compiled
}

// sort puts what the library says under the rule that it belongs to.
func (s *Schema) sort(err error) {
	if remote, is := errors.AsType[*jsonschema.LoadURLError](err); is {
		s.References = fmt.Errorf("it refers to %.200s, which is not in the schema itself", remote.URL)
		return
	}
	_, noPointer := errors.AsType[*jsonschema.JSONPointerNotFoundError](err)
	_, noAnchor := errors.AsType[*jsonschema.AnchorNotFoundError](err)
	if noPointer || noAnchor {
		s.References = short(err)
		return
	}
	s.Dialect = short(err)
}

// short keeps the last line of the library's message, which names the place and the reason.
func short(err error) error {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	text := strings.ReplaceAll(strings.TrimSpace(lines[len(lines)-1]), location, "")
	return fmt.Errorf("%.300s", text)
}

type nowhere struct{}

func (nowhere) Load(string) (any, error) { return nil, errors.New("nothing is fetched") }

// Conforms says why the value, a JSON text, is not as the schema wants it.
func (s *Schema) Conforms(text []byte) error {
	if s == nil || s.compiled == nil {
		return nil
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return s.validate(value)
}

func (s *Schema) validate(value any) error {
	if err := s.compiled.Validate(value); err != nil {
		return short(err)
	}
	return nil
}

// Usable tells whether values can be judged and made up.
func (s *Schema) Usable() bool { return s != nil && s.compiled != nil }

// IsObjectAtRoot tells whether the root says "type": "object".
func (s *Schema) IsObjectAtRoot() bool {
	root, is := s.document.(map[string]any)
	return is && root["type"] == "object"
}

// Properties are the subschemas of the root's properties.
func (s *Schema) Properties() map[string]any {
	root, _ := s.document.(map[string]any)
	properties, _ := root["properties"].(map[string]any)
	return properties
}

// Types are the type names that a subschema allows; none where it does not say.
func Types(subschema any) []string {
	object, _ := subschema.(map[string]any)
	switch named := object["type"].(type) {
	case string:
		return []string{named}
	case []any:
		var names []string
		for _, name := range named {
			if text, is := name.(string); is {
				names = append(names, text)
			}
		}
		return names
	}
	return nil
}

// inspect counts subschemas and tries the patterns.
func (s *Schema) inspect() {
	count := 0
	var walk func(schema any)
	walk = func(schema any) {
		count++
		object, is := schema.(map[string]any)
		if !is {
			return
		}
		if pattern, is := object["pattern"].(string); is {
			s.tryPattern(pattern)
		}
		for keyword, value := range object {
			switch {
			case slices.Contains(namedSubschemas, keyword):
				members, _ := value.(map[string]any)
				for name, member := range members {
					if keyword == "patternProperties" {
						s.tryPattern(name)
					}
					walk(member)
				}
			case slices.Contains(listedSubschemas, keyword):
				members, _ := value.([]any)
				for _, member := range members {
					walk(member)
				}
			case slices.Contains(singleSubschemas, keyword):
				walk(value)
			}
		}
	}
	walk(s.document)
	if count > mostSubschemas {
		s.References = fmt.Errorf("it has %d subschemas, the limit is %d", count, mostSubschemas)
	}
}

var (
	namedSubschemas  = []string{"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"}
	listedSubschemas = []string{"allOf", "anyOf", "oneOf", "prefixItems"}
	singleSubschemas = []string{"items", "contains", "additionalProperties", "propertyNames", "unevaluatedItems",
		"unevaluatedProperties", "not", "if", "then", "else", "contentSchema"}
)

func (s *Schema) tryPattern(pattern string) {
	if _, err := regexp.Compile(pattern); err != nil {
		s.Patterns = fmt.Errorf("RE2 cannot do the pattern %.100q", pattern)
	}
}

// lenient lets a pattern that RE2 cannot do match everything, since that it cannot is another rule's matter.
func lenient(pattern string) (jsonschema.Regexp, error) {
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return anything(pattern), nil
	}
	return compiled, nil
}

type anything string

func (anything) MatchString(string) bool { return true }
func (a anything) String() string        { return string(a) }

// findCycle returns the place of a schema that applies to the very same part of the instance again by way of others.
func findCycle(schema *jsonschema.Schema, path []*jsonschema.Schema, done map[*jsonschema.Schema]bool) string {
	if schema == nil || done[schema] {
		return ""
	}
	if slices.Contains(path, schema) {
		return strings.TrimPrefix(schema.Location, location)
	}
	path = append(path, schema)
	for _, next := range sameInstance(schema) {
		if cycle := findCycle(next, path, done); cycle != "" {
			return cycle
		}
	}
	done[schema] = true
	for _, next := range otherInstances(schema) {
		if cycle := findCycle(next, nil, done); cycle != "" {
			return cycle
		}
	}
	return ""
}

func sameInstance(s *jsonschema.Schema) []*jsonschema.Schema {
	next := slices.Concat([]*jsonschema.Schema{s.Ref, s.RecursiveRef, s.Not, s.If, s.Then, s.Else}, s.AllOf, s.AnyOf, s.OneOf)
	if s.DynamicRef != nil {
		next = append(next, s.DynamicRef.Ref)
	}
	for _, member := range s.DependentSchemas {
		next = append(next, member)
	}
	return next
}

func otherInstances(s *jsonschema.Schema) []*jsonschema.Schema {
	next := append([]*jsonschema.Schema{s.Items2020, s.Contains, s.PropertyNames, s.UnevaluatedItems, s.UnevaluatedProperties}, s.PrefixItems...)
	for _, member := range s.Properties {
		next = append(next, member)
	}
	for _, member := range s.PatternProperties {
		next = append(next, member)
	}
	if additional, is := s.AdditionalProperties.(*jsonschema.Schema); is {
		next = append(next, additional)
	}
	return next
}
