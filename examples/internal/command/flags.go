// Package command is what the examples share around their work: [Main] or [Exit]
// ends the process as the error of a program says, [Parse] and [ParseFlags] read
// its arguments, [Names] a list among them, and [Usage] marks what is wrong with
// them.
package command

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A UsageError says that a program was called in a way that has no meaning.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong.
func (e *UsageError) Unwrap() error { return e.Err }

// Usage returns an error as a [UsageError], or nil for nil.
func Usage(err error) error {
	if err == nil {
		return nil
	}
	return &UsageError{err}
}

// Parse parses the flags of a program that takes arguments, too. The error is
// flag.ErrHelp after -h, which writes to the output of fs what the program is
// about, its first line what it does and the last a call, and the list of flags;
// any other is a [UsageError].
func Parse(fs *flag.FlagSet, about string, args []string) error {
	help := fs.Output()
	fs.SetOutput(io.Discard) // the error is returned, and printed once
	err := fs.Parse(args)
	fs.SetOutput(help)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(help, "%s\n\n", about)
		fs.PrintDefaults()
		return err
	}
	if err != nil {
		return Usage(fmt.Errorf("%w; -h lists the flags", err))
	}
	return nil
}

// ParseFlags is [Parse] for a program that takes no arguments.
func ParseFlags(fs *flag.FlagSet, about string, args []string) error {
	if err := Parse(fs, about, args); err != nil {
		return err
	}
	if fs.NArg() > 0 {
		return Usage(fmt.Errorf("unexpected argument %q; -h lists the flags", fs.Arg(0)))
	}
	return nil
}

// Names returns the function of a flag that takes some of known names, separated
// by commas, or "all", for which list becomes nil.
func Names(list *[]string, known []string) func(text string) error {
	return func(text string) error {
		*list = nil
		if text == "all" {
			return nil
		}
		*list = strings.Split(text, ",")
		for _, name := range *list {
			if !slices.Contains(known, name) {
				return fmt.Errorf("%q is none of %s", name, strings.Join(known, ", "))
			}
		}
		return nil
	}
}
