package server

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
	"github.com/mcp-gateway/mcp-gateway/providers/hello-go/internal/tools"
)

// provider answers the calls of the contract. What it does not have is answered with UNIMPLEMENTED by the embedded type.
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
		return nil, status.Errorf(codes.NotFound, "unknown tool %q", short(request.GetToolName()))
	}
	result, err := tool.Call(request.GetPayload().GetValue())
	if failure, failed := errors.AsType[tools.Failure](err); failed {
		return failureResponse(failure), nil
	}
	if refusal, refused := errors.AsType[tools.Refusal](err); refused {
		return nil, status.Errorf(codes.InvalidArgument, "%s: %s", tool.Name, short(refusal.Error()))
	}
	if err != nil {
		return nil, status.Errorf(codes.Internal, "%s failed: %v", tool.Name, err)
	}
	return &providerv1.InvokeResponse{Result: &providerv1.Json{Value: result}}, nil
}

func failureResponse(failure tools.Failure) *providerv1.InvokeResponse {
	text := &providerv1.Content{Kind: &providerv1.Content_Text{Text: failure.Error()}}
	return &providerv1.InvokeResponse{IsError: true, Content: []*providerv1.Content{text}}
}
