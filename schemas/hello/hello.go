// SPDX-License-Identifier: Apache-2.0

// Package hello carries the JSON Schemas of the demo providers, as they stand in this folder, inside a Go program.
package hello

import (
	"embed"
	"fmt"
)

// files holds TOOL.input.json and TOOL.output.json for each tool, and PROMPT.args.json for each prompt.
//
//go:embed *.json
var files embed.FS

// Named returns the schema of that name, e.g. echo.v1.input. A name that is not in this folder is a mistake in the program.
func Named(name string) []byte {
	text, err := files.ReadFile(name + ".json")
	if err != nil {
		panic(fmt.Sprintf("there is no schema %s in schemas/hello", name))
	}
	return text
}
