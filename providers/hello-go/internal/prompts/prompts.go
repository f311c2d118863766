// SPDX-License-Identifier: Apache-2.0

// Package prompts holds the messages that a person may choose to say. It knows JSON and nothing of gRPC.
package prompts

import (
	"github.com/mcp-gateway/mcp-gateway/providers/hello-go/internal/arguments"
	schemas "github.com/mcp-gateway/mcp-gateway/schemas/hello"
)

// All are the prompts of this provider, in the order in which they are listed.
var All = []Prompt{helloPlan}

var helloPlan = Prompt{Name: "hello-plan", Description: "Greet a user and propose a plan", fill: fillHelloPlan}

// Prompt is one message of the user's with gaps to fill in. Safe for concurrent use.
type Prompt struct {
	Name string
	// Description says to people what the prompt is for.
	Description string

	fill func(object []byte) (text string, err error)
}

// Find returns the prompt of that name.
func Find(name string) (Prompt, bool) {
	for _, prompt := range All {
		if prompt.Name == name {
			return prompt, true
		}
	}
	return Prompt{}, false
}

// Fill puts the arguments, one JSON object, into the message. The error is an [arguments.Refusal].
func (p Prompt) Fill(object []byte) (text string, err error) { return p.fill(object) }

// ArgsSchema is the JSON Schema of the arguments.
func (p Prompt) ArgsSchema() []byte { return schemas.Named(p.Name + ".args") }

func fillHelloPlan(object []byte) (string, error) {
	name, err := arguments.OnlyString(object, "name")
	if err != nil {
		return "", err
	}
	return "Hello, " + arguments.Unquote(name) + "! Let me propose a plan for you...", nil
}
