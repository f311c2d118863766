// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	page = "../../../../docs/provider-contract.md"
	walk = "../../testdata/walk"
)

// Those in Rust and Python were judged by hand when they were written: they need more than Go to be built.
func TestThePageShowsTheProvidersThatWereJudged(t *testing.T) {
	shown, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go/main.go", "rust/Cargo.toml", "rust/build.rs", "rust/src/main.rs", "python/requirements.txt", "python/shout.py"} {
		judged, err := os.ReadFile(filepath.Join(walk, name))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(shown), "\n"+string(judged)+"```\n") {
			t.Errorf("docs/provider-contract.md shows another %s", name)
		}
	}
}

func TestTheGoProviderOfThePageIsBuiltAsItSaysAndPasses(t *testing.T) {
	folder := t.TempDir()
	contract, err := filepath.Abs("../../../../proto")
	if err != nil {
		t.Fatal(err)
	}
	module := fmt.Sprintf("module example.org/shout\n\ngo 1.26.0\n\nrequire (\n%s\n)\n\nreplace github.com/mcp-gateway/mcp-gateway/proto => %s\n",
		required(t, "github.com/mcp-gateway/mcp-gateway/proto", "google.golang.org/grpc", "google.golang.org/protobuf"), contract)
	if err := os.WriteFile(filepath.Join(folder, "go.mod"), []byte(module), 0o600); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{filepath.Join(walk, "go/main.go"): "main.go", "../../go.sum": "go.sum"} {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, to), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-mod=mod", "-o", "shout", ".")
	build.Dir = folder
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	code, report, complaints := asked(t, "--command", filepath.Join(folder, "shout"))
	if code != conforms || !strings.Contains(report, " 0 FAIL, 0 note, ") {
		t.Errorf("exit code %d, %s\n%s", code, complaints, report)
	}
}

// required are the lines of this module's go.mod for the modules given, so that one place says which versions.
func required(t *testing.T, modules ...string) string {
	t.Helper()
	text, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		for _, module := range modules {
			if strings.HasPrefix(line, "\t"+module+" v") {
				lines = append(lines, strings.TrimRight(line, "\n"))
			}
		}
	}
	if len(lines) != len(modules) {
		t.Fatalf("go.mod has %q of %q", lines, modules)
	}
	return strings.Join(lines, "\n")
}
