// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

var listChecks = []Check{{
	ID:       "list.answers",
	Sentence: "ListCapabilities is answered",
	Section:  "ListCapabilities",
	Rule:     "capabilities, possibly none: OK",
	Remedy:   "implement ListCapabilities of the service provider.v1.Provider; all strings are UTF-8",
	examine: func(t *trial, f *finding) {
		start := time.Now()
		offered, err := t.list(t.connection)
		t.listed = time.Since(start)
		if err != nil {
			f.broken("ListCapabilities", "%s", short(err))
			t.gone = "what it offers is not known"
			return
		}
		t.offered = offered
		t.study()
		f.say("tools %d, resources %d, prompts %d, version %q", len(offered.GetTools()), len(offered.GetResources()), len(offered.GetPrompts()),
			offered.GetProviderVersion())
	},
}, {
	ID:       "list.is-fast",
	Sentence: "ListCapabilities is fast",
	Section:  "ListCapabilities",
	Rule:     "MUST be fast (well under 2.5 s in which it is awaited), cheap and free of side effects",
	Remedy:   "answer from memory; look things up beforehand, or answer UNAVAILABLE until it is known",
	examine: func(t *trial, f *finding) {
		if t.listed > t.options.Patience.List {
			f.broken("ListCapabilities", "an answer after %v", t.listed.Round(time.Millisecond))
		}
	},
}, {
	ID:       "list.is-steady",
	Sentence: "ListCapabilities answers the same when asked again",
	Section:  "ListCapabilities",
	Rule:     "a changed answer changes the lists that clients see",
	Remedy:   "keep the order; change the answer only when what you offer has changed",
	Should:   true,
	examine: func(t *trial, f *finding) {
		again, err := t.list(t.connection)
		if err != nil {
			f.broken("ListCapabilities, again", "%s", short(err))
		} else if !proto.Equal(again, t.offered) {
			f.broken("ListCapabilities, again", "another answer than before")
		}
	},
}, {
	ID:       "list.is-known",
	Sentence: "this judge knows everything that is offered",
	Section:  "How the contract grows",
	Rule:     "both sides MUST ignore fields and enum values that they do not know",
	Remedy:   "nothing, where the provider is newer than this judge: the rest was judged",
	Should:   true,
	examine: func(t *trial, f *finding) {
		walkMessages(t.offered.ProtoReflect(), func(message protoreflect.Message) {
			if unknown := message.GetUnknown(); len(unknown) > 0 {
				f.broken("ListCapabilities", "%d bytes of unknown fields in a %s", len(unknown), message.Descriptor().Name())
			}
		})
	},
}}

func walkMessages(message protoreflect.Message, visit func(protoreflect.Message)) {
	visit(message)
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.Message() == nil || field.IsMap():
		case field.IsList():
			for i := range value.List().Len() {
				walkMessages(value.List().Get(i).Message(), visit)
			}
		default:
			walkMessages(value.Message(), visit)
		}
		return true
	})
}

// numbered names the nth of a list for the report, by its own name as well.
func numbered(kind string, index int, name string) string {
	return fmt.Sprintf("%s %d, %q", kind, index+1, name)
}
