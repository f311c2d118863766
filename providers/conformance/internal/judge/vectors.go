// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"context"
	"fmt"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/vector"
)

var vectorChecks = []Check{{
	ID:       "vectors.answers",
	Sentence: "every vector is answered as it says, to the byte",
	Section:  "Calls",
	Rule:     "the vectors that were given",
	Remedy:   "compare what is sent and expected with what is seen",
	examine: func(t *trial, f *finding) {
		if len(t.options.Vectors) == 0 {
			f.skip("there are none: --vectors FILE")
			return
		}
		ran, foreign := 0, 0
		for _, file := range t.options.Vectors {
			for _, v := range file.Vectors {
				if !t.offers(v) {
					foreign++
					continue
				}
				ran++
				if broken := t.try(v); broken != "" {
					f.broken(fmt.Sprintf("%s, %q: %s %q with %s", file.Name, v.Name, v.Method, *v.Capability, show(v.Payload)), "%s", broken)
				}
			}
		}
		f.say("%d vectors", ran)
		if foreign > 0 {
			f.note("%d vectors; %d more are for what is not offered", ran, foreign)
		}
	},
}}

// offers tells whether the vector is about something that is listed, or about what happens where it is not.
func (t *trial) offers(v vector.Vector) bool {
	if v.Code == codes.NotFound {
		return true
	}
	switch v.Method {
	case vector.Invoke:
		return slices.ContainsFunc(t.tools, func(tool *tool) bool { return tool.GetName() == *v.Capability })
	case vector.GetPrompt:
		return slices.ContainsFunc(t.prompts, func(prompt *prompt) bool { return prompt.GetName() == *v.Capability })
	}
	return v.Code != codes.OK || slices.Contains(t.fixed(), *v.Capability)
}

// try returns what is wrong with the answer, empty for nothing.
func (t *trial) try(v vector.Vector) (broken string) {
	var got string // what the vector compares
	var err error
	switch v.Method {
	case vector.Invoke:
		got, err = t.tryTool(v)
	case vector.GetPrompt:
		var response *providerv1.GetPromptResponse
		response, err = t.fill(*v.Capability, v.Payload)
		if messages := response.GetMessages(); len(messages) == 1 {
			got = messages[0].GetContent().GetText()
		}
	default:
		var response *providerv1.ReadResourceResponse
		response, err = t.read(*v.Capability)
		if contents := response.GetContents(); len(contents) == 1 {
			got = contents[0].GetText()
		}
	}
	if v.Code != codes.OK || v.Refusal != nil {
		return unlike(v, err)
	}
	want := string(slices.Concat(v.Result, v.Failure, v.Text)) // of which only one is given
	switch {
	case err != nil:
		return short(err)
	case got != want:
		return fmt.Sprintf("%s, want %s", show([]byte(got)), show([]byte(want)))
	}
	return ""
}

func (t *trial) tryTool(v vector.Vector) (got string, err error) {
	var response *providerv1.InvokeResponse
	err = t.call(t.options.Patience.Large, invocation(*v.Capability, v.Payload), func(ctx context.Context) (err error) {
		request := &providerv1.InvokeRequest{ToolName: *v.Capability, Payload: text(v.Payload)}
		response, err = providerv1.NewProviderClient(t.connection).Invoke(ctx, request)
		return err
	})
	content := response.GetContent()
	switch {
	case response.GetIsError() != (v.Failure != nil):
		return fmt.Sprintf("is_error %t, result %s, content %v", response.GetIsError(), show(response.GetResult().GetValue()), content), err
	case response.GetIsError() && len(content) == 1:
		return content[0].GetText(), err
	}
	return string(response.GetResult().GetValue()), err
}

// unlike compares statuses.
func unlike(v vector.Vector, err error) string {
	code, message := v.Code, string(v.Message)
	if v.Refusal != nil {
		code, message = codes.InvalidArgument, *v.Capability+": "+string(v.Refusal)
	}
	any := v.Refusal == nil && v.Message == nil
	if status.Code(err) == code && (any || status.Convert(err).Message() == message) {
		return ""
	}
	return fmt.Sprintf("%s, want %s %q", short(err), codeName(code), message)
}
