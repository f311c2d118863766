// Package hello carries the JSON Schemas of the demo tools, as they stand in this folder, inside a Go program.
package hello

import "embed"

// Schemas holds one file for each side of each tool: TOOL.input.json and TOOL.output.json.
//
//go:embed *.json
var Schemas embed.FS
