// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"errors"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/schema"
	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/strictjson"
)

const (
	noSuchName = "conformance-no-such-name.v1"
	// mostWrong bounds how many wrong arguments one tool or prompt is sent.
	mostWrong = 12
	// gatewayDefault is when the gateway gives a call up unless it is configured otherwise.
	gatewayDefault = 2500 * time.Millisecond
)

// notJSON are texts that are no JSON, or are more than one.
var notJSON = []schema.Example{
	{Why: "nothing", JSON: []byte{}},
	{Why: "half an object", JSON: []byte(`{`)},
	{Why: "a bare word", JSON: []byte(`conformance`)},
	{Why: "two values", JSON: []byte(`{} {}`)},
}

var invokeChecks = []Check{{
	ID:       "invoke.unknown-tool",
	Sentence: "an unknown tool is NOT_FOUND",
	Section:  "Invoke",
	Rule:     "unknown tool_name: NOT_FOUND (UNIMPLEMENTED where the provider has no tools)",
	Remedy:   "look the name up before anything else; names are compared exactly",
	examine: func(t *trial, f *finding) {
		names := []string{noSuchName, ""}
		if len(t.tools) > 0 && t.tools[0].GetName() != strings.ToUpper(t.tools[0].GetName()) {
			names = append(names, strings.ToUpper(t.tools[0].GetName()))
		}
		for _, name := range names {
			_, err := t.invoke(name, []byte("{}"))
			if code := status.Code(err); code != codes.NotFound && (code != codes.Unimplemented || len(t.tools) > 0) {
				f.broken(invocation(name, []byte("{}")), "%s", short(err))
			}
		}
	},
}, {
	ID:       "invoke.payload-absent",
	Sentence: "a call without a payload is INVALID_ARGUMENT",
	Section:  "Invoke",
	Rule:     "payload absent, not JSON, or violating the schema: INVALID_ARGUMENT",
	Remedy:   "take an absent payload for what it is, not for {}",
	examine: eachTool(func(t *trial, f *finding, tool *tool) {
		_, err := t.invoke(tool.GetName(), nil)
		wantInvalid(f, invocation(tool.GetName(), nil), err)
	}),
}, {
	ID:       "invoke.payload-not-json",
	Sentence: "a payload that is not JSON is INVALID_ARGUMENT",
	Section:  "Invoke",
	Rule:     "payload absent, not JSON, or violating the schema: INVALID_ARGUMENT",
	Remedy:   "parse the payload, all of it, before the tool runs",
	examine: eachTool(func(t *trial, f *finding, tool *tool) {
		for _, wrong := range notJSON {
			_, err := t.invoke(tool.GetName(), wrong.JSON)
			wantInvalid(f, invocation(tool.GetName(), wrong.JSON)+": "+wrong.Why, err)
		}
	}),
}, {
	ID:       "invoke.payload-wrong",
	Sentence: "arguments that violate the schema are INVALID_ARGUMENT",
	Section:  "Invoke",
	Rule:     "payload absent, not JSON, or violating the schema: INVALID_ARGUMENT. A provider MUST NOT rely on the gateway for its own safety",
	Remedy:   "validate the arguments against your own input_schema",
	examine: eachTool(func(t *trial, f *finding, tool *tool) {
		if tool.input == nil {
			return
		}
		for _, wrong := range atMost(mostWrong, tool.input.Wrong(tool.sample)) {
			_, err := t.invoke(tool.GetName(), wrong.JSON)
			wantInvalid(f, invocation(tool.GetName(), wrong.JSON)+": "+wrong.Why, err)
		}
	}),
}, {
	ID:       "invoke.answers",
	Sentence: "every tool answers arguments that its schema allows",
	Section:  "Invoke",
	Rule:     "the tool succeeded: OK; the tool ran and failed: OK with is_error",
	Remedy:   "let the schema forbid what the tool refuses; say is_error, with a sentence in content, where it ran and failed",
	examine: func(t *trial, f *finding) {
		if len(t.tools) == 0 {
			f.skip("there are no tools")
			return
		}
		if called := t.callable(); len(called) < len(t.tools) {
			f.note("%d of %d tools are called with made-up arguments; for the others give --vectors", len(called), len(t.tools))
		}
		for _, tool := range t.callable() {
			start := time.Now()
			response, err := t.invoke(tool.GetName(), tool.sample)
			took := time.Since(start)
			tool.answers = append(tool.answers, answer{tool.sample, response, err, took})
			switch status.Code(err) {
			case codes.OK:
				if tool.input != nil {
					t.findEcho(tool)
				}
			case codes.Unavailable, codes.ResourceExhausted, codes.DeadlineExceeded:
				f.note("%s gave %s", tool.GetName(), short(err))
			default:
				f.broken(invocation(tool.GetName(), tool.sample), "%s", short(err))
			}
			if err == nil && took > gatewayDefault {
				f.note("%s took %v; the gateway gives up after 2.5 s unless configured otherwise", tool.GetName(), took.Round(time.Millisecond))
			}
		}
	},
}, {
	ID:       "invoke.result-given",
	Sentence: "every answer has a result or content",
	Section:  "Invoke",
	Rule:     "at least one of result and content MUST be given; result where there is an output_schema and no is_error",
	Remedy:   "set InvokeResponse.result, even to {}",
	examine: eachAnswer(func(f *finding, tool *tool, a answer) {
		switch {
		case a.response.GetResult() == nil && len(a.response.GetContent()) == 0:
			f.broken(invocation(tool.GetName(), a.payload), "neither result nor content")
		case a.response.GetResult() == nil && tool.output != nil && !a.response.GetIsError():
			f.broken(invocation(tool.GetName(), a.payload), "no result, though there is an output_schema")
		}
	}),
}, {
	ID:       "invoke.result-json",
	Sentence: "every result is strict JSON within the limit",
	Section:  "JSON",
	Rule:     "one value in UTF-8, no byte order mark, no lone surrogate, no duplicate keys, 64 levels, numbers within limits, 10,485,760 bytes",
	Remedy:   "write the result with a JSON library; NaN and infinities are not JSON",
	examine: eachAnswer(func(f *finding, tool *tool, a answer) {
		if a.response.GetResult() == nil {
			return
		}
		result := a.response.GetResult().GetValue()
		if err := strictjson.Check(result); err != nil {
			f.broken(invocation(tool.GetName(), a.payload), "%s: %v", show(result), err)
		}
	}),
}, {
	ID:       "invoke.result-conforms",
	Sentence: "every result conforms to its output schema",
	Section:  "Fields",
	Rule:     "where output_schema is given, every successful result MUST conform to it",
	Remedy:   "correct the result or the schema; the gateway fails the call otherwise",
	examine: eachAnswer(func(f *finding, tool *tool, a answer) {
		result := a.response.GetResult().GetValue()
		if tool.output == nil || a.response.GetIsError() || strictjson.Check(result) != nil {
			return
		}
		if err := tool.output.Conforms(result); err != nil {
			f.broken(invocation(tool.GetName(), a.payload), "%s: %v", show(result), err)
		}
	}),
}, {
	ID:       "invoke.content",
	Sentence: "every block of content is complete",
	Section:  "Fields",
	Rule:     "Content: exactly one kind; Blob: data and mime_type REQUIRED; ResourceLink: uri and name REQUIRED; ResourceContents: uri and a body REQUIRED",
	Remedy:   "set the fields that are named",
	examine: eachAnswer(func(f *finding, tool *tool, a answer) {
		for i, content := range a.response.GetContent() {
			if err := checkContent(content); err != nil {
				f.broken(invocation(tool.GetName(), a.payload), "content %d: %v", i+1, err)
			}
		}
	}),
}, {
	ID:       "invoke.failure-says-why",
	Sentence: "a tool that failed says why",
	Section:  "Fields",
	Rule:     "is_error: then content SHOULD say why",
	Remedy:   "add a text block that helps the model to do better",
	Should:   true,
	examine: eachAnswer(func(f *finding, tool *tool, a answer) {
		if a.response.GetIsError() && len(a.response.GetContent()) == 0 {
			f.broken(invocation(tool.GetName(), a.payload), "is_error without content")
		}
	}),
}}

