// Command hello-go is the demo provider in Go: two tools, a resource and a prompt behind the provider contract, provider.v1.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/mcp-gateway/mcp-gateway/providers/hello-go/internal/server"
)

const version = "0.1.0"

func main() {
	address := flag.String("listen", cmp.Or(os.Getenv("LISTEN"), "localhost:50051"),
		"where to listen, `HOST:PORT or unix:PATH`; the environment variable LISTEN sets the default")
	printVersion := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	switch {
	case *printVersion:
		fmt.Println("hello-go", version)
	case flag.NArg() > 0:
		fmt.Fprintf(flag.CommandLine.Output(), "unexpected argument: %s\n", flag.Arg(0))
		flag.Usage()
		os.Exit(2)
	default:
		serve(*address, server.NewLog(os.Stderr))
	}
}

func serve(address string, log *slog.Logger) {
	signal.Ignore(syscall.SIGPIPE) // whoever reads the log may go before the calls in flight have ended
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	context.AfterFunc(ctx, stop) // so that a second signal ends the process at once
	if os.Getenv("MCP_GATEWAY_SUPERVISED") == "1" {
		go func() {
			io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}
	listener, err := server.Listen(address)
	if err != nil {
		log.Error("cannot listen", "address", address, "error", err.Error())
		os.Exit(1)
	}
	log.Info("listening", "address", listener.Addr().String(), "version", version)
	if err := server.Serve(ctx, listener, version, log); err != nil {
		log.Error("cannot serve", "error", err.Error())
		os.Exit(1)
	}
	log.Info("stopped")
}
