// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/emptypb"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/schema"
	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/strictjson"
)

const (
	echoTool, drawTool, divideTool = 0, 1, 2
	greeting, pixel, notes         = 0, 1, 2
	planPrompt, barePrompt         = 0, 1
)

// provider keeps the whole contract, until a test spoils something.
type provider struct {
	providerv1.UnimplementedProviderServer
	offered *providerv1.Capabilities

	// What a test may set to have a call answered in another way; proceed answers it rightly.
	onCall   func(ctx context.Context, method string, request any, proceed func() (any, error)) (any, error)
	onStream func(request *providerv1.StreamRequest, out grpc.ServerStreamingServer[providerv1.CloudEvent]) error
	logLine  func(method, id string, request any) string

	health         healthpb.HealthServer // nil for none
	noReflection   bool
	serverOptions  []grpc.ServerOption
	mostConnection int // 0: any number

	mu  sync.Mutex
	log strings.Builder
}

func rightProvider() *provider {
	text := func(s string) *providerv1.Json { return &providerv1.Json{Value: []byte(s)} }
	return &provider{
		health: health.NewServer(),
		logLine: func(method, id string, _ any) string {
			return fmt.Sprintf("{\"method\":%q,\"correlation_id\":%q}\n", method, id)
		},
		offered: &providerv1.Capabilities{
			ProviderVersion: "1.2.3",
			Tools: []*providerv1.Tool{
				{Name: "echo.v1", Description: "Returns the message", InputSchema: text(messageSchema), OutputSchema: text(messageSchema)},
				{Name: "draw.v1", Description: "Draws a dot", InputSchema: text(emptySchema)},
				{Name: "divide.v1", Description: "Divides by zero", InputSchema: text(emptySchema)},
			},
			Resources: []*providerv1.Resource{
				{Name: "greeting", UriScheme: "sample", MimeType: "text/plain"},
				{Name: "pixel", UriScheme: "sample", Uri: "sample://pixel", MimeType: "image/png"},
				{Name: "notes", UriScheme: "sample", UriTemplate: "sample://notes/{id}"},
			},
			Prompts: []*providerv1.Prompt{
				{Name: "plan", Description: "Plans", ArgsSchema: text(nameSchema)},
				{Name: "bare", Description: "Takes no arguments"},
			},
		},
	}
}

const (
	messageSchema = `{"type":"object","properties":{"message":{"type":"string"}},"required":["message"],"additionalProperties":false}`
	nameSchema    = `{"type":"object","properties":{"name":{"type":"string"}},"required":["name"],"additionalProperties":false}`
	emptySchema   = `{"type":"object","additionalProperties":false}`
)

// checkArguments holds them to the schema that the provider means, whatever it lists.
func checkArguments(arguments *providerv1.Json, schemaText string) error {
	err := strictjson.Check(arguments.GetValue())
	if err == nil {
		err = schema.Read([]byte(schemaText)).Conforms(arguments.GetValue())
	}
	if err != nil {
		return status.Errorf(codes.InvalidArgument, "the arguments are not as they should be: %v", err)
	}
	return nil
}

func textContent(text string) *providerv1.Content {
	return &providerv1.Content{Kind: &providerv1.Content_Text{Text: text}}
}

func (p *provider) ListCapabilities(ctx context.Context, request *emptypb.Empty) (*providerv1.Capabilities, error) {
	return answered(p, ctx, "ListCapabilities", request, func() (*providerv1.Capabilities, error) { return p.offered, nil })
}

func (p *provider) Invoke(ctx context.Context, request *providerv1.InvokeRequest) (*providerv1.InvokeResponse, error) {
	return answered(p, ctx, "Invoke", request, func() (*providerv1.InvokeResponse, error) {
		for i, tool := range p.offered.GetTools() {
			if tool.GetName() == request.GetToolName() {
				return useTool(i, request.GetPayload())
			}
		}
		return nil, status.Errorf(codes.NotFound, "unknown tool")
	})
}

func useTool(which int, payload *providerv1.Json) (*providerv1.InvokeResponse, error) {
	switch which {
	case echoTool:
		if err := checkArguments(payload, messageSchema); err != nil {
			return nil, err
		}
		return &providerv1.InvokeResponse{Result: payload}, nil
	case drawTool:
		if err := checkArguments(payload, emptySchema); err != nil {
			return nil, err
		}
		return &providerv1.InvokeResponse{Content: []*providerv1.Content{
			textContent("a dot"),
			{Kind: &providerv1.Content_Image{Image: &providerv1.Blob{Data: []byte{1}, MimeType: "image/png"}}},
			{Kind: &providerv1.Content_ResourceLink{ResourceLink: &providerv1.ResourceLink{Uri: "sample://pixel", Name: "pixel"}}},
			{Kind: &providerv1.Content_Resource{Resource: pixelContents()}},
		}}, nil
	}
	if err := checkArguments(payload, emptySchema); err != nil {
		return nil, err
	}
	return &providerv1.InvokeResponse{IsError: true, Content: []*providerv1.Content{textContent("division by zero")}}, nil
}

func pixelContents() *providerv1.ResourceContents {
	return &providerv1.ResourceContents{Uri: "sample://pixel", MimeType: "image/png", Body: &providerv1.ResourceContents_Blob{Blob: []byte{1}}}
}

