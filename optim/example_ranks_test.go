package optim_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"

	"declive/autodiff"
	"declive/dist"
	"declive/optim"
	"declive/optim/internal/sample"
)

// Two goroutines train a line together; processes do it with the Comm of package mpi.
func ExampleWithRanks() {
	ranks, err := dist.Goroutines(2)
	if err != nil {
		panic(err)
	}
	var all sync.WaitGroup
	for _, comm := range ranks {
		all.Go(func() {
			w := autodiff.NewParam("w", sample.Vector(0, 0))
			loss := func(x, _ *autodiff.Node) *autodiff.Node { // ½ the mean of |w − x|²
				return x.Graph().Param(w).Sub(x).Square().Sum(1).Mean().DivScalar(2)
			}
			trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 0.5}, optim.WithRanks(comm))
			if err != nil {
				panic(err)
			}
			data := sample.NewPoints(sample.Rand(), 6, 2, 1)
			_, err = trainer.Fit(context.Background(), data, optim.Plan{Epochs: 40, BatchSize: 6, Rand: rand.New(rand.NewPCG(1, 2))})
			if err != nil {
				panic(err)
			}
			if comm.Rank() == 0 {
				means := []float64{0, 0}
				for i, x := range data.X {
					means[i%2] += x / 6
				}
				fmt.Printf("w    = %.4f\nmean = %.4f\n", w.Value().Float64s(), means)
			}
		})
	}
	all.Wait()
	// Output:
	// w    = [2.2230 -0.0280]
	// mean = [2.2230 -0.0280]
}
