// SPDX-License-Identifier: Apache-2.0

package tools

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/mcp-gateway/mcp-gateway/providers/hello-go/internal/arguments"
)

// answer is one case of schemas/vectors, which all demo providers share.
type answer struct{ Name, Payload, Result, Failure, Refusal string }

func TestEveryToolAnswersAsAllDemoProvidersDo(t *testing.T) {
	for _, tool := range All {
		file, err := os.ReadFile("../../../../schemas/vectors/" + tool.Name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var answers []answer
		if err := json.Unmarshal(file, &answers); err != nil || len(answers) < 40 {
			t.Fatalf("%d cases for %s: %v", len(answers), tool.Name, err)
		}
		for _, want := range answers {
			t.Run(tool.Name+"/"+want.Name, func(t *testing.T) { check(t, tool, want) })
		}
	}
}

func check(t *testing.T, tool Tool, want answer) {
	t.Helper()
	result, err := tool.Call([]byte(want.Payload))
	failure, _ := errors.AsType[Failure](err)
	refusal, _ := errors.AsType[arguments.Refusal](err)
	if string(result) != want.Result || string(failure) != want.Failure || string(refusal) != want.Refusal {
		t.Errorf("%s gave result %q, failure %q, refusal %q", want.Payload, result, failure, refusal)
	}
}

func TestBytesThatAreNotUnicodeAreRefused(t *testing.T) {
	const refusal = "the arguments are not valid JSON in UTF-8"
	for name, message := range map[string]string{
		"a byte that starts nothing": "\xff",
		"a character cut short":      "\xe2\x82",
		"an overlong slash":          "\xc0\xaf",
		"half of a surrogate pair":   "\xed\xa0\x80",
		"beyond the last code point": "\xf4\x90\x80\x80",
	} {
		t.Run(name, func(t *testing.T) {
			check(t, echo, answer{Payload: `{"message":"` + message + `"}`, Refusal: refusal})
		})
	}
}

func TestANumberOfAThousandCharactersIsAddedAndOneMoreIsRefused(t *testing.T) {
	thousand := strings.Repeat("7", 1000)
	check(t, sum, answer{Payload: `{"numbers":[` + thousand + `,1,-` + thousand[1:] + `]}`, Failure: "the sum does not fit in 64 bits"})
	check(t, sum, answer{Payload: `{"numbers":[1,` + thousand + `7]}`, Refusal: "/numbers/1 is longer than 1000 characters"})
	check(t, sum, answer{Payload: `{"numbers":[0.` + thousand[2:] + `]}`, Result: `{"sum":0.7777777777777778}`})
}

func TestDeepNestingIsRefusedWithoutHarm(t *testing.T) {
	const depth = 1_000_000
	payload := `{"numbers":[` + strings.Repeat("[", depth) + strings.Repeat("]", depth) + `]}`
	check(t, sum, answer{Payload: payload, Refusal: "the arguments are not valid JSON in UTF-8"})
}

func TestTenThousandLevelsAreJSONAndOneMoreIsNot(t *testing.T) {
	arrays := func(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }
	check(t, sum, answer{Payload: `{"numbers":` + arrays(9_999) + `}`, Refusal: "/numbers/0 must be a number"})
	check(t, sum, answer{Payload: `{"numbers":` + arrays(10_000) + `}`, Refusal: "the arguments are not valid JSON in UTF-8"})
}

func TestEachSchemaRefusesWhatItsToolRefuses(t *testing.T) {
	for _, tool := range All {
		for _, text := range [][]byte{tool.InputSchema(), tool.OutputSchema()} {
			var schema struct {
				Dialect              string `json:"$schema"`
				Type                 string
				Properties           map[string]any
				Required             []string
				AdditionalProperties *bool
			}
			if err := json.Unmarshal(text, &schema); err != nil {
				t.Fatal(err)
			}
			if schema.Dialect != "https://json-schema.org/draft/2020-12/schema" || schema.Type != "object" {
				t.Errorf("%s: %s is not a draft 2020-12 schema of an object", tool.Name, text)
			}
			if schema.AdditionalProperties == nil || *schema.AdditionalProperties {
				t.Errorf("%s: %s allows additional properties", tool.Name, text)
			}
			if len(schema.Properties) != 1 || len(schema.Required) != 1 || schema.Properties[schema.Required[0]] == nil {
				t.Errorf("%s: %s does not require its one property", tool.Name, text)
			}
		}
	}
}

func FuzzTheAnswerIsJSONThatTheLibraryReadsAlike(f *testing.F) {
	for _, seed := range []string{`{"message":"a\\\"\ud83d\ude00"}`, `{ "message" : "x" , "y" : [ {"z":"]"} ] }`, `{"message":"\ud800"}`, `[`, ``} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		result, err := echo.Call(payload)
		if err != nil {
			return
		}
		var want, got map[string]string
		if json.Unmarshal(payload, &want) != nil || json.Unmarshal(result, &got) != nil || want["message"] != got["message"] {
			t.Errorf("%q gave %q", payload, result)
		}
	})
}
