// Package command is what the examples share around their work: [Main] or [Exit]
// ends the process as the error of a program says, [Parse] and [ParseFlags] read
// its arguments, [Names] a list among them.
package command

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Parse parses the flags of a program that takes arguments, too. The error is
// flag.ErrHelp after -h, which writes the list of flags to the output of fs.
func Parse(fs *flag.FlagSet, args []string) error {
	help := fs.Output()
	fs.SetOutput(io.Discard) // the error is returned, and printed once
	err := fs.Parse(args)
	fs.SetOutput(help)
	if errors.Is(err, flag.ErrHelp) {
		fs.PrintDefaults()
		return err
	}
	if err != nil {
		return fmt.Errorf("%w; -h lists the flags", err)
	}
	return nil
}

// ParseFlags is [Parse] for a program that takes no arguments.
func ParseFlags(fs *flag.FlagSet, args []string) error {
	if err := Parse(fs, args); err != nil {
		return err
	}
	if fs.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q; -h lists the flags", fs.Arg(0))
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
