package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"declive/examples/internal/command"
)

func main() { command.Main("playground", run) }

const about = `Playground builds a page to play with stochastic gradient descent, and serves it.
Example: go run ./examples/playground -address localhost:8080`

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var address, out string
	flags := flag.NewFlagSet("playground", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&address, "address", "localhost:8080", "`host:port` to serve on; port 0 is a free one")
	flags.StringVar(&out, "out", "", "`folder` to write the page to instead of serving it")
	if err := command.ParseFlags(flags, about, args); err != nil {
		return err
	}
	if out != "" {
		return write(ctx, out, stdout)
	}
	return serve(ctx, address, stdout)
}

// write leaves the page in a folder.
func write(ctx context.Context, out string, stdout io.Writer) error {
	size, err := build(ctx, out, stdout)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%.1f MB in %s: any web server can host the folder, without a network of its own\n", float64(size)/1e6, out)
	return nil
}

// serve builds the page and serves it until ctx ends. It takes the address before the
// work.
func serve(ctx context.Context, address string, stdout io.Writer) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("-address: %w; -address localhost:0 takes a free port", err)
	}
	defer listener.Close()
	folder, err := os.MkdirTemp("", "declive-playground-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if _, err := build(ctx, folder, stdout); err != nil {
		return err
	}
	server := &http.Server{Handler: http.FileServer(http.Dir(folder)), ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	fmt.Fprintf(stdout, "http://%s/ has the page; Ctrl-C ends\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
