// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/vector"
)

// fault is one way of being wrong, and the only check that may find something then.
type fault struct {
	check  string
	wrong  string
	spoil  func(*provider)
	vector string // where the fault is in what a vector expects
}

var faults = []fault{
	{check: "list.answers", wrong: "there is no ListCapabilities", spoil: onMethod("ListCapabilities", refuse(codes.Unimplemented))},
	{check: "list.answers", wrong: "ListCapabilities is not ready", spoil: onMethod("ListCapabilities", refuse(codes.Unavailable))},
	{check: "list.is-fast", wrong: "the first list takes more than 2.5 s", spoil: func(p *provider) {
		var first sync.Once
		onMethod("ListCapabilities", func(_ any, proceed func() (any, error)) (any, error) {
			first.Do(func() { <-time.After(hurried.List + 100*time.Millisecond) })
			return proceed()
		})(p)
	}},
	{check: "list.is-steady", wrong: "the order of tools changes", spoil: func(p *provider) {
		var calls atomic.Int32
		onMethod("ListCapabilities", func(any, func() (any, error)) (any, error) {
			offered := proto.CloneOf(p.offered)
			if calls.Add(1)%2 == 0 {
				slices.Reverse(offered.Tools)
			}
			return offered, nil
		})(p)
	}},
	{check: "list.is-known", wrong: "a tool has a field of a later contract", spoil: func(p *provider) {
		p.offered.Tools[drawTool].ProtoReflect().SetUnknown(protoreflect.RawFields(unknownFields))
	}},

	{check: "definitions.tool-names", wrong: "a name has a space", spoil: func(p *provider) { p.offered.Tools[drawTool].Name = "draw a.v1" }},
	{check: "definitions.tool-names", wrong: "a name has 129 characters", spoil: func(p *provider) {
		p.offered.Tools[drawTool].Name = strings.Repeat("a", 126) + ".v1"
	}},
	{check: "definitions.tools-once", wrong: "a tool is listed twice", spoil: func(p *provider) {
		p.offered.Tools = append(p.offered.Tools, p.offered.Tools[echoTool])
	}},
	{check: "definitions.tool-versions", wrong: "a tool has no version", spoil: func(p *provider) { p.offered.Tools[drawTool].Name = "draw" }},
	{check: "definitions.tool-descriptions", wrong: "a tool has no description", spoil: func(p *provider) { p.offered.Tools[drawTool].Description = " " }},
	{check: "definitions.resource-names", wrong: "a resource has no scheme", spoil: func(p *provider) { p.offered.Resources[pixel].UriScheme = "" }},
	{check: "definitions.resource-names", wrong: "a scheme has its colon", spoil: func(p *provider) { p.offered.Resources[pixel].UriScheme = "sample:" }},
	{check: "definitions.resource-names", wrong: "the scheme is not that of the URI", spoil: func(p *provider) { p.offered.Resources[pixel].UriScheme = "other" }},
	{check: "definitions.resource-names", wrong: "a resource has no name", spoil: func(p *provider) { p.offered.Resources[pixel].Name = "" }},
	{check: "definitions.uri-or-template", wrong: "a resource has both", spoil: func(p *provider) {
		p.offered.Resources[pixel].UriTemplate = "sample://pixels/{id}"
	}},
	{check: "definitions.uris", wrong: "a URI has a space", spoil: func(p *provider) { p.offered.Resources[pixel].Uri = "sample://a pixel" }},
	{check: "definitions.uris", wrong: "a URI has no scheme", spoil: func(p *provider) { p.offered.Resources[pixel].Uri = "/pixel" }},
	{check: "definitions.templates", wrong: "an expression has no end", spoil: func(p *provider) {
		p.offered.Resources[notes].UriTemplate = "sample://notes/{id"
	}},
	{check: "definitions.resources-once", wrong: "a URI is listed twice", spoil: func(p *provider) {
		p.offered.Resources = append(p.offered.Resources, p.offered.Resources[pixel])
	}},
	{check: "definitions.mime-types", wrong: "a MIME type has no slash", spoil: func(p *provider) { p.offered.Resources[pixel].MimeType = "png" }},
	{check: "definitions.prompt-names", wrong: "a name begins with a space", spoil: func(p *provider) { p.offered.Prompts[barePrompt].Name = " bare" }},
	{check: "definitions.prompts-once", wrong: "a prompt is listed twice", spoil: func(p *provider) {
		p.offered.Prompts = append(p.offered.Prompts, p.offered.Prompts[planPrompt])
	}},

	{check: "schemas.input-given", wrong: "a tool has no input schema", spoil: func(p *provider) { p.offered.Tools[drawTool].InputSchema = nil }},
	{check: "schemas.size", wrong: "a schema has more than 256 KiB", spoil: drawInput(`{"type":"object","title":"` + strings.Repeat("a", 256<<10) + `"}`)},
	{check: "schemas.json", wrong: "a schema has a key twice", spoil: drawInput(`{"type":"object","type":"object"}`)},
	{check: "schemas.json", wrong: "a schema is empty", spoil: drawInput(``)},
	{check: "schemas.dialect", wrong: "a type is misspelt", spoil: drawInput(`{"type":"object","properties":{"a":{"type":"sting"}}}`)},
	{check: "schemas.dialect", wrong: "a schema is of draft 7", spoil: drawInput(`{"$schema":"http://json-schema.org/draft-07/schema#","type":"object"}`)},
	{check: "schemas.references", wrong: "a $ref leads elsewhere", spoil: drawInput(`{"type":"object","properties":{"a":{"$ref":"https://example.org/a"}}}`)},
	{check: "schemas.references", wrong: "a $ref leads back to itself", spoil: drawInput(`{"type":"object","allOf":[{"$ref":"#"}]}`)},
	{check: "schemas.input-root", wrong: "an input schema hides its root behind a $ref", spoil: drawInput(`{"$ref":"#/$defs/a","$defs":{"a":` + emptySchema + `}}`)},
	{check: "schemas.output-root", wrong: "an output schema does not say object", spoil: func(p *provider) {
		p.offered.Tools[echoTool].OutputSchema.Value = []byte(`{"required":["message"]}`)
	}},
	{check: "schemas.patterns", wrong: "a pattern looks ahead", spoil: drawInput(`{"type":"object","properties":{"a":{"type":"string","pattern":"(?=a)"}}}`)},
	{check: "schemas.prompt-arguments", wrong: "an argument is an array", spoil: func(p *provider) {
		p.offered.Prompts[planPrompt].ArgsSchema.Value = []byte(`{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"tags":{"type":"array"}},"additionalProperties":false}`)
	}},

	{check: "invoke.unknown-tool", wrong: "a tool without a name is a fault of its own", spoil: onTool(func(name string, payload []byte) bool { return name == "" }, refuse(codes.Internal))},
	{check: "invoke.unknown-tool", wrong: "names are compared without case", spoil: onTool(func(name string, payload []byte) bool { return name == "ECHO.V1" }, emptyResult)},
	{check: "invoke.payload-absent", wrong: "no payload counts as an empty one", spoil: onTool(func(name string, payload []byte) bool { return name == "draw.v1" && payload == nil }, emptyResult)},
	{check: "invoke.payload-not-json", wrong: "only the first value is looked at", spoil: onTool(func(name string, payload []byte) bool {
		return name == "draw.v1" && string(payload) == `{} {}`
	}, emptyResult)},
	{check: "invoke.payload-not-json", wrong: "what is not JSON is a fault of the provider", spoil: onTool(func(name string, payload []byte) bool {
		return name == "draw.v1" && string(payload) == `{`
	}, refuse(codes.Unknown))},
	{check: "invoke.payload-wrong", wrong: "properties that nobody knows are accepted", spoil: onTool(func(name string, payload []byte) bool {
		return name == "draw.v1" && strings.Contains(string(payload), "no such property")
	}, emptyResult)},
	{check: "invoke.payload-wrong", wrong: "arguments need not be an object", spoil: onTool(func(name string, payload []byte) bool {
		return name == "draw.v1" && string(payload) == "[]"
	}, emptyResult)},
	{check: "invoke.answers", wrong: "a tool refuses what its schema allows", spoil: onTool(validDraw, refuse(codes.InvalidArgument))},
	{check: "invoke.answers", wrong: "a tool that fails does so with a status", spoil: onTool(validDraw, refuse(codes.Unknown))},
	{check: "invoke.result-given", wrong: "an answer is empty", spoil: onTool(validDraw, answerWith(&providerv1.InvokeResponse{}))},
	{check: "invoke.result-json", wrong: "a result has a NaN", spoil: onTool(validDraw, answerWith(&providerv1.InvokeResponse{Result: text([]byte(`{"x":NaN}`))}))},
	{check: "invoke.result-json", wrong: "a result is not UTF-8", spoil: onTool(validDraw, answerWith(&providerv1.InvokeResponse{Result: text([]byte("\"\xff\""))}))},
	{check: "invoke.result-json", wrong: "a result has a key twice", spoil: onTool(validDraw, answerWith(&providerv1.InvokeResponse{Result: text([]byte(`{"a":1,"a":2}`))}))},
	{check: "invoke.result-json", wrong: "a result is there but empty", spoil: onTool(validDraw, answerWith(&providerv1.InvokeResponse{Result: text([]byte{})}))},
	{check: "invoke.result-conforms", wrong: "a result has more than its schema allows", spoil: func(p *provider) {
		onMethod("Invoke", func(request any, proceed func() (any, error)) (any, error) {
			response, err := proceed()
			if asked := request.(*providerv1.InvokeRequest); err == nil && asked.GetToolName() == "echo.v1" {
				more := strings.TrimSuffix(string(asked.GetPayload().GetValue()), "}") + `,"more":1}`
				response = &providerv1.InvokeResponse{Result: text([]byte(more))}
			}
			return response, err
		})(p)
	}},
	{check: "invoke.content", wrong: "an image has no MIME type", spoil: onTool(validDraw, answerWith(&providerv1.InvokeResponse{Content: []*providerv1.Content{
		{Kind: &providerv1.Content_Image{Image: &providerv1.Blob{Data: []byte{1}}}},
	}}))},
	{check: "invoke.content", wrong: "a block of content is empty", spoil: onTool(validDraw, answerWith(&providerv1.InvokeResponse{Content: []*providerv1.Content{{}}}))},
	{check: "invoke.failure-says-why", wrong: "a failure has no content", spoil: onTool(validDraw, answerWith(&providerv1.InvokeResponse{IsError: true, Result: text([]byte("{}"))}))},

	{check: "read.listed", wrong: "a listed resource is not there", spoil: onURI("sample://pixel", refuse(codes.NotFound))},
	{check: "read.contents", wrong: "contents have another URI", spoil: onURI("sample://greeting", answerWith(&providerv1.ReadResourceResponse{
		Contents: []*providerv1.ResourceContents{pixelContents()},
	}))},
	{check: "read.contents", wrong: "there are no contents", spoil: onURI("sample://pixel", answerWith(&providerv1.ReadResourceResponse{}))},
	{check: "read.contents", wrong: "contents have no body", spoil: onURI("sample://pixel", answerWith(&providerv1.ReadResourceResponse{
		Contents: []*providerv1.ResourceContents{{Uri: "sample://pixel"}},
	}))},
	{check: "read.unknown", wrong: "an unknown URI is a fault of the provider", spoil: onURI("sample://conformance-no-such-resource/at/all", refuse(codes.Internal))},
	{check: "read.malformed", wrong: "what is no URI is a fault of the provider", spoil: onURI("", refuse(codes.Unknown))},

	{check: "prompt.unknown", wrong: "a prompt without a name is a fault of the provider", spoil: onPrompt(func(name string, arguments []byte) bool { return name == "" }, refuse(codes.Internal))},
	{check: "prompt.arguments-wrong", wrong: "arguments that are no object are accepted", spoil: onPrompt(func(name string, arguments []byte) bool {
		return name == "plan" && string(arguments) == "[]"
	}, answerWith(planMessages("user")))},
	{check: "prompt.arguments-wrong", wrong: "absent arguments are accepted", spoil: onPrompt(func(name string, arguments []byte) bool {
		return name == "plan" && arguments == nil
	}, answerWith(planMessages("user")))},
	{check: "prompt.answers", wrong: "a prompt refuses what it should take", spoil: onPrompt(func(name string, arguments []byte) bool { return name == "bare" }, refuse(codes.InvalidArgument))},
	{check: "prompt.messages", wrong: "a message is by the system", spoil: onPrompt(func(name string, arguments []byte) bool { return name == "bare" }, answerWith(planMessages("system")))},
	{check: "prompt.messages", wrong: "there are no messages", spoil: onPrompt(func(name string, arguments []byte) bool { return name == "bare" }, answerWith(&providerv1.GetPromptResponse{}))},

	{check: "stream.answers", wrong: "a stream that has nothing to say fails", spoil: onEvents(func(request *providerv1.StreamRequest, out grpc.ServerStreamingServer[providerv1.CloudEvent]) error {
		if len(request.GetTypes()) > 0 {
			return errSpoilt
		}
		return nil
	})},
	{check: "stream.types", wrong: "events of all types are sent", spoil: onEvents(func(_ *providerv1.StreamRequest, out grpc.ServerStreamingServer[providerv1.CloudEvent]) error {
		return out.Send(tick())
	})},
	{check: "stream.events", wrong: "an event has no id", spoil: onAllEvents(func(event *providerv1.CloudEvent) { event.Id = "" })},
	{check: "stream.events", wrong: "an event is of no version", spoil: onAllEvents(func(event *providerv1.CloudEvent) { event.Specversion = "" })},
	{check: "stream.events", wrong: "an event's JSON is none", spoil: onAllEvents(func(event *providerv1.CloudEvent) { event.Data.Value = []byte("{") })},
	{check: "stream.events", wrong: "an event is sent twice", spoil: onEvents(func(request *providerv1.StreamRequest, out grpc.ServerStreamingServer[providerv1.CloudEvent]) error {
		if len(request.GetTypes()) > 0 {
			return nil
		}
		_ = out.Send(tick())
		return out.Send(tick())
	})},

	{check: "metadata.no-correlation-id", wrong: "a call without an id is refused", spoil: func(p *provider) {
		p.onCall = func(ctx context.Context, _ string, _ any, proceed func() (any, error)) (any, error) {
			if len(metadata.ValueFromIncomingContext(ctx, correlationID)) == 0 {
				return nil, status.Error(codes.InvalidArgument, "no correlation id")
			}
			return proceed()
		}
	}},
	{check: "metadata.unknown", wrong: "a bad traceparent is refused", spoil: func(p *provider) {
		p.onCall = func(ctx context.Context, _ string, _ any, proceed func() (any, error)) (any, error) {
			if len(metadata.ValueFromIncomingContext(ctx, "traceparent")) > 0 {
				return nil, status.Error(codes.InvalidArgument, "bad traceparent")
			}
			return proceed()
		}
	}},
	{check: "growth.unknown-fields", wrong: "fields of a later contract are refused", spoil: func(p *provider) {
		p.onCall = func(_ context.Context, _ string, request any, proceed func() (any, error)) (any, error) {
			if len(request.(proto.Message).ProtoReflect().GetUnknown()) > 0 {
				return nil, status.Error(codes.InvalidArgument, "unknown field")
			}
			return proceed()
		}
	}},
	{check: "growth.unknown-method", wrong: "an unknown method is a fault of the provider", spoil: func(p *provider) {
		p.serverOptions = append(p.serverOptions, grpc.UnknownServiceHandler(func(any, grpc.ServerStream) error { return errSpoilt }))
	}},

	{check: "limits.request", wrong: "the limit on what is received is the library's", spoil: func(p *provider) {
		p.serverOptions = append(p.serverOptions, grpc.MaxRecvMsgSize(1<<20))
	}},
	{check: "limits.answer", wrong: "the limit on what is sent is too low", spoil: func(p *provider) {
		p.serverOptions = append(p.serverOptions, grpc.MaxSendMsgSize(1<<20))
	}},
	{check: "limits.answer", wrong: "a long text is cut", spoil: onTool(func(name string, payload []byte) bool { return name == "echo.v1" && len(payload) > 1<<20 },
		answerWith(&providerv1.InvokeResponse{Result: text([]byte(`{"message":"üü"}`))}))},

	{check: "concurrency.calls", wrong: "calls that meet get each other's answers", spoil: func(p *provider) {
		var mu sync.Mutex
		var last []byte
		p.onCall = func(_ context.Context, method string, request any, proceed func() (any, error)) (any, error) {
			asked, is := request.(*providerv1.InvokeRequest)
			if !is || asked.GetToolName() != "echo.v1" || !strings.Contains(string(asked.GetPayload().GetValue()), "-number-") {
				return proceed()
			}
			mu.Lock()
			defer mu.Unlock()
			mine := asked.GetPayload().GetValue()
			if last == nil {
				last = mine
			}
			return &providerv1.InvokeResponse{Result: text(last)}, nil
		}
	}},
	{check: "concurrency.connections", wrong: "only five connections are accepted", spoil: func(p *provider) { p.mostConnection = 5 }},

	{check: "health.check", wrong: "Check says NOT_SERVING", spoil: func(p *provider) { p.health = wrongHealth{check: true} }},
	{check: "health.watch", wrong: "Watch says nothing", spoil: func(p *provider) { p.health = wrongHealth{watch: true} }},
	{check: "reflection.lists", wrong: "there is no reflection", spoil: func(p *provider) { p.noReflection = true }},

	{check: "vectors.answers", wrong: "a result is spelt in another way", vector: `{"name": "a", "capability": "echo.v1", "payload": "{\"message\": \"ü\"}", "result": "{\"message\":\"ü\"}"}`},
	{check: "vectors.answers", wrong: "a failure has another text", vector: `{"name": "a", "capability": "divide.v1", "payload": "{}", "failure": "division by 0"}`},
	{check: "vectors.answers", wrong: "a refusal has another text", vector: `{"name": "a", "capability": "echo.v1", "payload": "[]", "refusal": "no"}`},
	{check: "vectors.answers", wrong: "a message is another", vector: `{"name": "a", "capability": "none.v1", "payload": "{}", "code": "NOT_FOUND", "message": "no"}`},
	{check: "vectors.answers", wrong: "what should fail succeeds", vector: `{"name": "a", "capability": "echo.v1", "payload": "{\"message\":\"ü\"}", "failure": "no"}`},
	{check: "vectors.answers", wrong: "a code is another", vector: `{"name": "a", "capability": "echo.v1", "payload": "[]", "code": "NOT_FOUND"}`},
	{check: "vectors.answers", wrong: "a resource has another text", vector: `{"name": "a", "method": "ReadResource", "capability": "sample://greeting", "text": "Hi"}`},
	{check: "vectors.answers", wrong: "a prompt has another message", vector: `{"name": "a", "method": "GetPrompt", "capability": "bare", "payload": "{}", "text": "another"}`},

	{check: "deadlines.expired", wrong: "a call whose deadline has passed keeps a lock", spoil: func(p *provider) {
		keepLockWhen(p, func(ctx context.Context) bool {
			deadline, set := ctx.Deadline()
			return set && time.Until(deadline) < 10*time.Millisecond
		})
	}},
	{check: "deadlines.cancelled", wrong: "a stream that is cancelled keeps a lock", spoil: func(p *provider) {
		var streams atomic.Int32
		p.onStream = func(request *providerv1.StreamRequest, out grpc.ServerStreamingServer[providerv1.CloudEvent]) error {
			streams.Add(1)
			<-out.Context().Done()
			return nil
		}
		keepLockWhen(p, func(context.Context) bool { return streams.Load() > 10 })
	}},
	{check: "pings.permitted", wrong: "an idle connection is closed", spoil: func(p *provider) {
		p.serverOptions = append(p.serverOptions, grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: 50 * time.Millisecond}))
	}},
	{check: "messages.short", wrong: "a message is a stack trace", spoil: onTool(func(name string, _ []byte) bool { return name == "" },
		func(any, func() (any, error)) (any, error) {
			return nil, status.Error(codes.NotFound, "unknown tool\n\tat line 1")
		})},
	{check: "log.correlation-id", wrong: "the log leaves the id of some calls out", spoil: func(p *provider) {
		line := p.logLine
		p.logLine = func(method, id string, request any) string {
			if method == "GetPrompt" {
				id = "lost"
			}
			return line(method, id, request)
		}
	}},
	{check: "log.no-arguments", wrong: "the log tells the arguments", spoil: func(p *provider) {
		p.logLine = func(method, id string, request any) string {
			if asked, is := request.(*providerv1.InvokeRequest); is && len(asked.GetPayload().GetValue()) < 1000 {
				method += " " + string(asked.GetPayload().GetValue())
			}
			return fmt.Sprintf("%s %s\n", id, method)
		}
	}},
}

