package server

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
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
	"google.golang.org/protobuf/types/known/emptypb"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
)

func TestTheCapabilitiesAreBothToolsWithTheirSchemas(t *testing.T) {
	offered, err := start(t).client().ListCapabilities(t.Context(), &emptypb.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"echo.v1": "Returns input message unchanged", "sum.v1": "Sums an array of numbers"}
	if len(offered.GetTools()) != len(want) || offered.GetProviderVersion() != "1.2.3" {
		t.Errorf("offered is %v", offered)
	}
	for _, tool := range offered.GetTools() {
		if tool.GetDescription() != want[tool.GetName()] {
			t.Errorf("%s is described as %q", tool.GetName(), tool.GetDescription())
		}
		if !json.Valid(tool.GetInputSchema().GetValue()) || !json.Valid(tool.GetOutputSchema().GetValue()) {
			t.Errorf("%s lacks a schema", tool.GetName())
		}
	}
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

func TestWhatBreaksTheContractIsAStatus(t *testing.T) {
	provider := start(t)
	for _, call := range []struct {
		tool, payload string
		code          codes.Code
		message       string
	}{
		{"echo.v1", `{"message":5}`, codes.InvalidArgument, "echo.v1: /message must be a string"},
		{"sum.v1", `{"numbers":["x"]}`, codes.InvalidArgument, "sum.v1: /numbers/0 must be a number"},
		{"sum.v1", ``, codes.InvalidArgument, "sum.v1: the arguments are not valid JSON in UTF-8"},
		{"echo.v2", `{}`, codes.NotFound, `unknown tool "echo.v2"`},
		{"Echo.v1", `{}`, codes.NotFound, `unknown tool "Echo.v1"`},
		{"", `{}`, codes.NotFound, `unknown tool ""`},
	} {
		_, err := provider.invoke(call.tool, call.payload)
		if status.Code(err) != call.code || status.Convert(err).Message() != call.message {
			t.Errorf("%s of %s: %v", call.tool, call.payload, err)
		}
	}
}

func TestAnInvocationWithoutAPayloadIsRefused(t *testing.T) {
	_, err := start(t).client().Invoke(t.Context(), &providerv1.InvokeRequest{ToolName: "echo.v1"})
	if status.Code(err) != codes.InvalidArgument {
		t.Error(err)
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

func TestResourcesPromptsAndEventsAreUnimplemented(t *testing.T) {
	client := start(t).client()
	_, read := client.ReadResource(t.Context(), &providerv1.ReadResourceRequest{Uri: "hello://greeting"})
	_, prompt := client.GetPrompt(t.Context(), &providerv1.GetPromptRequest{Name: "hello-plan"})
	events, err := client.Stream(t.Context(), &providerv1.StreamRequest{})
	if err != nil {
		t.Fatal(err)
	}
	_, stream := events.Recv()
	for _, err := range []error{read, prompt, stream} {
		if status.Code(err) != codes.Unimplemented {
			t.Error(err)
		}
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
	if err := Serve(ctx, bufconn.Listen(1), "1.2.3", slog.New(slog.DiscardHandler)); err != nil {
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
		{"method": "ListCapabilities", "code": "OK"},
		{"method": "Stream", "code": "Unimplemented"},
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
	go func() { ended <- Serve(ctx, listener, "1.2.3", NewLog(log)) }()
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
