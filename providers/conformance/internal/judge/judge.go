// SPDX-License-Identifier: Apache-2.0

// Package judge holds a provider to the contract, call by call.
//
// Every rule is one Check. A check that needs what the provider does not offer, or what was not given to the judge, is skipped and says so.
package judge

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc"

	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/vector"
)

// Verdict is what became of a check.
type Verdict string

const (
	OK   Verdict = "ok"
	Fail Verdict = "FAIL" // a MUST is broken
	Note Verdict = "note" // a SHOULD is broken, or there is something to know
	Skip Verdict = "skip"
)

// Check is one rule of the contract.
type Check struct {
	// ID is AREA.NAME.
	ID string
	// Sentence says what is the case where the rule is kept.
	Sentence string
	// Section is the heading in proto/README.md under which the rule stands.
	Section string
	// Rule is what the contract says.
	Rule string
	// Remedy is what the author of a provider does about it.
	Remedy string
	// Should marks a rule that may be broken: that is a note, not a failure.
	Should bool

	examine func(*trial, *finding)
}

// Area is the part of the contract that the check is about.
func (c Check) Area() string { return c.ID[:strings.IndexByte(c.ID, '.')] }

// Result is a check and what was found.
type Result struct {
	Check
	Verdict Verdict
	Remark  string
	Broken  []Breach // the first few
	More    int      // how many there were beyond those
}

// Breach is one case in which the rule was broken.
type Breach struct{ Sent, Seen string }

// Options say what is judged, and with what.
type Options struct {
	// Connect returns a connection of its own at every call.
	Connect func(...grpc.DialOption) (*grpc.ClientConn, error)
	// Command starts the provider, where the judge is to do that; Connect is nil then.
	Command []string
	// Vectors are inputs with their expected outputs; may be empty.
	Vectors []vector.File
	// Log returns the provider's log since the judge began. Nil where it is not known; for a Command it is what that writes.
	Log func() (string, error)
	// DoNotCall are tools that are never called with valid arguments.
	DoNotCall []string
	// Pings asks for the check that takes 45 s.
	Pings bool
	// Patience bounds every wait.
	Patience Patience
	// LargestMessage is the contract's, in bytes, unless a test wants to be quick.
	LargestMessage int
}

// Patience is how long the judge waits for what.
type Patience struct {
	Start  time.Duration // for a program to listen, for a connection to open
	Call   time.Duration // for the answer to a call
	Large  time.Duration // for the answer to a call of 10 MiB
	List   time.Duration // within which the gateway awaits ListCapabilities
	Stream time.Duration // for events
	Log    time.Duration // for lines of the log to arrive
	End    time.Duration // for a program to end
	Linger time.Duration // for a program to end that should not
	Pings  time.Duration // for a connection to be closed because of them
}

// Patient is how long the judge waits unless a test is in a hurry.
var Patient = Patience{
	Start:  10 * time.Second,
	Call:   10 * time.Second,
	Large:  30 * time.Second,
	List:   2500 * time.Millisecond,
	Stream: time.Second,
	Log:    2 * time.Second,
	End:    5 * time.Second,
	Linger: 500 * time.Millisecond,
	Pings:  45 * time.Second,
}

// LargestMessage is the contract's limit: a payload of 10 MiB and 64 KiB for what is around it.
const LargestMessage = 10<<20 + 64<<10

// Checks returns every check in the order in which they are made.
func Checks() []Check {
	return slices.Concat(startChecks, connectionChecks, listChecks, definitionChecks, schemaChecks, invokeChecks, readChecks, promptChecks,
		streamChecks, metadataChecks, growthChecks, limitChecks, concurrencyChecks, healthChecks, reflectionChecks, vectorChecks,
		deadlineChecks, pingChecks, messageChecks, logChecks, endChecks)
}

// Run makes every check and hands each result to report as it is known. It ends what it started.
func Run(ctx context.Context, options Options, report func(Result)) {
	trial := newTrial(ctx, options)
	defer trial.close()
	for _, check := range Checks() {
		finding := &finding{}
		if trial.gone != "" && !slices.Contains([]string{"process", "log"}, check.Area()) {
			finding.skip("%s", trial.gone)
		} else {
			check.examine(trial, finding)
		}
		result := finding.result(check)
		report(result)
		if result.Verdict == Fail && trial.gone == "" {
			trial.seeWhetherItIsGone(check.ID)
		}
	}
}

// finding is what an examination writes down.
type finding struct {
	breaches []Breach
	count    int
	remark   string
	mention  bool
	skipped  bool
}

// mostBreaches is how many cases of one rule are shown: the rest is seldom news.
const mostBreaches = 3

// broken notes that what was sent led to what breaks the rule.
func (f *finding) broken(sent string, seen string, details ...any) {
	f.count++
	if len(f.breaches) < mostBreaches {
		f.breaches = append(f.breaches, Breach{cut(sent), cut(fmt.Sprintf(seen, details...))})
	}
}

// say adds something to the line of a check.
func (f *finding) say(format string, details ...any) { f.remark = cut(fmt.Sprintf(format, details...)) }

// note adds something that the author should know though no rule is broken.
func (f *finding) note(format string, details ...any) {
	f.say(format, details...)
	f.mention = true
}

func (f *finding) skip(format string, details ...any) {
	f.say(format, details...)
	f.skipped = true
}

func (f *finding) result(check Check) Result {
	result := Result{Check: check, Verdict: OK, Remark: f.remark, Broken: f.breaches, More: f.count - len(f.breaches)}
	switch {
	case f.count > 0 && check.Should:
		result.Verdict = Note
	case f.count > 0:
		result.Verdict = Fail
	case f.skipped:
		result.Verdict = Skip
	case f.mention:
		result.Verdict = Note
	}
	return result
}

// cut keeps what came from the provider to one short line of printable text.
func cut(text string) string {
	const longest = 300
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "…"
}

// show is a payload as the report shows it.
func show(payload []byte) string {
	const longest = 120
	switch {
	case payload == nil:
		return "(absent)"
	case len(payload) <= longest:
		return string(payload)
	}
	return fmt.Sprintf("%s… (%d bytes)", strings.ToValidUTF8(string(payload[:longest]), ""), len(payload))
}

func sprintSize(what string, size int) string { return fmt.Sprintf("%s, %d bytes", what, size) }