// judgeNothing is the fault that needs no provider: there is none.
const judgeNothing = "connection.opens"

func TestAProviderThatKeepsTheContractPasses(t *testing.T) {
	p := rightProvider()
	for id, result := range judged(t, Options{Connect: p.connections(t), Log: p.readLog, Vectors: vectors(t, rightVectors), Pings: true}) {
		if process := result.Area() == "process"; process != (result.Verdict == Skip) || !process && result.Verdict != OK {
			t.Errorf("%s: %s %s %v", id, result.Verdict, result.Remark, result.Broken)
		}
	}
}

const rightVectors = `{"name": "a", "capability": "echo.v1", "payload": "{\"message\":\"ü\"}", "result": "{\"message\":\"ü\"}"},
	{"name": "b", "capability": "divide.v1", "payload": "{}", "failure": "division by zero"},
	{"name": "c", "capability": "echo.v1", "payload": "", "code": "INVALID_ARGUMENT"},
	{"name": "d", "method": "ReadResource", "capability": "sample://greeting", "text": ""},
	{"name": "e", "method": "GetPrompt", "capability": "bare", "payload": "{}", "text": "a plan"},
	{"name": "f", "capability": "none.v1", "payload": "{}", "code": "NOT_FOUND"}`

func TestEveryFaultIsFoundByItsOwnCheckAndByNoOther(t *testing.T) {
	for _, fault := range faults {
		t.Run(fault.check+": "+fault.wrong, func(t *testing.T) {
			t.Parallel()
			p := rightProvider()
			options := Options{Log: p.readLog, Pings: fault.check == "pings.permitted"}
			if fault.vector != "" {
				options.Vectors = vectors(t, fault.vector)
			} else {
				fault.spoil(p)
			}
			options.Connect = p.connections(t)
			results := judged(t, options)
			found := brokenIn(results)
			want := Fail
			if results[fault.check].Should {
				want = Note
			}
			if len(found) != 1 || found[fault.check] != want {
				for id := range found {
					t.Errorf("%s found %v", id, results[id].Broken)
				}
				if len(found) == 0 {
					t.Errorf("nothing was found: %v", results[fault.check])
				}
			}
		})
	}
}

