// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/process"
	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/schema"
	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/vector"
)

const (
	correlationID = "x-correlation-id"

	// mostSamples bounds how many tools, resources and prompts are called each.
	mostSamples = 32
	// mostRemembered bounds the calls of which the log is to speak.
	mostRemembered = 2000
)

// trial is what the checks of one run share. The checks run one after another; only calls run beside each other.
type trial struct {
	ctx     context.Context
	options Options
	program *process.Program // nil where the judge did not start it

	connection *grpc.ClientConn
	gone       string // why nothing more can be asked; empty while it can

	offered *providerv1.Capabilities // never nil
	listed  time.Duration
	tools   []*tool
	prompts []*prompt

	refusesLarge bool // whether a message of the largest size was refused

	secret string // the text in the free strings of all arguments that are made up

	mu      sync.Mutex
	ids     []string // of the calls that were answered
	refused []refusal
}

type tool struct {
	*providerv1.Tool
	input, output *schema.Schema // nil where not given
	sample        []byte         // valid arguments, nil where none are known
	answers       []answer
	echoes        string // a property of which the text comes back in the result; empty where none does
}

type prompt struct {
	*providerv1.Prompt
	arguments *schema.Schema
	sample    []byte
	answers   []filled
}

type answer struct {
	payload  []byte
	response *providerv1.InvokeResponse
	err      error
	took     time.Duration
}

type filled struct {
	payload  []byte
	response *providerv1.GetPromptResponse
	err      error
}

type refusal struct{ sent, message string }

func newTrial(ctx context.Context, options Options) *trial {
	return &trial{ctx: ctx, options: options, offered: &providerv1.Capabilities{}, secret: "confidential-" + strings.ToLower(rand.Text())}
}

func (t *trial) close() {
	if t.connection != nil {
		t.connection.Close()
	}
	if t.program != nil {
		t.program.Kill()
	}
}

// connect opens one more connection, ready to be called.
func (t *trial) connect(options ...grpc.DialOption) (*grpc.ClientConn, error) {
	connect := t.options.Connect
	if t.program != nil {
		connect = t.program.Connect
	}
	connection, err := connect(options...)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(t.ctx, t.options.Patience.Start)
	defer cancel()
	connection.Connect()
	for state := connection.GetState(); state != connectivity.Ready; state = connection.GetState() {
		if state == connectivity.TransientFailure {
			connection.ResetConnectBackoff()
		}
		if !connection.WaitForStateChange(ctx, state) {
			_, err := t.list(connection) // for the reason
			connection.Close()
			return nil, fmt.Errorf("no connection within %v: %s", t.options.Patience.Start, short(err))
		}
	}
	return connection, nil
}

func (t *trial) seeWhetherItIsGone(check string) {
	if t.connection == nil {
		t.gone = "there is no connection"
		return
	}
	if _, err := t.list(t.connection); err != nil && status.Code(err) != codes.Unimplemented {
		t.gone = fmt.Sprintf("since %s the provider has not answered any more: %v", check, short(err))
	}
}

// call runs one call with a deadline and a correlation id, and remembers it for what the log must say.
func (t *trial) call(patience time.Duration, sent string, run func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	id := newID()
	err := run(metadata.AppendToOutgoingContext(ctx, correlationID, id))
	t.mu.Lock()
	defer t.mu.Unlock()
	switch status.Code(err) {
	case codes.OK, codes.NotFound, codes.InvalidArgument:
		if len(t.ids) < mostRemembered {
			t.ids = append(t.ids, id)
		}
	}
	if err != nil && len(t.refused) < mostRemembered {
		t.refused = append(t.refused, refusal{sent, status.Convert(err).Message()})
	}
	return err
}

