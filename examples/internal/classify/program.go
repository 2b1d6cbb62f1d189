package classify

import (
	"context"
	"flag"
	"io"
	"math/rand/v2"
	"os"
)

// A Program is a command that trains a model of its own.
type Program struct {
	Name   string
	About  string                    // what -h writes above the flags
	Tuning func(s Settings) Tuning   // what suits the data, with softmax and minibatches
	Flags  func(flags *flag.FlagSet) // registers flags of its own; may be nil

	// Model returns the model for examples of so many features, with so many
	// scores.
	Model func(features, scores int, rng *rand.Rand) Model
}

// Run reads the arguments, loads the examples, from standard input if they say so,
// and does the job.
func (p Program) Run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	settings, err := Parse(p, args, stderr)
	if err != nil {
		return err
	}
	if err := settings.download(ctx); err != nil {
		return err
	}
	settings.Stdin = os.Stdin
	rng := rand.New(rand.NewPCG(settings.Seed, 0))
	set, err := Load(&settings, rng)
	if err != nil {
		return err
	}
	job := Job{
		Settings: settings,
		Set:      set,
		Model:    p.Model(set.Train.Features(), set.Outputs(settings), rng),
		Rand:     rng,
		Stdout:   stdout,
		Stderr:   stderr,
	}
	return job.Run(ctx)
}
