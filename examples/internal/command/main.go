package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// A Program is the body of an example.
type Program func(ctx context.Context, args []string, stdout, stderr io.Writer) error

// Main runs a program with the arguments and streams of the process, and ends
// the process. An interrupt ends ctx, and so does SIGTERM, which timeout, batch
// systems and containers send; by that the program finishes its work in order. A
// second one ends the process at once.
func Main(name string, program Program) {
	ctx := untilSignal()
	err := program(ctx, os.Args[1:], os.Stdout, os.Stderr)
	os.Exit(status(name, err, context.Cause(ctx), os.Stderr))
}

// Exit ends the process of a program that returned err.
func Exit(name string, err error) { os.Exit(status(name, err, nil, os.Stderr)) }

// errTerminated is the cause of a context that SIGTERM has ended.
var errTerminated = errors.New("terminated")

// untilSignal returns a context that the first signal ends.
func untilSignal() context.Context {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		s := <-signals
		signal.Stop(signals)
		if s == syscall.SIGTERM {
			cancel(errTerminated)
		}
		cancel(nil)
	}()
	return ctx
}

// status reports an error and returns the exit status: 0 for none, 130 after an
// interrupt and 143 after SIGTERM, as shells count them, 2 for a [UsageError], and
// 1 for any other error, also one that comes on top of these.
func status(name string, err, cause error, stderr io.Writer) int {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	code, text := 130, "interrupted"
	if cause == errTerminated {
		code, text = 143, "terminated"
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintf(stderr, "%s: %s\n", name, text)
	}
	if failed := withoutEnd(err); failed != nil {
		fmt.Fprintf(stderr, "%s: %v\n", name, failed)
		code = 1
		if usage := (*UsageError)(nil); errors.As(failed, &usage) {
			code = 2
		}
	}
	return code
}

// withoutEnd returns an error without the parts that say that the context ended.
func withoutEnd(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var rest []error
		for _, e := range joined.Unwrap() {
			rest = append(rest, withoutEnd(e))
		}
		return errors.Join(rest...)
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
