package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

// A Program is the body of an example.
type Program func(ctx context.Context, args []string, stdout, stderr io.Writer) error

// Main runs a program with the arguments and streams of the process, and ends
// the process. An interrupt ends ctx, by which the program finishes its work in
// order; a second one ends the process at once.
func Main(name string, program Program) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop)
	Exit(name, program(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// Exit ends the process of a program that returned err.
func Exit(name string, err error) { os.Exit(status(name, err, os.Stderr)) }

// status reports an error and returns the exit status: 0 for none, 1 for an
// error, 130 after an interrupt.
func status(name string, err error, stderr io.Writer) int {
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(stderr, "%s: interrupted\n", name)
		return 130
	}
	fmt.Fprintf(stderr, "%s: %v\n", name, err)
	return 1
}