func TestWhereNobodyListensNothingElseIsBlamed(t *testing.T) {
	p := rightProvider()
	connect := p.connections(t)
	nobody := func(more ...grpc.DialOption) (*grpc.ClientConn, error) {
		return connect(append(more, grpc.WithContextDialer(refuseToDial))...)
	}
	patience := hurried
	patience.Start = 200 * time.Millisecond
	results := judged(t, Options{Connect: nobody, Patience: patience})
	if found := brokenIn(results); len(found) != 1 || found[judgeNothing] != Fail {
		t.Errorf("found %v", found)
	}
	if results["invoke.answers"].Verdict != Skip {
		t.Error("a tool was called where nobody listens")
	}
}

func TestAProviderWithoutAHealthServiceIsTold(t *testing.T) {
	p := rightProvider()
	p.health = nil
	results := judged(t, Options{Connect: p.connections(t)})
	if len(brokenIn(results)) > 0 || results["health.check"].Verdict != Note || results["health.watch"].Verdict != Note {
		t.Errorf("found %v, %v, %v", brokenIn(results), results["health.check"], results["health.watch"])
	}
}

func TestAProviderWithNothingToOfferPasses(t *testing.T) {
	p := rightProvider()
	p.offered = &providerv1.Capabilities{}
	p.onCall = func(_ context.Context, method string, _ any, proceed func() (any, error)) (any, error) {
		if method != "ListCapabilities" {
			return nil, status.Error(codes.Unimplemented, "not here")
		}
		return proceed()
	}
	p.onStream = func(*providerv1.StreamRequest, grpc.ServerStreamingServer[providerv1.CloudEvent]) error {
		return status.Error(codes.Unimplemented, "not here")
	}
	if found := brokenIn(judged(t, Options{Connect: p.connections(t), Log: p.readLog})); len(found) > 0 {
		t.Errorf("found %v", found)
	}
}

