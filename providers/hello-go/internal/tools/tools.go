// SPDX-License-Identifier: Apache-2.0

// Package tools holds the demo tools. It knows JSON and nothing of gRPC.
package tools

import schemas "github.com/mcp-gateway/mcp-gateway/schemas/hello"

// All are the tools of this provider, in the order in which they are listed.
var All = []Tool{echo, sum}

// Tool is one function that a model may call. Safe for concurrent use.
type Tool struct {
	// Name carries the tool's version, e.g. echo.v1.
	Name string
	// Description says to a model what the tool does.
	Description string

	call func(object []byte) (result []byte, err error)
}

// Failure is what a tool that ran and failed has to say to the model.
type Failure string

func (f Failure) Error() string { return string(f) }

// Find returns the tool of that name.
func Find(name string) (Tool, bool) {
	for _, tool := range All {
		if tool.Name == name {
			return tool, true
		}
	}
	return Tool{}, false
}

// Call runs the tool on one JSON object and returns another. The error is an [arguments.Refusal] or a [Failure].
func (t Tool) Call(object []byte) (result []byte, err error) { return t.call(object) }

// InputSchema is the JSON Schema of the arguments.
func (t Tool) InputSchema() []byte { return schemas.Named(t.Name + ".input") }

// OutputSchema is the JSON Schema of the result.
func (t Tool) OutputSchema() []byte { return schemas.Named(t.Name + ".output") }