func newID() string {
	var random [16]byte
	rand.Read(random[:])
	random[6] = random[6]&0x0f | 0x40
	random[8] = random[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", random[:4], random[4:6], random[6:8], random[8:10], random[10:])
}

func (t *trial) list(connection *grpc.ClientConn) (response *providerv1.Capabilities, err error) {
	err = t.call(t.options.Patience.Call, "ListCapabilities", func(ctx context.Context) (err error) {
		response, err = providerv1.NewProviderClient(connection).ListCapabilities(ctx, &emptypb.Empty{})
		return err
	})
	return response, err
}

func (t *trial) invoke(name string, payload []byte) (response *providerv1.InvokeResponse, err error) {
	err = t.call(t.options.Patience.Call, invocation(name, payload), func(ctx context.Context) (err error) {
		response, err = providerv1.NewProviderClient(t.connection).Invoke(ctx, &providerv1.InvokeRequest{ToolName: name, Payload: text(payload)})
		return err
	})
	return response, err
}

func (t *trial) read(uri string) (response *providerv1.ReadResourceResponse, err error) {
	err = t.call(t.options.Patience.Call, "ReadResource "+uri, func(ctx context.Context) (err error) {
		response, err = providerv1.NewProviderClient(t.connection).ReadResource(ctx, &providerv1.ReadResourceRequest{Uri: uri})
		return err
	})
	return response, err
}

func (t *trial) fill(name string, arguments []byte) (response *providerv1.GetPromptResponse, err error) {
	err = t.call(t.options.Patience.Call, prompting(name, arguments), func(ctx context.Context) (err error) {
		response, err = providerv1.NewProviderClient(t.connection).GetPrompt(ctx, &providerv1.GetPromptRequest{Name: name, Arguments: text(arguments)})
		return err
	})
	return response, err
}

// text is nil for nil: an absent message.
func text(payload []byte) *providerv1.Json {
	if payload == nil {
		return nil
	}
	return &providerv1.Json{Value: payload}
}

func invocation(name string, payload []byte) string {
	return fmt.Sprintf("Invoke %q with %s", name, show(payload))
}

func prompting(name string, arguments []byte) string {
	return fmt.Sprintf("GetPrompt %q with %s", name, show(arguments))
}

// short is a status in one line.
func short(err error) string {
	if err == nil {
		return "OK"
	}
	return cut(fmt.Sprintf("%s %q", codeName(status.Code(err)), status.Convert(err).Message()))
}

// codeName spells a code as the contract does.
func codeName(code codes.Code) string {
	var spelt strings.Builder
	if code == codes.OK {
		return "OK"
	}
	for i, letter := range code.String() {
		if i > 0 && letter >= 'A' && letter <= 'Z' {
			spelt.WriteByte('_')
		}
		spelt.WriteRune(letter)
	}
	return strings.ToUpper(spelt.String())
}

// study reads what was offered, and makes up arguments.
func (t *trial) study() {
	for _, offered := range t.offered.GetTools() {
		studied := &tool{Tool: offered}
		if offered.GetInputSchema() != nil {
			studied.input = schema.Read(offered.GetInputSchema().GetValue())
		}
		if offered.GetOutputSchema() != nil {
			studied.output = schema.Read(offered.GetOutputSchema().GetValue())
		}
		studied.sample = t.sampleFor(studied.input, vector.Invoke, offered.GetName())
		t.tools = append(t.tools, studied)
	}
	for _, offered := range t.offered.GetPrompts() {
		studied := &prompt{Prompt: offered, sample: []byte("{}")}
		if offered.GetArgsSchema() != nil {
			studied.arguments = schema.Read(offered.GetArgsSchema().GetValue())
			studied.sample = t.sampleFor(studied.arguments, vector.GetPrompt, offered.GetName())
		}
		t.prompts = append(t.prompts, studied)
	}
}

// sampleFor makes arguments up, or takes them from a vector that expects an answer where the schema is too clever for that.
func (t *trial) sampleFor(s *schema.Schema, method, capability string) []byte {
	if sample, made := s.Sample(t.secret); made {
		return sample
	}
	for _, file := range t.options.Vectors {
		for _, vector := range file.Vectors {
			if vector.Method == method && *vector.Capability == capability && (vector.Result != nil || vector.Text != nil) {
				return vector.Payload
			}
		}
	}
	return nil
}

// callable are the tools that may be called with valid arguments, which are known.
func (t *trial) callable() []*tool {
	var callable []*tool
	for _, tool := range t.tools {
		if tool.sample != nil && !slices.Contains(t.options.DoNotCall, tool.GetName()) && len(callable) < mostSamples {
			callable = append(callable, tool)
		}
	}
	return callable
}

// echoing is a tool that returns a text that it is given, nil where there is none.
func (t *trial) echoing() *tool {
	for _, tool := range t.callable() {
		if tool.echoes != "" {
			return tool
		}
	}
	return nil
}

// with returns the sample arguments with the text in the property that comes back.
func (t *tool) with(text string) []byte {
	members := map[string]json.RawMessage{}
	if json.Unmarshal(t.sample, &members) != nil {
		return nil
	}
	quoted, _ := json.Marshal(text)
	members[t.echoes] = quoted
	payload, _ := json.Marshal(members)
	return payload
}

// findEcho tries which property of the tool comes back, with a text that the tool cannot know.
func (t *trial) findEcho(tool *tool) {
	names := slices.Sorted(maps.Keys(tool.input.Properties()))
	for _, name := range names {
		if !slices.Contains(schema.Types(tool.input.Properties()[name]), "string") {
			continue
		}
		tool.echoes = name
		token := t.secret + "-" + strings.ToLower(rand.Text())
		long := tool.with(strings.Repeat("a", 20_000))
		if tool.input.Conforms(long) == nil && tool.input.Conforms(tool.with(token)) == nil {
			response, err := t.invoke(tool.GetName(), tool.with(token))
			if err == nil && !response.GetIsError() && strings.Contains(string(response.GetResult().GetValue()), token) {
				return
			}
		}
		tool.echoes = ""
	}
}