func TestAProviderThatStopsAnsweringIsNotAskedFurther(t *testing.T) {
	p := rightProvider()
	server := make(chan struct{})
	onURI("", func(any, func() (any, error)) (any, error) {
		close(server)
		return nil, errSpoilt
	})(p)
	answered := p.onCall
	p.onCall = func(ctx context.Context, method string, request any, proceed func() (any, error)) (any, error) {
		select {
		case <-server:
			<-ctx.Done()
			return nil, ctx.Err()
		default:
			return answered(ctx, method, request, proceed)
		}
	}
	patience := hurried
	patience.Call = 200 * time.Millisecond
	results := judged(t, Options{Connect: p.connections(t), Patience: patience})
	if found := brokenIn(results); len(found) != 1 || !strings.Contains(results["prompt.unknown"].Remark, "since read.malformed") {
		t.Errorf("found %v, then %q", found, results["prompt.unknown"].Remark)
	}
}

func TestAToolThatMustNotBeCalledIsNotCalledWithValidArguments(t *testing.T) {
	p := rightProvider()
	onTool(validDraw, func(any, func() (any, error)) (any, error) {
		t.Error("it was called")
		return nil, errSpoilt
	})(p)
	judged(t, Options{Connect: p.connections(t), DoNotCall: []string{"draw.v1"}})
}

