// SPDX-License-Identifier: Apache-2.0

// Package report writes down what the judge found, for people or for programs.
package report

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/judge"
)

// Counts are how many checks came to which verdict.
type Counts struct {
	Checks int `json:"checks"`
	OK     int `json:"ok"`
	Failed int `json:"failed"`
	Notes  int `json:"notes"`
	Skips  int `json:"skipped"`
}

func (c *Counts) add(verdict judge.Verdict) {
	c.Checks++
	switch verdict {
	case judge.OK:
		c.OK++
	case judge.Fail:
		c.Failed++
	case judge.Note:
		c.Notes++
	case judge.Skip:
		c.Skips++
	}
}

// Report takes one result after another. Not safe for concurrent use.
type Report interface {
	Add(judge.Result)
	// End writes what can be said only once all is known.
	End() Counts
}

// Text writes one line for each check as it is made, and below it what was wrong.
func Text(out io.Writer) Report { return &text{out: out} }

type text struct {
	out    io.Writer
	counts Counts
}

func (t *text) Add(result judge.Result) {
	t.counts.add(result.Verdict)
	remark := ""
	if result.Remark != "" {
		remark = ": " + result.Remark
	}
	fmt.Fprintf(t.out, "%-5s %-12s %s%s\n", result.Verdict, result.Area(), result.Sentence, remark)
	if len(result.Broken) == 0 {
		return
	}
	for _, breach := range result.Broken {
		fmt.Fprintf(t.out, "        sent      %s\n        seen      %s\n", breach.Sent, breach.Seen)
	}
	if result.More > 0 {
		fmt.Fprintf(t.out, "        …         and so in %d cases more\n", result.More)
	}
	fmt.Fprintf(t.out, "        contract  %s. proto/README.md, %q\n        do        %s\n        check     %s\n", result.Rule, result.Section, result.Remedy, result.ID)
}

func (t *text) End() Counts {
	c := t.counts
	fmt.Fprintf(t.out, "%d checks: %d ok, %d FAIL, %d note, %d skip\n", c.Checks, c.OK, c.Failed, c.Notes, c.Skips)
	return c
}

// JSON writes one document at the end.
func JSON(out io.Writer) Report { return &document{out: out} }

type document struct {
	out    io.Writer
	Checks []entry `json:"checks"`
	Counts Counts  `json:"counts"`
}

type entry struct {
	ID       string        `json:"id"`
	Verdict  judge.Verdict `json:"verdict"`
	Sentence string        `json:"sentence"`
	Remark   string        `json:"remark,omitempty"`
	Section  string        `json:"section"`
	Rule     string        `json:"rule"`
	Remedy   string        `json:"remedy,omitempty"`
	Broken   []breach      `json:"broken,omitempty"`
	More     int           `json:"more,omitempty"`
}

type breach struct {
	Sent string `json:"sent"`
	Seen string `json:"seen"`
}

func (d *document) Add(result judge.Result) {
	d.Counts.add(result.Verdict)
	entry := entry{ID: result.ID, Verdict: result.Verdict, Sentence: result.Sentence, Remark: result.Remark, Section: result.Section,
		Rule: result.Rule, More: result.More}
	for _, broken := range result.Broken {
		entry.Broken = append(entry.Broken, breach(broken))
		entry.Remedy = result.Remedy
	}
	d.Checks = append(d.Checks, entry)
}

func (d *document) End() Counts {
	encoder := json.NewEncoder(d.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(d) // whoever reads it may have gone
	return d.Counts
}
