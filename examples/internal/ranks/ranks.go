// Package ranks lets an example train on several ranks, by its flag -dist:
//
//	comm, err := ranks.Join(*how)
//	...
//	err = train(ctx, comm)
//	return ranks.Leave(ctx, comm, err)
//
// comm is nil without the flag, and then all of this does nothing.
package ranks

import (
	"context"
	"errors"
	"fmt"
	"io"

	"declive/dist"
	"declive/dist/mpi"
	"declive/examples/internal/command"
	"declive/optim"
)

// Help is what -dist does.
const Help = "how ranks reach each other that train together: mpi, for a program built with -tags mpi and started by mpirun (default: one process)"

// Join makes this process one of the ranks, or returns nil for "".
func Join(how string) (dist.Comm, error) {
	switch how {
	case "":
		return nil, nil
	case "mpi":
		return mpi.Join()
	}
	return nil, command.Usage(fmt.Errorf("-dist is %q, want mpi", how))
}

// Leads reports whether this process writes files and talks: rank 0, or the only one.
func Leads(c dist.Comm) bool { return c == nil || c.Rank() == 0 }

// Options are those of a trainer on these ranks.
func Options(c dist.Comm) []optim.Option {
	if c == nil {
		return nil
	}
	return []optim.Option{optim.WithRanks(c)}
}

// Introduce writes where the ranks run, and what may be wrong with that. All ranks call
// it.
func Introduce(ctx context.Context, c dist.Comm, w io.Writer) error {
	if c == nil {
		return nil
	}
	places, err := dist.Places(ctx, c)
	if err != nil {
		return err
	}
	line, warnings := dist.Describe(places)
	fmt.Fprintln(w, line)
	for _, text := range warnings {
		fmt.Fprintf(w, "warning: %s\n", text)
	}
	return nil
}

// Leave ends the use of the ranks by a program that returns err, and names the rank
// where it is an error. Where all ranks have come to an end they wait for each other;
// else the launcher ends the others.
func Leave(ctx context.Context, c dist.Comm, err error) error {
	if c == nil {
		return err
	}
	if err == nil || ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return errors.Join(err, c.Close())
	}
	return fmt.Errorf("rank %d: %w", c.Rank(), err)
}