func TestThereIsAFaultForEveryCheck(t *testing.T) {
	tried := map[string]bool{judgeNothing: true}
	for _, fault := range faults {
		tried[fault.check] = true
	}
	for _, fault := range processFaults {
		tried[fault.check] = true
	}
	known := map[string]bool{}
	for _, check := range Checks() {
		if known[check.ID] {
			t.Errorf("%s stands there twice", check.ID)
		}
		known[check.ID] = true
		if !tried[check.ID] {
			t.Errorf("nothing proves that %s finds anything: add a fault for it", check.ID)
		}
	}
	for id := range tried {
		if !known[id] {
			t.Errorf("there is a fault for %s, which is no check", id)
		}
	}
}

func TestEveryCheckSaysWhereItsRuleStandsAndWhatToDo(t *testing.T) {
	contract, err := os.ReadFile("../../../../proto/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, check := range Checks() {
		if !strings.Contains(string(contract), "# "+check.Section+"\n") {
			t.Errorf("%s: proto/README.md has no section %q", check.ID, check.Section)
		}
		if check.Sentence == "" || check.Rule == "" || check.Remedy == "" {
			t.Errorf("%s lacks a sentence, a rule or a remedy", check.ID)
		}
	}
}

func TestTheLargestMessageIsOfTheLargestSize(t *testing.T) {
	request := &providerv1.InvokeRequest{ToolName: noSuchName, Payload: text([]byte(`{"conformance":"`))}
	pad(request, LargestMessage)
	if size := proto.Size(request); size != LargestMessage {
		t.Errorf("it has %d bytes, want %d", size, LargestMessage)
	}
}

