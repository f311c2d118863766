// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

var promptChecks = []Check{{
	ID:       "prompt.unknown",
	Sentence: "an unknown prompt is NOT_FOUND",
	Section:  "GetPrompt",
	Rule:     "unknown name: NOT_FOUND (UNIMPLEMENTED where the provider has no prompts)",
	Remedy:   "look the name up before anything else; names are compared exactly",
	examine: func(t *trial, f *finding) {
		for _, name := range []string{noSuchName, ""} {
			_, err := t.fill(name, []byte("{}"))
			if code := status.Code(err); code != codes.NotFound && (code != codes.Unimplemented || len(t.prompts) > 0) {
				f.broken(prompting(name, []byte("{}")), "%s", short(err))
			}
		}
	},
}, {
	ID:       "prompt.arguments-wrong",
	Sentence: "arguments that are absent, not JSON or violate the schema are INVALID_ARGUMENT",
	Section:  "GetPrompt",
	Rule:     "arguments absent, not JSON, or violating the schema: INVALID_ARGUMENT",
	Remedy:   "parse the arguments and validate them against your own args_schema",
	examine: func(t *trial, f *finding) {
		sent := 0
		for _, prompt := range atMost(mostSamples, t.prompts) {
			if prompt.arguments == nil {
				continue
			}
			sent++
			_, err := t.fill(prompt.GetName(), nil)
			wantInvalid(f, prompting(prompt.GetName(), nil), err)
			for _, wrong := range append(notJSON, atMost(mostWrong, prompt.arguments.Wrong(prompt.sample))...) {
				_, err := t.fill(prompt.GetName(), wrong.JSON)
				wantInvalid(f, prompting(prompt.GetName(), wrong.JSON)+": "+wrong.Why, err)
			}
		}
		if sent == 0 {
			f.skip("there is no prompt with an args_schema")
		}
	},
}, {
	ID:       "prompt.answers",
	Sentence: "every prompt is filled in with arguments that its schema allows",
	Section:  "GetPrompt",
	Rule:     "filled in: OK",
	Remedy:   "let the schema forbid what the prompt refuses",
	examine: func(t *trial, f *finding) {
		asked := 0
		for _, prompt := range atMost(mostSamples, t.prompts) {
			if prompt.sample == nil {
				f.note("%q is not asked for: no arguments could be made up; give --vectors", prompt.GetName())
				continue
			}
			asked++
			response, err := t.fill(prompt.GetName(), prompt.sample)
			prompt.answers = append(prompt.answers, filled{prompt.sample, response, err})
			switch status.Code(err) {
			case codes.OK:
			case codes.Unavailable, codes.ResourceExhausted, codes.DeadlineExceeded:
				f.note("%s gave %s", prompt.GetName(), short(err))
			default:
				f.broken(prompting(prompt.GetName(), prompt.sample), "%s", short(err))
			}
		}
		if asked == 0 {
			f.skip("there is no prompt to ask for")
		}
	},
}, {
	ID:       "prompt.messages",
	Sentence: "every prompt has messages, by user or assistant, with complete content",
	Section:  "GetPrompt",
	Rule:     "messages REQUIRED, one or more; role REQUIRED, user or assistant; content REQUIRED",
	Remedy:   "set the fields that are named",
	examine: func(t *trial, f *finding) {
		answered := false
		for _, prompt := range t.prompts {
			for _, a := range prompt.answers {
				if a.err != nil {
					continue
				}
				answered = true
				sent := prompting(prompt.GetName(), a.payload)
				if len(a.response.GetMessages()) == 0 {
					f.broken(sent, "no messages")
				}
				for i, message := range a.response.GetMessages() {
					if role := message.GetRole(); role != "user" && role != "assistant" {
						f.broken(sent, "message %d has the role %q", i+1, role)
					}
					if err := checkContent(message.GetContent()); err != nil {
						f.broken(sent, "message %d: %v", i+1, err)
					}
				}
			}
		}
		if !answered {
			f.skip("no prompt was filled in")
		}
	},
}}
