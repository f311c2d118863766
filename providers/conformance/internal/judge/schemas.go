// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"slices"

	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/schema"
)

var schemaChecks = []Check{{
	ID:       "schemas.input-given",
	Sentence: "every tool has an input schema",
	Section:  "Fields",
	Rule:     "Tool: input_schema REQUIRED",
	Remedy:   `give one; {"type":"object","additionalProperties":false} for a tool without arguments`,
	examine: func(t *trial, f *finding) {
		for _, tool := range t.tools {
			if tool.input == nil {
				f.broken("ListCapabilities", "tool %q without an input_schema", tool.GetName())
			}
		}
	},
}, {
	ID:       "schemas.size",
	Sentence: "no schema is too large",
	Section:  "JSON",
	Rule:     "size: 262,144 bytes for a schema",
	Remedy:   "shorten descriptions and enumerations",
	examine:  eachSchema(func(s *schema.Schema) error { return s.Size }),
}, {
	ID:       "schemas.json",
	Sentence: "every schema is strict JSON",
	Section:  "JSON",
	Rule:     "one value in UTF-8, no byte order mark, no lone surrogate, no duplicate keys, 64 levels, numbers within limits",
	Remedy:   "write the schema with a JSON library",
	examine:  eachSchema(func(s *schema.Schema) error { return s.JSON }),
}, {
	ID:       "schemas.dialect",
	Sentence: "every schema is JSON Schema, draft 2020-12",
	Section:  "Schemas",
	Rule:     "JSON Schema, draft 2020-12; $schema MAY be absent",
	Remedy:   "correct the keyword that is named; leave $schema out or say https://json-schema.org/draft/2020-12/schema",
	examine:  eachSchema(func(s *schema.Schema) error { return s.Dialect }),
}, {
	ID:       "schemas.references",
	Sentence: "every $ref stays in its schema, and schemas are not endless",
	Section:  "Schemas",
	Rule:     "$ref MUST point into the same schema and MUST NOT form a cycle that consumes no part of the instance; at most 2,000 subschemas",
	Remedy:   "copy what is referred to under $defs",
	examine:  eachSchema(func(s *schema.Schema) error { return s.References }),
}, {
	ID:       "schemas.input-root",
	Sentence: `the root of every input and argument schema says "type": "object"`,
	Section:  "Schemas",
	Rule:     `the root of input_schema and args_schema MUST be "type": "object"`,
	Remedy:   `write "type": "object" at the root itself, not behind a $ref or anyOf`,
	examine: func(t *trial, f *finding) {
		for _, s := range t.schemas() {
			if !s.isOutput && s.JSON == nil && !s.IsObjectAtRoot() {
				f.broken("ListCapabilities", `%s without "type": "object" at its root`, s.name)
			}
		}
	},
}, {
	ID:       "schemas.output-root",
	Sentence: `the root of every output schema says "type": "object"`,
	Section:  "Schemas",
	Rule:     "that of output_schema SHOULD be, since older MCP clients are not sent any other",
	Remedy:   `wrap the result in an object, e.g. {"items": […]}`,
	Should:   true,
	examine: func(t *trial, f *finding) {
		for _, s := range t.schemas() {
			if s.isOutput && s.JSON == nil && !s.IsObjectAtRoot() {
				f.broken("ListCapabilities", `%s without "type": "object" at its root`, s.name)
			}
		}
	},
}, {
	ID:       "schemas.patterns",
	Sentence: "every pattern is one that RE2 can do",
	Section:  "Schemas",
	Rule:     "pattern SHOULD keep to what RE2 can do; anything else runs under a budget",
	Remedy:   "do without look-around and back-references",
	Should:   true,
	examine:  eachSchema(func(s *schema.Schema) error { return s.Patterns }),
}, {
	ID:       "schemas.prompt-arguments",
	Sentence: "every prompt's arguments are strings, numbers, integers or booleans",
	Section:  "GetPrompt",
	Rule:     "arguments have been converted to the types of args_schema (MCP sends strings)",
	Remedy:   "give each property one of these types: a person types it into a form",
	examine: func(t *trial, f *finding) {
		plain := []string{"string", "number", "integer", "boolean"}
		for _, prompt := range t.prompts {
			if prompt.arguments == nil {
				continue
			}
			for name, property := range prompt.arguments.Properties() {
				types := schema.Types(property)
				if slices.ContainsFunc(types, func(t string) bool { return !slices.Contains(plain, t) }) {
					f.broken("ListCapabilities", "prompt %q, whose argument %q is of type %v", prompt.GetName(), name, types)
				}
			}
		}
	},
}}

type namedSchema struct {
	*schema.Schema
	name     string
	isOutput bool
}

func (t *trial) schemas() []namedSchema {
	var all []namedSchema
	for _, tool := range t.tools {
		if tool.input != nil {
			all = append(all, namedSchema{tool.input, "the input_schema of tool " + tool.GetName(), false})
		}
		if tool.output != nil {
			all = append(all, namedSchema{tool.output, "the output_schema of tool " + tool.GetName(), true})
		}
	}
	for _, prompt := range t.prompts {
		if prompt.arguments != nil {
			all = append(all, namedSchema{prompt.arguments, "the args_schema of prompt " + prompt.GetName(), false})
		}
	}
	return all
}

func eachSchema(rule func(*schema.Schema) error) func(*trial, *finding) {
	return func(t *trial, f *finding) {
		all := t.schemas()
		if len(all) == 0 {
			f.skip("there is no schema")
			return
		}
		for _, s := range all {
			if err := rule(s.Schema); err != nil {
				f.broken("ListCapabilities", "%s: %v", s.name, err)
			}
		}
	}
}
