package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	pb "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

const largestMessage = 10_551_296 // of the contract; gRPC starts at 4 MiB

var schema = &pb.Json{Value: []byte(`{
	"type": "object", "properties": {"text": {"type": "string"}},
	"required": ["text"], "additionalProperties": false
}`)}

// shout is the tool itself: arguments in, result out, or what is wrong with the arguments.
func shout(payload []byte) ([]byte, error) {
	var arguments map[string]json.RawMessage
	if err := json.Unmarshal(payload, &arguments); err != nil {
		return nil, err
	}
	var text *string
	if err := json.Unmarshal(arguments["text"], &text); err != nil || text == nil || len(arguments) != 1 {
		return nil, errors.New("there must be a string, text, and nothing else")
	}
	return json.Marshal(map[string]string{"text": strings.ToUpper(*text)})
}

type provider struct {
	pb.UnimplementedProviderServer // answers UNIMPLEMENTED to what is not here
}

func (provider) ListCapabilities(context.Context, *emptypb.Empty) (*pb.Capabilities, error) {
	tool := &pb.Tool{Name: "shout.v1", Description: "Returns the text in capital letters", InputSchema: schema, OutputSchema: schema}
	return &pb.Capabilities{Tools: []*pb.Tool{tool}, ProviderVersion: "0.1.0"}, nil
}

func (provider) Invoke(_ context.Context, request *pb.InvokeRequest) (*pb.InvokeResponse, error) {
	if request.GetToolName() != "shout.v1" {
		return nil, status.Error(codes.NotFound, "unknown tool")
	}
	result, err := shout(request.GetPayload().GetValue())
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	return &pb.InvokeResponse{Result: &pb.Json{Value: result}}, nil
}

// logged writes one line a call, with the id that came with it, and never what was said.
func logged(ctx context.Context, request any, call *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	response, err := next(ctx, request)
	id := strings.Join(metadata.ValueFromIncomingContext(ctx, "x-correlation-id"), ",")
	slog.Info("call", "method", call.FullMethod, "code", status.Code(err).String(), "correlation_id", id)
	return response, err
}

func listen(address string) (net.Listener, error) {
	path, isPath := strings.CutPrefix(address, "unix:")
	if !isPath {
		return net.Listen("tcp", address)
	}
	beside := path + "~" // it appears under its name once it is ready and private
	_ = os.Remove(beside)
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: beside, Net: "unix"})
	if err != nil {
		return nil, err
	}
	listener.SetUnlinkOnClose(false)
	return listener, errors.Join(os.Chmod(beside, 0o600), os.Rename(beside, path))
}

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	address := "127.0.0.1:6000"
	if given := os.Getenv("LISTEN"); given != "" {
		address = given
	}
	listener, err := listen(address)
	if err != nil {
		slog.Error("cannot listen", "error", err)
		os.Exit(1)
	}

	server := grpc.NewServer(
		grpc.MaxRecvMsgSize(largestMessage), grpc.MaxSendMsgSize(largestMessage),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 9 * time.Second, PermitWithoutStream: true}),
		grpc.UnaryInterceptor(logged))
	pb.RegisterProviderServer(server, provider{})
	serving := health.NewServer()
	healthpb.RegisterHealthServer(server, serving)
	reflection.Register(server)

	if os.Getenv("MCP_GATEWAY_SUPERVISED") == "1" {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}
	context.AfterFunc(ctx, func() {
		serving.Shutdown() // NOT_SERVING
		time.AfterFunc(1500*time.Millisecond, server.Stop)
		server.GracefulStop()
	})
	if err := server.Serve(listener); err != nil {
		slog.Error("cannot serve", "error", err)
	}
	if path, isPath := strings.CutPrefix(address, "unix:"); isPath {
		_ = os.Remove(path)
	}
}
