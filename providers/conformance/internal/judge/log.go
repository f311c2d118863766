// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

const longestMessage = 2 << 10

var messageChecks = []Check{{
	ID:       "messages.short",
	Sentence: "status messages are one short line",
	Section:  "Calls",
	Rule:     "a status message SHOULD be one short line, written for whoever made the call",
	Remedy:   "say what was wrong, cut what you quote, keep stack traces for the log",
	Should:   true,
	examine: func(t *trial, f *finding) {
		for _, refusal := range t.refused {
			switch {
			case len(refusal.message) > longestMessage:
				f.broken(refusal.sent, "a message of %d bytes: %s", len(refusal.message), refusal.message)
			case strings.ContainsFunc(refusal.message, unicode.IsControl):
				f.broken(refusal.sent, "a message with line breaks or control characters: %s", refusal.message)
			}
		}
	},
}}

var logChecks = []Check{{
	ID:       "log.correlation-id",
	Sentence: "the log has a line with the correlation id of every call",
	Section:  "Metadata",
	Rule:     "x-correlation-id: a provider MUST write it in its log line of the call",
	Remedy:   "read the key from the metadata in an interceptor, and log one line when the call ends",
	examine: func(t *trial, f *finding) {
		missing := func(log string) (ids []string) {
			for _, id := range t.ids {
				if !strings.Contains(log, id) {
					ids = append(ids, id)
				}
			}
			return ids
		}
		t.awaitLog(f, func(log string) bool { return len(missing(log)) == 0 }, func(log string) {
			ids := missing(log)
			f.broken(fmt.Sprintf("%d calls", len(t.ids)), "no line with %d of their ids, e.g. %s", len(ids), ids[0])
		})
	},
}, {
	ID:       "log.no-arguments",
	Sentence: "the log has no arguments",
	Section:  "The process",
	Rule:     "arguments, results and secrets MUST NOT be logged",
	Remedy:   "log who asked for what and how it ended, not what was said",
	examine: func(t *trial, f *finding) {
		clean := func(log string) bool { return !strings.Contains(log, t.secret) }
		t.awaitLog(f, clean, func(log string) {
			at := strings.Index(log, t.secret)
			f.broken("arguments with "+t.secret, "a line with them: …%s", log[max(0, at-100):min(len(log), at+100)])
		})
	},
}}

// awaitLog reads the log until it is as it should be, or it is too late for that.
func (t *trial) awaitLog(f *finding, good func(log string) bool, otherwise func(log string)) {
	read := t.options.Log
	if read == nil && t.program != nil {
		read = t.program.Output
	}
	if read == nil {
		f.skip("the log is not known: --log FILE")
		return
	}
	deadline := time.NewTimer(t.options.Patience.Log)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		log, err := read()
		if err != nil {
			f.broken("", "the log cannot be read: %v", err)
			return
		}
		if good(log) {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			otherwise(log)
			return
		}
	}
}