func onMethod(method string, answer func(request any, proceed func() (any, error)) (any, error)) func(*provider) {
	return func(p *provider) {
		p.onCall = func(_ context.Context, called string, request any, proceed func() (any, error)) (any, error) {
			if called != method {
				return proceed()
			}
			return answer(request, proceed)
		}
	}
}

func onTool(chosen func(name string, payload []byte) bool, answer func(any, func() (any, error)) (any, error)) func(*provider) {
	return onMethod("Invoke", func(request any, proceed func() (any, error)) (any, error) {
		asked := request.(*providerv1.InvokeRequest)
		var payload []byte
		if asked.GetPayload() != nil {
			payload = append([]byte{}, asked.GetPayload().GetValue()...)
		}
		if !chosen(asked.GetToolName(), payload) {
			return proceed()
		}
		return answer(request, proceed)
	})
}

func onURI(uri string, answer func(any, func() (any, error)) (any, error)) func(*provider) {
	return onMethod("ReadResource", func(request any, proceed func() (any, error)) (any, error) {
		if request.(*providerv1.ReadResourceRequest).GetUri() != uri {
			return proceed()
		}
		return answer(request, proceed)
	})
}

func onPrompt(chosen func(name string, arguments []byte) bool, answer func(any, func() (any, error)) (any, error)) func(*provider) {
	return onMethod("GetPrompt", func(request any, proceed func() (any, error)) (any, error) {
		asked := request.(*providerv1.GetPromptRequest)
		var arguments []byte
		if asked.GetArguments() != nil {
			arguments = append([]byte{}, asked.GetArguments().GetValue()...)
		}
		if !chosen(asked.GetName(), arguments) {
			return proceed()
		}
		return answer(request, proceed)
	})
}

