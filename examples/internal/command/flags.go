// Package command is what the examples share around their work: [Main] or [Exit]
// ends the process as the error of a program says, [Parse] and [ParseFlags] read
// its arguments.
package command

import (
	"errors"
	"flag"
	"fmt"
	"io"
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
