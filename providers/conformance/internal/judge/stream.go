// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/strictjson"
)

const (
	noSuchType = "conformance.no.such.type.v1"
	mostEvents = 1000
)

var streamChecks = []Check{{
	ID:       "stream.answers",
	Sentence: "Stream stays open, ends in order, or is UNIMPLEMENTED",
	Section:  "Stream",
	Rule:     "no more events will come: OK; the provider has no events: UNIMPLEMENTED; the stream has no deadline",
	Remedy:   "leave Stream out where there are no events; else keep it open and end it with OK or UNAVAILABLE",
	examine: func(t *trial, f *finding) {
		_, err := t.stream(t.options.Patience.Stream, noSuchType)
		switch status.Code(err) {
		case codes.OK:
		case codes.Unimplemented:
			f.say("it has no events")
		case codes.Unavailable, codes.ResourceExhausted:
			f.note("%s", short(err))
		default:
			f.broken("Stream", "%s", short(err))
		}
	},
}, {
	ID:       "stream.types",
	Sentence: "Stream sends only events of the types that were asked for",
	Section:  "Stream",
	Rule:     "events from the moment of the call, of the types asked for; types are compared exactly",
	Remedy:   "compare CloudEvent.type with StreamRequest.types; none asked for means all",
	examine: func(t *trial, f *finding) {
		events, err := t.stream(t.options.Patience.Stream/4, noSuchType)
		if status.Code(err) == codes.Unimplemented {
			f.skip("it has no events")
		}
		for _, event := range events {
			f.broken("Stream of the type "+noSuchType, "an event of the type %q", event.GetType())
		}
	},
}, {
	ID:       "stream.events",
	Sentence: "every event is a CloudEvent, sent once",
	Section:  "Stream",
	Rule:     "CloudEvent: id, source, type and specversion (1.0) REQUIRED; each at most once on one stream; data is JSON where its type says so",
	Remedy:   "set the fields that are named; the gateway drops such an event",
	examine: func(t *trial, f *finding) {
		events, err := t.stream(t.options.Patience.Stream)
		if len(events) == 0 {
			if status.Code(err) == codes.Unimplemented {
				f.skip("it has no events")
			} else {
				f.skip("no event came within %v", t.options.Patience.Stream)
			}
			return
		}
		f.say("%d events", len(events))
		sent := map[[2]string]bool{}
		for _, event := range events {
			if err := checkEvent(event); err != nil {
				f.broken("Stream", "an event of the type %q, with the id %q: %v", event.GetType(), event.GetId(), err)
			}
			key := [2]string{event.GetSource(), event.GetId()}
			if sent[key] {
				f.broken("Stream", "the event %q of %q for the second time", event.GetId(), event.GetSource())
			}
			sent[key] = true
		}
	},
}}

// stream gathers what comes until it ends or that long has passed, which is no error.
func (t *trial) stream(patience time.Duration, types ...string) (events []*providerv1.CloudEvent, err error) {
	ctx, cancel := context.WithCancel(metadata.AppendToOutgoingContext(t.ctx, correlationID, newID()))
	defer cancel()
	enough := time.AfterFunc(patience, cancel) // not a deadline, which would be sent
	defer enough.Stop()
	stream, err := providerv1.NewProviderClient(t.connection).Stream(ctx, &providerv1.StreamRequest{Types: types})
	if err != nil {
		return nil, err
	}
	for len(events) < mostEvents {
		event, err := stream.Recv()
		if errors.Is(err, io.EOF) || err != nil && ctx.Err() != nil {
			return events, nil
		}
		if err != nil {
			return events, err
		}
		events = append(events, event)
	}
	return events, nil
}

func checkEvent(event *providerv1.CloudEvent) error {
	switch {
	case event.GetId() == "":
		return errors.New("it has no id")
	case event.GetSource() == "":
		return errors.New("it has no source")
	case event.GetType() == "":
		return errors.New("it has no type")
	case event.GetSpecversion() != "1.0":
		return errors.New("its specversion is not 1.0")
	}
	kind, _, _ := strings.Cut(event.GetDatacontenttype(), ";")
	if event.GetData() != nil && (kind == "" || kind == "application/json" || strings.HasSuffix(kind, "+json")) {
		return strictjson.Check(event.GetData().GetValue())
	}
	return nil
}
