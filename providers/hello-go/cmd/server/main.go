// SPDX-License-Identifier: Apache-2.0

// Command hello-go is the demo provider in Go: two tools, a resource and a prompt behind the provider contract, provider.v1.
package main

import (
	"cmp"
	"context"
	"errors"
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
	var files server.CertificateFiles
	flag.Func("tls-cert", "PEM `FILE` with the server's certificate and those between it and its CA: speak TLS only", path(&files.Certificate))
	flag.Func("tls-key", "PEM `FILE` with the key of that certificate", path(&files.Key))
	flag.Func("tls-client-ca", "PEM `FILE` with the CAs of which clients must show a certificate", path(&files.ClientCA))
	printVersion := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	switch err := files.Check(); {
	case *printVersion:
		fmt.Println("hello-go", version)
	case flag.NArg() > 0:
		refuse(fmt.Errorf("unexpected argument: %s", flag.Arg(0)))
	case err != nil:
		refuse(err)
	default:
		serve(*address, files, server.NewLog(os.Stderr))
	}
}

// path takes the name of a file. An empty one, from a variable that is not set, say, is no way to switch TLS off.
func path(of *string) func(string) error {
	return func(value string) error {
		if value == "" {
			return errors.New("no file is named")
		}
		*of = value
		return nil
	}
}

func refuse(err error) {
	fmt.Fprintln(flag.CommandLine.Output(), err)
	flag.Usage()
	os.Exit(2)
}

func serve(address string, files server.CertificateFiles, log *slog.Logger) {
	signal.Ignore(syscall.SIGPIPE) // whoever reads the log may go before the calls in flight have ended
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	context.AfterFunc(ctx, stop) // so that a second signal ends the process at once
	if os.Getenv("MCP_GATEWAY_SUPERVISED") == "1" {
		go func() {
			io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}
	security, err := server.Credentials(files, log)
	if err != nil {
		log.Error("cannot speak TLS", "error", err.Error())
		os.Exit(1)
	}
	listener, err := server.Listen(address)
	if err != nil {
		log.Error("cannot listen", "address", address, "error", err.Error())
		os.Exit(1)
	}
	log.Info("listening", "address", listener.Addr().String(), "tls", files.Security(), "version", version)
	if err := server.Serve(ctx, listener, security, version, log); err != nil {
		log.Error("cannot serve", "error", err.Error())
		os.Exit(1)
	}
	log.Info("stopped")
}
