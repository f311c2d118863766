// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
)

func TestTheCapabilitiesAreTwoToolsAResourceAndAPrompt(t *testing.T) {
	offered, err := start(t).client().ListCapabilities(t.Context(), &emptypb.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	want := &providerv1.Capabilities{
		ProviderVersion: "1.2.3",
		Tools: []*providerv1.Tool{
			{
				Name: "echo.v1", Description: "Returns input message unchanged",
				InputSchema: schema(t, "echo.v1.input"), OutputSchema: schema(t, "echo.v1.output"),
			},
			{
				Name: "sum.v1", Description: "Sums an array of numbers",
				InputSchema: schema(t, "sum.v1.input"), OutputSchema: schema(t, "sum.v1.output"),
			},
		},
		Resources: []*providerv1.Resource{{
			Name: "greeting", Description: "A greeting from this provider",
			UriScheme: "hello", Uri: "hello://greeting", MimeType: "text/plain",
		}},
		Prompts: []*providerv1.Prompt{{
			Name: "hello-plan", Description: "Greet a user and propose a plan", ArgsSchema: schema(t, "hello-plan.args"),
		}},
	}
	if !proto.Equal(offered, want) {
		t.Errorf("offered is %v", offered)
	}
}

func schema(t *testing.T, name string) *providerv1.Json {
	t.Helper()
	text, err := os.ReadFile("../../../../schemas/hello/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return &providerv1.Json{Value: text}
}

func TestAResultArrivesAsJSON(t *testing.T) {
	response, err := start(t).invoke("sum.v1", `{"numbers":[1,2,3]}`)
	if err != nil || response.GetIsError() || string(response.GetResult().GetValue()) != `{"sum":6}` {
		t.Errorf("got %v, %v", response, err)
	}
}

func TestAToolThatFailsSaysSoInItsAnswer(t *testing.T) {
	response, err := start(t).invoke("sum.v1", `{"numbers":[9223372036854775807,1]}`)
	if err != nil || !response.GetIsError() || response.GetResult() != nil || len(response.GetContent()) != 1 ||
		response.GetContent()[0].GetText() != "the sum does not fit in 64 bits" {
		t.Errorf("got %v, %v", response, err)
	}
}

func TestWhatIsAbsentFromARequestIsRefused(t *testing.T) {
	client := start(t).client()
	_, invoke := client.Invoke(t.Context(), &providerv1.InvokeRequest{ToolName: "echo.v1"})
	_, read := client.ReadResource(t.Context(), &providerv1.ReadResourceRequest{})
	_, prompt := client.GetPrompt(t.Context(), &providerv1.GetPromptRequest{Name: "hello-plan"})
	for _, err := range []error{invoke, read, prompt} {
		if status.Code(err) != codes.InvalidArgument {
			t.Error(err)
		}
	}
}

// call is one case of schemas/vectors/calls.json, which all demo providers share.
type call struct {
	Name, Method, Capability, Payload, Text, Message string
	Code                                             codes.Code
}

func TestEveryCallIsAnsweredAsAllDemoProvidersDo(t *testing.T) {
	file, err := os.ReadFile("../../../../schemas/vectors/calls.json")
	if err != nil {
		t.Fatal(err)
	}
	var calls []call
	if err := json.Unmarshal(file, &calls); err != nil || len(calls) < 30 {
		t.Fatalf("%d cases: %v", len(calls), err)
	}
	client := start(t).client()
	for _, want := range calls {
		t.Run(want.Name, func(t *testing.T) {
			text, err := want.of(t.Context(), client)
			if answer := status.Convert(err); text != want.Text || answer.Code() != want.Code || answer.Message() != want.Message {
				t.Errorf("got text %q, code %v, message %q", text, answer.Code(), answer.Message())
			}
		})
	}
}

func (c call) of(ctx context.Context, client providerv1.ProviderClient) (text string, err error) {
	payload := &providerv1.Json{Value: []byte(c.Payload)}
	switch c.Method {
	case "Invoke":
		response, err := client.Invoke(ctx, &providerv1.InvokeRequest{ToolName: c.Capability, Payload: payload})
		return string(response.GetResult().GetValue()), err
	case "ReadResource":
		response, err := client.ReadResource(ctx, &providerv1.ReadResourceRequest{Uri: c.Capability})
		if err != nil {
			return "", err
		}
		return response.GetContents()[0].GetText(), nil
	default:
		response, err := client.GetPrompt(ctx, &providerv1.GetPromptRequest{Name: c.Capability, Arguments: payload})
		if err != nil {
			return "", err
		}
		return response.GetMessages()[0].GetContent().GetText(), nil
	}
}

func TestTheGreetingIsAPlainText(t *testing.T) {
	response, err := start(t).client().ReadResource(t.Context(), &providerv1.ReadResourceRequest{Uri: "hello://greeting"})
	want := &providerv1.ReadResourceResponse{Contents: []*providerv1.ResourceContents{{
		Uri: "hello://greeting", MimeType: "text/plain", Body: &providerv1.ResourceContents_Text{Text: "Hello, MCP"},
	}}}
	if err != nil || !proto.Equal(response, want) {
		t.Errorf("got %v, %v", response, err)
	}
}

func TestThePlanIsOneMessageOfTheUsers(t *testing.T) {
	response, err := start(t).client().GetPrompt(t.Context(),
		&providerv1.GetPromptRequest{Name: "hello-plan", Arguments: &providerv1.Json{Value: []byte(`{"name":"Alice"}`)}})
	want := &providerv1.GetPromptResponse{
		Description: "Greet a user and propose a plan",
		Messages:    []*providerv1.PromptMessage{{Role: "user", Content: text("Hello, Alice! Let me propose a plan for you...")}},
	}
	if err != nil || !proto.Equal(response, want) {
		t.Errorf("got %v, %v", response, err)
	}
}

func TestAStreamOfEventsEndsAtOnceBecauseThereAreNone(t *testing.T) {
	events, err := start(t).client().Stream(t.Context(), &providerv1.StreamRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if event, err := events.Recv(); err != io.EOF {
		t.Errorf("got %v, %v", event, err)
	}
}

func TestAHugeKeyOrToolNameLeavesTheMessageShort(t *testing.T) {
	provider := start(t)
	huge := strings.Repeat("ü", 1<<20)
	for _, call := range [][2]string{{huge, "{}"}, {"echo.v1", `{"` + huge + `":1}`}} {
		_, err := provider.invoke(call[0], call[1])
		if message := status.Convert(err).Message(); len(message) > 300 || !strings.Contains(message, "üü…") {
			t.Errorf("a message of %d bytes: %.300s", len(message), message)
		}
	}
}

func TestTenMebibytesComeBackUnchanged(t *testing.T) {
	payload := `{"message":"` + strings.Repeat("ü", 5<<20-7) + `"}`
	if len(payload) != 10<<20 {
		t.Fatalf("the payload has %d bytes", len(payload))
	}
	response, err := start(t).invoke("echo.v1", payload)
	if err != nil || string(response.GetResult().GetValue()) != payload {
		t.Errorf("%d bytes came back: %v", len(response.GetResult().GetValue()), err)
	}
}

func TestTenMebibytesOfNumbersAreAdded(t *testing.T) {
	response, err := start(t).invoke("sum.v1", `{"numbers":[1`+strings.Repeat(",2", 5<<20-8)+`]}`)
	if err != nil || string(response.GetResult().GetValue()) != `{"sum":10485745}` {
		t.Errorf("got %v, %v", response, err)
	}
}

func TestAMessageOverTheLimitIsRefused(t *testing.T) {
	_, err := start(t).invoke("echo.v1", strings.Repeat(" ", largestMessage))
	if status.Code(err) != codes.ResourceExhausted {
		t.Error(err)
	}
}

func TestTwoHundredCallsAtOnceAreAnsweredEach(t *testing.T) {
	provider := start(t)
	var calls sync.WaitGroup
	for range 200 {
		calls.Go(func() {
			if response, err := provider.invoke("sum.v1", `{"numbers":[1,2,3]}`); err != nil || string(response.GetResult().GetValue()) != `{"sum":6}` {
				t.Errorf("got %v, %v", response, err)
			}
		})
	}
	calls.Wait()
}

func TestReflectionNamesTheServices(t *testing.T) {
	stream, err := reflectionpb.NewServerReflectionClient(start(t).connection).ServerReflectionInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(listServices); err != nil {
		t.Fatal(err)
	}
	response, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	for _, service := range []string{"provider.v1.Provider", "grpc.health.v1.Health"} {
		if !strings.Contains(response.String(), service) {
			t.Errorf("%s is not among %v", service, response)
		}
	}
}

func TestAWatchEndsWithNotServingAndTheStopDoesNotWaitForIt(t *testing.T) {
	provider := start(t)
	health := healthpb.NewHealthClient(provider.connection)
	watch, err := health.Watch(t.Context(), &healthpb.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := watch.Recv(); answer.GetStatus() != healthpb.HealthCheckResponse_SERVING {
		t.Fatalf("got %v, %v", answer, err)
	}
	stopping := time.Now()
	provider.stop()
	if answer, err := watch.Recv(); answer.GetStatus() != healthpb.HealthCheckResponse_NOT_SERVING {
		t.Errorf("got %v, %v", answer, err)
	}
	if _, err := watch.Recv(); status.Code(err) != codes.Unavailable {
		t.Errorf("the watch ended with %v", err)
	}
	if err := <-provider.ended; err != nil || time.Since(stopping) >= grace {
		t.Errorf("stopped after %v: %v", time.Since(stopping), err)
	}
}

func TestAStreamThatNeverEndsIsCutOffAtTheEndOfTheGrace(t *testing.T) {
	provider := start(t)
	stream, err := reflectionpb.NewServerReflectionClient(provider.connection).ServerReflectionInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(listServices); err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	provider.stop()
	select {
	case err := <-provider.ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * grace):
		t.Error("the server is still there")
	}
}

func TestAServerThatIsStoppedBeforeItStartsEndsWithoutAnError(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := Serve(ctx, bufconn.Listen(1), insecure.NewCredentials(), "1.2.3", slog.New(slog.DiscardHandler)); err != nil {
		t.Error(err)
	}
}

func TestEveryCallLeavesOneLineWithItsCorrelationIDAndNoPayload(t *testing.T) {
	provider := start(t)
	const id = "4b0c5b6e-6c6e-4f0e-9d9e-0a1b2c3d4e5f"
	ctx := metadata.AppendToOutgoingContext(t.Context(), correlationID, id)
	client := provider.client()
	_, _ = client.Invoke(ctx, invocation("echo.v1", `{"message":"very secret"}`))
	_, _ = client.Invoke(ctx, invocation("sum.v1", `{"numbers":[1e308,1e308]}`))
	_, _ = client.Invoke(ctx, invocation("sum.v1", `{"secret":1}`))
	_, _ = client.ReadResource(ctx, &providerv1.ReadResourceRequest{Uri: "hello://greeting"})
	_, _ = client.GetPrompt(ctx, &providerv1.GetPromptRequest{
		Name: "hello-plan", Arguments: &providerv1.Json{Value: []byte(`{"name":"secret agent"}`)},
	})
	_, _ = client.ListCapabilities(ctx, &emptypb.Empty{})
	events, err := client.Stream(ctx, &providerv1.StreamRequest{})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = events.Recv()
	_, _ = healthpb.NewHealthClient(provider.connection).Check(ctx, &healthpb.HealthCheckRequest{})
	provider.stop()
	if err := <-provider.ended; err != nil {
		t.Fatal(err)
	}

	want := []map[string]any{
		{"method": "Invoke", "capability": "echo.v1", "code": "OK"},
		{"method": "Invoke", "capability": "sum.v1", "code": "OK", "is_error": true},
		{"method": "Invoke", "capability": "sum.v1", "code": "InvalidArgument"},
		{"method": "ReadResource", "capability": "hello://greeting", "code": "OK"},
		{"method": "GetPrompt", "capability": "hello-plan", "code": "OK"},
		{"method": "ListCapabilities", "code": "OK"},
		{"method": "Stream", "code": "OK"},
	}
	lines := strings.Split(strings.TrimSpace(provider.log.String()), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d lines: %s", len(lines), provider.log)
	}
	for i, line := range lines {
		var got map[string]any
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if _, err := time.Parse(time.RFC3339Nano, got["timestamp"].(string)); err != nil {
			t.Error(err)
		}
		if _, isNumber := got["duration_ms"].(float64); !isNumber || got["correlation_id"] != id || got["level"] != "INFO" {
			t.Errorf("line %d is %s", i, line)
		}
		for _, field := range []string{"method", "capability", "code", "is_error"} {
			if got[field] != want[i][field] {
				t.Errorf("line %d: %s is %v", i, field, got[field])
			}
		}
		if strings.Contains(line, "secret") {
			t.Errorf("line %d tells a payload: %s", i, line)
		}
	}
}

var listServices = &reflectionpb.ServerReflectionRequest{MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{}}

// running is a server in this process, and a connection to it.
type running struct {
	t          *testing.T
	connection *grpc.ClientConn
	stop       context.CancelFunc
	ended      <-chan error
	log        *bytes.Buffer // to be read after the end
}

func start(t *testing.T) running {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	log := &bytes.Buffer{}
	go func() { ended <- Serve(ctx, listener, insecure.NewCredentials(), "1.2.3", NewLog(log)) }()
	connection, err := grpc.NewClient("passthrough:bufconn",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(largestMessage), grpc.MaxCallSendMsgSize(2*largestMessage)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return running{t, connection, stop, ended, log}
}

func (r running) client() providerv1.ProviderClient {
	return providerv1.NewProviderClient(r.connection)
}

func (r running) invoke(tool, payload string) (*providerv1.InvokeResponse, error) {
	return r.client().Invoke(r.t.Context(), invocation(tool, payload))
}

func invocation(tool, payload string) *providerv1.InvokeRequest {
	return &providerv1.InvokeRequest{ToolName: tool, Payload: &providerv1.Json{Value: []byte(payload)}}
}
