package classify

import (
	"context"
	"flag"
	"io"
	"math/rand/v2"
	"os"

	"declive/dist"
	"declive/examples/internal/ranks"
)

// A Program is a command that trains a model of its own.
type Program struct {
	Name   string
	About  string                    // what -h writes above the flags
	Tuning func(s Settings) Tuning   // what suits the data, with softmax and minibatches
	Flags  func(flags *flag.FlagSet) // registers flags of its own; may be nil
	Ranks  bool                      // can train on several, by the flag -dist

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
	comm, err := ranks.Join(settings.Dist)
	if err != nil {
		return err
	}
	if !ranks.Leads(comm) {
		stdout, stderr = io.Discard, io.Discard
	}
	return ranks.Leave(ctx, comm, p.train(ctx, settings, comm, stdout, stderr))
}

// train loads the examples and does the job.
func (p Program) train(ctx context.Context, settings Settings, comm dist.Comm, stdout, stderr io.Writer) error {
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
		Comm:     comm,
		Stdout:   stdout,
		Stderr:   stderr,
	}
	return job.Run(ctx)
}