func onEvents(stream func(*providerv1.StreamRequest, grpc.ServerStreamingServer[providerv1.CloudEvent]) error) func(*provider) {
	return func(p *provider) { p.onStream = stream }
}

func onAllEvents(spoil func(*providerv1.CloudEvent)) func(*provider) {
	return onEvents(func(request *providerv1.StreamRequest, out grpc.ServerStreamingServer[providerv1.CloudEvent]) error {
		if len(request.GetTypes()) > 0 {
			return nil
		}
		event := tick()
		spoil(event)
		return out.Send(event)
	})
}

func drawInput(schema string) func(*provider) {
	return func(p *provider) { p.offered.Tools[drawTool].InputSchema = &providerv1.Json{Value: []byte(schema)} }
}

func validDraw(name string, payload []byte) bool { return name == "draw.v1" && string(payload) == "{}" }

func refuse(code codes.Code) func(any, func() (any, error)) (any, error) {
	return func(any, func() (any, error)) (any, error) { return nil, status.Error(code, errSpoilt.Error()) }
}

func answerWith(response any) func(any, func() (any, error)) (any, error) {
	return func(any, func() (any, error)) (any, error) { return response, nil }
}

var emptyResult = answerWith(&providerv1.InvokeResponse{Result: text([]byte("{}"))})

