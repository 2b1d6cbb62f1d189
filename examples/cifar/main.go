// Cifar trains a convolutional network on CIFAR-10.
//
//	go run ./examples/cifar -download            # or -data DIR, or DECLIVE_DATA
//	go run ./examples/cifar -preset 94 -checkpoint run
//
// Presets are recipes that differ in the size of the network and in epochs. Without
// CIFAR-10 it trains a small network on generated digits. A long training with
// -checkpoint goes on where it was interrupted when the program is started again.
//
// It leaves the model, curves, the confusion matrix, the filters of the first layer and
// the worst mistakes in a folder. docs/convnets.md explains what happens.
package main

import (
	"context"
	"io"

	"declive/examples/internal/command"
)

func main() { command.Main("cifar", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s, err := parse(args, stderr)
	if err != nil {
		return err
	}
	data, err := load(ctx, s)
	if err != nil {
		return err
	}
	j, err := newJob(s, data, stdout, stderr)
	if err != nil {
		return err
	}
	return j.run(ctx)
}