func (p *provider) ReadResource(ctx context.Context, request *providerv1.ReadResourceRequest) (*providerv1.ReadResourceResponse, error) {
	return answered(p, ctx, "ReadResource", request, func() (*providerv1.ReadResourceResponse, error) {
		for i, resource := range p.offered.GetResources() {
			if resource.GetUriTemplate() != "" || uriOf(resource) != request.GetUri() {
				continue
			}
			contents := pixelContents()
			if i == greeting {
				contents.Body = &providerv1.ResourceContents_Text{}
			}
			contents.Uri = request.GetUri()
			return &providerv1.ReadResourceResponse{Contents: []*providerv1.ResourceContents{contents}}, nil
		}
		return nil, status.Error(codes.NotFound, "no such resource")
	})
}

func (p *provider) GetPrompt(ctx context.Context, request *providerv1.GetPromptRequest) (*providerv1.GetPromptResponse, error) {
	return answered(p, ctx, "GetPrompt", request, func() (*providerv1.GetPromptResponse, error) {
		for i, prompt := range p.offered.GetPrompts() {
			if prompt.GetName() != request.GetName() {
				continue
			}
			if i == planPrompt {
				if err := checkArguments(request.GetArguments(), nameSchema); err != nil {
					return nil, err
				}
			}
			message := &providerv1.PromptMessage{Role: "user", Content: textContent("a plan")}
			return &providerv1.GetPromptResponse{Messages: []*providerv1.PromptMessage{message}}, nil
		}
		return nil, status.Error(codes.NotFound, "unknown prompt")
	})
}

func (p *provider) Stream(request *providerv1.StreamRequest, out grpc.ServerStreamingServer[providerv1.CloudEvent]) error {
	if p.onStream != nil {
		return p.onStream(request, out)
	}
	if len(request.GetTypes()) == 0 {
		if err := out.Send(tick()); err != nil {
			return err
		}
	}
	<-out.Context().Done()
	return nil
}

func tick() *providerv1.CloudEvent {
	return &providerv1.CloudEvent{Id: "1", Source: "sample", Type: "dev.example.tick.v1", Specversion: "1.0", Data: &providerv1.Json{Value: []byte("{}")}}
}

// answered logs the call, and lets a test have its way with it.
func answered[T any](p *provider, ctx context.Context, method string, request any, proceed func() (T, error)) (T, error) {
	ids := append(metadata.ValueFromIncomingContext(ctx, correlationID), "none")
	p.mu.Lock()
	p.log.WriteString(p.logLine(method, ids[0], request))
	p.mu.Unlock()
	if p.onCall == nil {
		return proceed()
	}
	response, err := p.onCall(ctx, method, request, func() (any, error) { return proceed() })
	if err != nil {
		return *new(T), err
	}
	return response.(T), nil
}

func (p *provider) readLog() (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String(), nil
}

// server is a gRPC server with everything that the provider serves.
func (p *provider) server() *grpc.Server {
	const roomy = 64 << 20
	options := append([]grpc.ServerOption{grpc.MaxRecvMsgSize(roomy), grpc.MaxSendMsgSize(roomy)}, p.serverOptions...)
	server := grpc.NewServer(options...)
	providerv1.RegisterProviderServer(server, p)
	if p.health != nil {
		healthpb.RegisterHealthServer(server, p.health)
	}
	if !p.noReflection {
		reflection.Register(server)
	}
	return server
}

// connections serves the provider in this process and returns what dials it.
func (p *provider) connections(t *testing.T) func(...grpc.DialOption) (*grpc.ClientConn, error) {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	server := p.server()
	go func() { _ = server.Serve(atMostConnections(listener, p.mostConnection)) }()
	t.Cleanup(server.Stop)
	return func(more ...grpc.DialOption) (*grpc.ClientConn, error) {
		return grpc.NewClient("passthrough:bufconn", append([]grpc.DialOption{
			grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }),
			grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20), grpc.MaxCallSendMsgSize(64<<20)),
		}, more...)...)
	}
}

// atMostConnections refuses further connections while so many are open.
func atMostConnections(listener net.Listener, most int) net.Listener {
	if most == 0 {
		return listener
	}
	return limited{listener, make(chan struct{}, most)}
}

type limited struct {
	net.Listener
	open chan struct{}
}

func (l limited) Accept() (net.Conn, error) {
	for {
		connection, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case l.open <- struct{}{}:
			return &counted{Conn: connection, release: sync.OnceFunc(func() { <-l.open })}, nil
		default:
			connection.Close()
		}
	}
}

type counted struct {
	net.Conn
	release func()
}

func (c *counted) Close() error {
	c.release()
	return c.Conn.Close()
}

// hurried is how long the judge waits in tests where something does not come.
var hurried = Patience{
	Start:  4 * time.Second,
	Call:   3 * time.Second,
	Large:  20 * time.Second,
	List:   time.Second,
	Stream: 40 * time.Millisecond,
	Log:    time.Second,
	End:    3 * time.Second,
	Linger: 300 * time.Millisecond,
	Pings:  200 * time.Millisecond,
}

// judged returns the results by check.
func judged(t *testing.T, options Options) map[string]Result {
	t.Helper()
	if options.Patience == (Patience{}) {
		options.Patience = hurried
	}
	if options.LargestMessage == 0 {
		options.LargestMessage = 2 << 20
	}
	results := map[string]Result{}
	Run(t.Context(), options, func(result Result) { results[result.ID] = result })
	return results
}

// brokenIn are the checks that found something.
func brokenIn(results map[string]Result) map[string]Verdict {
	broken := map[string]Verdict{}
	for id, result := range results {
		if len(result.Broken) > 0 {
			broken[id] = result.Verdict
		}
	}
	return broken
}

var errSpoilt = errors.New("this provider is wrong on purpose")
