// SPDX-License-Identifier: Apache-2.0

// Command generate writes the Go code of the provider contract beside it, into provider/v1.
//
// The compiler is a Go module and the code generators are tool directives in go.mod, so everything is pinned there and nothing has to
// be installed.
package main

//go:generate go run .

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/protoutil"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"
)

const (
	contract   = "provider/v1/provider.proto"
	module     = "github.com/mcp-gateway/mcp-gateway/proto"
	moduleRoot = ".." // from this package's folder, where both `go generate` and `go test` run
)

func main() {
	code, err := generate(context.Background())
	if err == nil {
		err = write(code)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "generate: %v\n", err)
		os.Exit(1)
	}
}

// generate returns the generated files by their path within the module.
func generate(ctx context.Context) (map[string]string, error) {
	descriptors, err := compile(ctx)
	if err != nil {
		return nil, err
	}
	code := map[string]string{}
	for _, generator := range []string{"protoc-gen-go", "protoc-gen-go-grpc"} {
		request := &pluginpb.CodeGeneratorRequest{
			FileToGenerate: []string{contract},
			Parameter:      proto.String("module=" + module),
			ProtoFile:      descriptors,
		}
		response, err := run(ctx, generator, request)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", generator, err)
		}
		for _, file := range response.File {
			code[file.GetName()] = file.GetContent()
		}
	}
	return code, nil
}

// compile returns the contract's descriptor behind those it imports, with the comments that the generated code repeats.
func compile(ctx context.Context) ([]*descriptorpb.FileDescriptorProto, error) {
	compiler := protocompile.Compiler{
		Resolver:       protocompile.WithStandardImports(&protocompile.SourceResolver{ImportPaths: []string{moduleRoot}}),
		SourceInfoMode: protocompile.SourceInfoStandard,
	}
	files, err := compiler.Compile(ctx, contract)
	if err != nil {
		return nil, err
	}
	var descriptors []*descriptorpb.FileDescriptorProto
	imports := files[0].Imports()
	for i := range imports.Len() {
		descriptors = append(descriptors, descriptor(imports.Get(i).FileDescriptor))
	}
	return append(descriptors, descriptor(files[0])), nil
}

func descriptor(file protoreflect.FileDescriptor) *descriptorpb.FileDescriptorProto {
	return protoutil.ProtoFromFileDescriptor(file)
}

// run speaks the protocol of protoc's plugins: one request on standard input, one response on standard output.
func run(ctx context.Context, generator string, request *pluginpb.CodeGeneratorRequest) (*pluginpb.CodeGeneratorResponse, error) {
	in, err := proto.Marshal(request)
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, "go", "tool", generator)
	command.Stdin = bytes.NewReader(in)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		return nil, err
	}
	response := &pluginpb.CodeGeneratorResponse{}
	if err := proto.Unmarshal(out, response); err != nil {
		return nil, err
	}
	if response.Error != nil {
		return nil, fmt.Errorf("%s", strings.TrimSpace(response.GetError()))
	}
	return response, nil
}

func write(code map[string]string) error {
	for name, content := range code {
		path := filepath.Join(moduleRoot, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}
