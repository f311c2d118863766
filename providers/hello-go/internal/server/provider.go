// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
	"github.com/mcp-gateway/mcp-gateway/providers/hello-go/internal/arguments"
	"github.com/mcp-gateway/mcp-gateway/providers/hello-go/internal/prompts"
	"github.com/mcp-gateway/mcp-gateway/providers/hello-go/internal/resources"
	"github.com/mcp-gateway/mcp-gateway/providers/hello-go/internal/tools"
)

// provider answers the calls of the contract. Methods that the contract gains later are answered with UNIMPLEMENTED by the embedded type.
type provider struct {
	providerv1.UnimplementedProviderServer
	capabilities *providerv1.Capabilities
}

func (p provider) ListCapabilities(context.Context, *emptypb.Empty) (*providerv1.Capabilities, error) {
	return p.capabilities, nil
}

func (p provider) Invoke(_ context.Context, request *providerv1.InvokeRequest) (*providerv1.InvokeResponse, error) {
	tool, known := tools.Find(request.GetToolName())
	if !known {
		return nil, unknown("tool", request.GetToolName())
	}
	result, err := tool.Call(request.GetPayload().GetValue())
	if failure, failed := errors.AsType[tools.Failure](err); failed {
		return &providerv1.InvokeResponse{IsError: true, Content: []*providerv1.Content{text(failure.Error())}}, nil
	}
	if err != nil {
		return nil, refused(tool.Name, err)
	}
	return &providerv1.InvokeResponse{Result: &providerv1.Json{Value: result}}, nil
}

func (p provider) ReadResource(_ context.Context, request *providerv1.ReadResourceRequest) (*providerv1.ReadResourceResponse, error) {
	if !resources.IsURI(request.GetUri()) {
		return nil, status.Errorf(codes.InvalidArgument, `"%s" is not a URI`, short(request.GetUri()))
	}
	resource, known := resources.Find(request.GetUri())
	if !known {
		return nil, unknown("resource", request.GetUri())
	}
	return &providerv1.ReadResourceResponse{Contents: []*providerv1.ResourceContents{{
		Uri:      resource.URI,
		MimeType: resource.MediaType,
		Body:     &providerv1.ResourceContents_Text{Text: resource.Text},
	}}}, nil
}

func (p provider) GetPrompt(_ context.Context, request *providerv1.GetPromptRequest) (*providerv1.GetPromptResponse, error) {
	prompt, known := prompts.Find(request.GetName())
	if !known {
		return nil, unknown("prompt", request.GetName())
	}
	message, err := prompt.Fill(request.GetArguments().GetValue())
	if err != nil {
		return nil, refused(prompt.Name, err)
	}
	return &providerv1.GetPromptResponse{
		Description: prompt.Description,
		Messages:    []*providerv1.PromptMessage{{Role: "user", Content: text(message)}},
	}, nil
}

// Stream ends at once: there are no events here, and none will come.
func (p provider) Stream(*providerv1.StreamRequest, grpc.ServerStreamingServer[providerv1.CloudEvent]) error {
	return nil
}

func text(of string) *providerv1.Content {
	return &providerv1.Content{Kind: &providerv1.Content_Text{Text: of}}
}

func unknown(kind, name string) error {
	return status.Errorf(codes.NotFound, `unknown %s "%s"`, kind, short(name))
}

func refused(capability string, err error) error {
	if refusal, isRefusal := errors.AsType[arguments.Refusal](err); isRefusal {
		return status.Errorf(codes.InvalidArgument, "%s: %s", capability, short(refusal.Error()))
	}
	return status.Errorf(codes.Internal, "%s failed: %v", capability, err)
}
