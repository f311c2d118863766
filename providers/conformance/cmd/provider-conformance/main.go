// SPDX-License-Identifier: Apache-2.0

// Command provider-conformance judges a provider by the provider contract, provider.v1.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"google.golang.org/grpc/grpclog"

	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/dial"
	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/judge"
	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/report"
	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/vector"
)

const (
	conforms = 0
	fails    = 1
	misused  = 2

	usage = `Judges a provider by the provider contract, provider.v1.

  provider-conformance [OPTIONS] --address ADDRESS            one that runs already
  provider-conformance [OPTIONS] --command PROGRAM [ARGUMENT…]    one to be started and ended, as the gateway does it

ADDRESS is HOST:PORT, unix:PATH or dns:///NAME:PORT. What follows --command, or --, is the program's own.
It calls every tool with arguments made up from its schema: give it a provider whose tools may do what they do.

Options:
`
	exits = `
Each line is a check: ok, FAIL (a MUST is broken), note (a SHOULD is, or something to know) or skip.
Exit code: 0 nothing FAILs, 1 something does, 2 for a wrong command line.
`
)

func main() {
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, io.Discard)) // what it has to say is in the report
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// wish is what the command line asks for.
type wish struct {
	target       dial.Target
	command      []string
	vectors      []string
	log          string
	doNotCall    []string
	pings, asDoc bool
}

func run(ctx context.Context, arguments []string, out, complaints io.Writer) int {
	wish, err := parse(arguments, complaints)
	if errors.Is(err, flag.ErrHelp) {
		return conforms
	}
	if err != nil {
		fmt.Fprintln(complaints, "provider-conformance:", err)
		return misused
	}
	options, err := wish.options()
	if err != nil {
		fmt.Fprintln(complaints, "provider-conformance:", err)
		return misused
	}
	paper := report.Text(out)
	if wish.asDoc {
		paper = report.JSON(out)
	}
	judge.Run(ctx, options, paper.Add)
	if paper.End().Failed > 0 {
		return fails
	}
	return conforms
}

func parse(arguments []string, complaints io.Writer) (wish, error) {
	var wish wish
	arguments, wish.command = splitCommand(arguments)
	flags := flag.NewFlagSet("provider-conformance", flag.ContinueOnError)
	flags.SetOutput(complaints)
	flags.Usage = func() {
		fmt.Fprint(complaints, usage)
		flags.PrintDefaults()
		fmt.Fprint(complaints, exits)
	}
	flags.StringVar(&wish.target.Address, "address", "", "the provider's `ADDRESS`")
	flags.StringVar(&wish.target.CA, "tls-ca", "", "speak TLS, and trust the certificates in this `FILE` (PEM)")
	flags.StringVar(&wish.target.Certificate, "tls-cert", "", "the client certificate, a `FILE` (PEM)")
	flags.StringVar(&wish.target.Key, "tls-key", "", "the client certificate's key, a `FILE` (PEM)")
	flags.Var(list{&wish.vectors}, "vectors", "a `FILE` of inputs with their expected outputs; may be given again, or with several names after it")
	flags.StringVar(&wish.log, "log", "", "the `FILE` that the provider logs to; with --command it is what the program writes")
	flags.Var(list{&wish.doNotCall}, "do-not-call", "never call the tool `NAME` with valid arguments; may be given again")
	flags.BoolVar(&wish.pings, "pings", false, "also see whether an idle connection may be pinged; takes 45 s")
	flags.BoolVar(&wish.asDoc, "json", false, "write the report as one JSON document")
	if err := flags.Parse(arguments); err != nil {
		return wish, err
	}
	for left := flags.Args(); len(left) > 0; left = flags.Args() {
		if len(wish.vectors) == 0 || strings.HasPrefix(left[0], "-") {
			return wish, fmt.Errorf("unexpected argument: %s", left[0])
		}
		wish.vectors = append(wish.vectors, left[0]) // a shell's *.json
		if err := flags.Parse(left[1:]); err != nil {
			return wish, err
		}
	}
	if (wish.target.Address == "") == (len(wish.command) == 0) {
		return wish, errors.New("one of --address and --command must be given; --help says more")
	}
	return wish, nil
}

// splitCommand takes off what belongs to the program that is to be started.
func splitCommand(arguments []string) (own, command []string) {
	for i, argument := range arguments {
		switch argument {
		case "--command", "-command", "--":
			return arguments[:i], arguments[i+1:]
		}
	}
	return arguments, nil
}

func (w wish) options() (judge.Options, error) {
	options := judge.Options{
		Command:        w.command,
		DoNotCall:      w.doNotCall,
		Pings:          w.pings,
		Patience:       judge.Patient,
		LargestMessage: judge.LargestMessage,
	}
	if w.target.Address != "" {
		options.Connect = w.target.Connect
		probe, err := w.target.Connect() // dials nothing yet, but sees whether files and address are any good
		if err != nil {
			return options, err
		}
		probe.Close()
	}
	for _, path := range w.vectors {
		file, err := vector.Read(path)
		if err != nil {
			return options, err
		}
		options.Vectors = append(options.Vectors, file)
	}
	if w.log != "" {
		read, err := logSince(w.log)
		if err != nil {
			return options, err
		}
		options.Log = read
	}
	return options, nil
}

// logSince reads what is added to the file from now on.
func logSince(path string) (func() (string, error), error) {
	const most = 64 << 20
	before, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	return func() (string, error) {
		file, err := os.Open(path)
		if err != nil {
			return "", err
		}
		defer file.Close()
		text, err := io.ReadAll(io.NewSectionReader(file, before.Size(), most))
		return string(text), err
	}, nil
}

type list struct{ values *[]string }

func (l list) String() string { return "" }

func (l list) Set(value string) error {
	*l.values = append(*l.values, value)
	return nil
}