func planMessages(role string) *providerv1.GetPromptResponse {
	return &providerv1.GetPromptResponse{Messages: []*providerv1.PromptMessage{{Role: role, Content: textContent("a plan")}}}
}

// keepLockWhen makes every call need a lock that a call of the kind given never gives back.
func keepLockWhen(p *provider, kept func(context.Context) bool) {
	lock := make(chan struct{}, 1)
	p.onCall = func(ctx context.Context, _ string, _ any, proceed func() (any, error)) (any, error) {
		select {
		case lock <- struct{}{}:
		case <-ctx.Done():
			return nil, status.FromContextError(ctx.Err()).Err()
		}
		if kept(ctx) {
			<-ctx.Done()
			return nil, status.FromContextError(ctx.Err()).Err()
		}
		defer func() { <-lock }()
		return proceed()
	}
}

// wrongHealth is SERVING but for what is set.
type wrongHealth struct {
	healthpb.UnimplementedHealthServer
	check, watch bool
}

func (w wrongHealth) Check(context.Context, *healthpb.HealthCheckRequest) (*healthpb.HealthCheckResponse, error) {
	if w.check {
		return &healthpb.HealthCheckResponse{Status: healthpb.HealthCheckResponse_NOT_SERVING}, nil
	}
	return &healthpb.HealthCheckResponse{Status: healthpb.HealthCheckResponse_SERVING}, nil
}

func (w wrongHealth) Watch(_ *healthpb.HealthCheckRequest, out grpc.ServerStreamingServer[healthpb.HealthCheckResponse]) error {
	if !w.watch {
		_ = out.Send(&healthpb.HealthCheckResponse{Status: healthpb.HealthCheckResponse_SERVING})
	}
	<-out.Context().Done()
	return nil
}

func vectors(t *testing.T, written string) []vector.File {
	t.Helper()
	path := t.TempDir() + "/vectors.json"
	if err := os.WriteFile(path, []byte("["+written+"]"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := vector.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return []vector.File{file}
}

func refuseToDial(context.Context, string) (net.Conn, error) { return nil, errSpoilt }
