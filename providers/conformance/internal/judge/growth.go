// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"context"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
)

var metadataChecks = []Check{{
	ID:       "metadata.no-correlation-id",
	Sentence: "a call without a correlation id is served",
	Section:  "Metadata",
	Rule:     "x-correlation-id: where it is absent the call MUST be served all the same",
	Remedy:   "log the call without one, or with one that you make up",
	examine: func(t *trial, f *finding) {
		ctx, cancel := context.WithTimeout(t.ctx, t.options.Patience.Call)
		defer cancel()
		for _, call := range t.plainCalls() {
			if got := call.run(ctx, nil); got != call.want {
				f.broken(call.sent+" without metadata", "%s, with a correlation id %s", codeName(got), codeName(call.want))
			}
		}
	},
}, {
	ID:       "metadata.unknown",
	Sentence: "metadata that nobody knows is ignored",
	Section:  "Metadata",
	Rule:     "a provider MUST ignore metadata that it does not know",
	Remedy:   "look at no other keys than those you need; a bad traceparent is as good as none",
	examine: func(t *trial, f *finding) {
		ctx, cancel := context.WithTimeout(t.ctx, t.options.Patience.Call)
		defer cancel()
		ctx = metadata.AppendToOutgoingContext(ctx, correlationID, newID(), "x-conformance", "1", "x-conformance", "2",
			"x-conformance-bin", "\x00\xff", "traceparent", "conformance", "tracestate", "a=b")
		for _, call := range t.plainCalls() {
			if got := call.run(ctx, nil); got != call.want {
				f.broken(call.sent+" with x-conformance and a bad traceparent", "%s, without them %s", codeName(got), codeName(call.want))
			}
		}
	},
}}

var growthChecks = []Check{{
	ID:       "growth.unknown-fields",
	Sentence: "fields that nobody knows are ignored",
	Section:  "How the contract grows",
	Rule:     "both sides MUST ignore fields and enum values that they do not know",
	Remedy:   "leave unknown fields to the protobuf library",
	examine: func(t *trial, f *finding) {
		ctx, cancel := context.WithTimeout(t.ctx, t.options.Patience.Call)
		defer cancel()
		ctx = metadata.AppendToOutgoingContext(ctx, correlationID, newID())
		for _, call := range t.plainCalls() {
			if got := call.run(ctx, unknownFields); got != call.want {
				f.broken(call.sent+" with the fields 2046 and 2047", "%s, without them %s", codeName(got), codeName(call.want))
			}
		}
	},
}, {
	ID:       "growth.unknown-method",
	Sentence: "a method that nobody knows is UNIMPLEMENTED",
	Section:  "How the contract grows",
	Rule:     "a new method is answered with UNIMPLEMENTED by older providers",
	Remedy:   "leave unknown methods to the gRPC library",
	examine: func(t *trial, f *finding) {
		const method = "/provider.v1.Provider/ConformanceNoSuchMethod"
		ctx, cancel := context.WithTimeout(t.ctx, t.options.Patience.Call)
		defer cancel()
		ctx = metadata.AppendToOutgoingContext(ctx, correlationID, newID())
		if err := t.connection.Invoke(ctx, method, &emptypb.Empty{}, &emptypb.Empty{}); status.Code(err) != codes.Unimplemented {
			f.broken(method, "%s", short(err))
		}
	},
}}

// unknownFields are a number and some bytes, in wire format.
var unknownFields = protowire.AppendBytes(
	protowire.AppendTag(
		protowire.AppendVarint(protowire.AppendTag(nil, 2047, protowire.VarintType), 1),
		2046, protowire.BytesType),
	[]byte("conformance"))

// plainCall is a call of which the outcome is known from an ordinary one.
type plainCall struct {
	sent string
	want codes.Code
	run  func(ctx context.Context, unknown []byte) codes.Code
}

// plainCalls are one call of each method: of something that exists, where there is something.
func (t *trial) plainCalls() []plainCall {
	client := providerv1.NewProviderClient(t.connection)
	list := &emptypb.Empty{}
	invoke := &providerv1.InvokeRequest{ToolName: noSuchName, Payload: text([]byte("{}"))}
	if callable := t.callable(); len(callable) > 0 {
		invoke = &providerv1.InvokeRequest{ToolName: callable[0].GetName(), Payload: text(callable[0].sample)}
	}
	read := &providerv1.ReadResourceRequest{Uri: "conformance-no-such-scheme://nothing"}
	if fixed := t.fixed(); len(fixed) > 0 {
		read.Uri = fixed[0]
	}
	prompt := &providerv1.GetPromptRequest{Name: noSuchName, Arguments: text([]byte("{}"))}
	if len(t.prompts) > 0 && t.prompts[0].sample != nil {
		prompt = &providerv1.GetPromptRequest{Name: t.prompts[0].GetName(), Arguments: text(t.prompts[0].sample)}
	}
	calls := []plainCall{
		plain("ListCapabilities", list, func(ctx context.Context) error { _, err := client.ListCapabilities(ctx, list); return err }),
		plain(fmt.Sprintf("Invoke %q", invoke.GetToolName()), invoke, func(ctx context.Context) error { _, err := client.Invoke(ctx, invoke); return err }),
		plain("ReadResource "+read.GetUri(), read, func(ctx context.Context) error { _, err := client.ReadResource(ctx, read); return err }),
		plain(fmt.Sprintf("GetPrompt %q", prompt.GetName()), prompt, func(ctx context.Context) error { _, err := client.GetPrompt(ctx, prompt); return err }),
	}
	for i := range calls {
		_ = t.call(t.options.Patience.Call, calls[i].sent, func(ctx context.Context) error {
			calls[i].want = calls[i].run(ctx, nil)
			return status.Error(calls[i].want, "")
		})
	}
	return calls
}

func plain(sent string, request proto.Message, call func(context.Context) error) plainCall {
	return plainCall{sent: sent, run: func(ctx context.Context, unknown []byte) codes.Code {
		request.ProtoReflect().SetUnknown(unknown)
		return status.Code(call(ctx))
	}}
}