func wantInvalid(f *finding, sent string, err error) {
	if status.Code(err) != codes.InvalidArgument {
		f.broken(sent, "%s", short(err))
	}
}

func atMost[T any](most int, all []T) []T { return all[:min(len(all), most)] }

func eachTool(examine func(*trial, *finding, *tool)) func(*trial, *finding) {
	return func(t *trial, f *finding) {
		if len(t.tools) == 0 {
			f.skip("there are no tools")
		}
		for _, tool := range atMost(mostSamples, t.tools) {
			examine(t, f, tool)
		}
	}
}

func eachAnswer(examine func(*finding, *tool, answer)) func(*trial, *finding) {
	return func(t *trial, f *finding) {
		answered := false
		for _, tool := range t.tools {
			for _, a := range tool.answers {
				if a.err == nil {
					answered = true
					examine(f, tool, a)
				}
			}
		}
		if !answered {
			f.skip("no tool has answered")
		}
	}
}

func checkContent(content *providerv1.Content) error {
	switch kind := content.GetKind().(type) {
	case *providerv1.Content_Text:
		return nil
	case *providerv1.Content_Image:
		return checkBlob(kind.Image)
	case *providerv1.Content_Audio:
		return checkBlob(kind.Audio)
	case *providerv1.Content_ResourceLink:
		if !isURI(kind.ResourceLink.GetUri()) || kind.ResourceLink.GetName() == "" {
			return errors.New("a resource_link needs a uri and a name")
		}
		return nil
	case *providerv1.Content_Resource:
		return checkContents(kind.Resource)
	}
	return errors.New("none of text, image, audio, resource_link and resource is set")
}

func checkBlob(blob *providerv1.Blob) error {
	if len(blob.GetData()) == 0 || !isMediaType(blob.GetMimeType()) {
		return errors.New("a blob needs data and a mime_type")
	}
	return nil
}

func checkContents(contents *providerv1.ResourceContents) error {
	switch {
	case contents.GetUri() == "":
		return errors.New("there is no uri")
	case contents.GetBody() == nil:
		return errors.New("neither text nor blob is set")
	case contents.GetMimeType() != "" && !isMediaType(contents.GetMimeType()):
		return errors.New("the mime_type is none")
	}
	return nil
}
