// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"context"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
)

var limitChecks = []Check{{
	ID:       "limits.request",
	Sentence: "a message of the largest size is accepted",
	Section:  "Connection",
	Rule:     "a whole message has at most 10,551,296 bytes; a provider MUST accept and be able to send messages of that size",
	Remedy:   "raise the limit on what is received; every gRPC library starts at 4 MiB",
	examine: func(t *trial, f *finding) {
		request := &providerv1.InvokeRequest{ToolName: noSuchName, Payload: text([]byte(`{"conformance":"`))}
		pad(request, t.options.LargestMessage)
		err := t.call(t.options.Patience.Large, "Invoke", func(ctx context.Context) error {
			_, err := providerv1.NewProviderClient(t.connection).Invoke(ctx, request)
			return err
		})
		switch status.Code(err) {
		case codes.NotFound, codes.InvalidArgument, codes.Unimplemented:
		default:
			f.broken(sprintSize("Invoke of an unknown tool", proto.Size(request)), "%s", short(err))
			t.refusesLarge = true
		}
	},
}, {
	ID:       "limits.answer",
	Sentence: "a tool that returns what it is given returns 10 MiB",
	Section:  "Connection",
	Rule:     "one payload has at most 10,485,760 bytes; a provider MUST accept and be able to send messages of that size",
	Remedy:   "raise the limit on what is sent as well",
	examine: func(t *trial, f *finding) {
		if t.refusesLarge {
			f.skip("it does not accept as much")
			return
		}
		tool := t.echoing()
		if tool == nil {
			f.skip("no tool returns a text that it is given")
			return
		}
		const around = 64 << 10 // what the contract allows for the message beside the payload
		// Text of two bytes a character, which some count as one.
		message := strings.Repeat("ü", (t.options.LargestMessage-around-len(tool.with("")))/2)
		payload := tool.with(message)
		if tool.input.Conforms(payload) != nil {
			f.skip("%s does not take as much", tool.GetName())
			return
		}
		var response *providerv1.InvokeResponse
		err := t.call(t.options.Patience.Large, "Invoke", func(ctx context.Context) (err error) {
			response, err = providerv1.NewProviderClient(t.connection).Invoke(ctx, &providerv1.InvokeRequest{ToolName: tool.GetName(), Payload: text(payload)})
			return err
		})
		result := string(response.GetResult().GetValue())
		sent := sprintSize("Invoke \""+tool.GetName()+"\"", len(payload))
		switch {
		case err != nil:
			f.broken(sent, "%s", short(err))
		case !response.GetIsError() && strings.Count(result, "ü") < len(message)/2 && !strings.Contains(result, `\u00fc`):
			f.broken(sent, "%s, in which the text is not whole", show([]byte(result)))
		}
	},
}}

// pad adds to the payload until the whole message has that many bytes.
func pad(request *providerv1.InvokeRequest, size int) {
	start := request.GetPayload().GetValue()
	const end = `"}`
	room := size - proto.Size(request) - len(end) - 16
	request.Payload.Value = append(append(start, strings.Repeat("a", max(0, room))...), end...)
	// The lengths before the payload have grown too; an unknown field takes up what is left.
	filler := protowire.AppendTag(nil, 2046, protowire.BytesType)
	const length = 1 // byte of its length
	if left := size - proto.Size(request) - len(filler) - length; left >= 0 {
		request.ProtoReflect().SetUnknown(protowire.AppendBytes(filler, make([]byte, left)))
	}
}
