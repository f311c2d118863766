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
					f.broken(fmt.Sprintf("%s, %q: %s", file.Name, v.Name, show(v.Payload)), "%s", broken)
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
	return v.Tool != "" && slices.ContainsFunc(t.tools, func(tool *tool) bool { return tool.GetName() == v.Tool }) ||
		v.Prompt != "" && slices.ContainsFunc(t.prompts, func(prompt *prompt) bool { return prompt.GetName() == v.Prompt }) ||
		v.Resource != "" && slices.Contains(t.fixed(), v.Resource)
}

// try returns what is wrong with the answer, empty for nothing.
func (t *trial) try(v vector.Vector) (broken string) {
	switch {
	case v.Tool != "":
		return t.tryTool(v)
	case v.Prompt != "":
		return t.tryPrompt(v)
	}
	response, err := t.read(v.Resource)
	if broken, decided := unlike(v, v.Resource, err); decided {
		return broken
	}
	contents := response.GetContents()
	if len(contents) != 1 || contents[0].GetText() != string(v.Text) || v.MimeType != "" && contents[0].GetMimeType() != v.MimeType {
		return fmt.Sprintf("%v, want the text %s", contents, show(v.Text))
	}
	return ""
}

func (t *trial) tryTool(v vector.Vector) string {
	var response *providerv1.InvokeResponse
	err := t.call(t.options.Patience.Large, invocation(v.Tool, v.Payload), func(ctx context.Context) (err error) {
		request := &providerv1.InvokeRequest{ToolName: v.Tool, Payload: text(v.Payload)}
		response, err = providerv1.NewProviderClient(t.connection).Invoke(ctx, request)
		return err
	})
	if broken, decided := unlike(v, v.Tool, err); decided {
		return broken
	}
	result := response.GetResult().GetValue()
	switch {
	case v.Failure != nil:
		content := response.GetContent()
		if !response.GetIsError() || len(content) != 1 || content[0].GetText() != string(v.Failure) {
			return fmt.Sprintf("is_error %t, result %s, content %v; want is_error with the text %s", response.GetIsError(), show(result), content, show(v.Failure))
		}
	case response.GetIsError() || string(result) != string(v.Result):
		return fmt.Sprintf("is_error %t, result %s; want %s", response.GetIsError(), show(result), show(v.Result))
	}
	return ""
}

func (t *trial) tryPrompt(v vector.Vector) string {
	response, err := t.fill(v.Prompt, v.Payload)
	if broken, decided := unlike(v, v.Prompt, err); decided {
		return broken
	}
	var got []vector.Message
	for _, message := range response.GetMessages() {
		got = append(got, vector.Message{Role: message.GetRole(), Text: message.GetContent().GetText()})
	}
	if !slices.Equal(got, v.Messages) {
		return fmt.Sprintf("%q, want %q", got, v.Messages)
	}
	return ""
}

// unlike compares statuses; decided is false where the answer itself is to be compared.
func unlike(v vector.Vector, name string, err error) (broken string, decided bool) {
	switch {
	case v.Refusal != nil:
		want := name + ": " + string(v.Refusal)
		if status.Code(err) != codes.InvalidArgument || status.Convert(err).Message() != want {
			return fmt.Sprintf("%s, want INVALID_ARGUMENT %q", short(err), want), true
		}
		return "", true
	case v.Code != codes.OK:
		if status.Code(err) != v.Code {
			return fmt.Sprintf("%s, want %s", short(err), codeName(v.Code)), true
		}
		return "", true
	case err != nil:
		return short(err), true
	}
	return "", false
}
