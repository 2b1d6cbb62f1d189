package dist_test

import (
	"context"
	"fmt"
	"sync"

	"declive/dist"
	"declive/internal/dense"
)

// Three ranks add what each has.
func ExampleGoroutines() {
	ranks, err := dist.Goroutines(3)
	if err != nil {
		panic(err)
	}
	var all sync.WaitGroup
	for _, c := range ranks {
		all.Go(func() {
			x := dense.Wrap([]int{2}, []float64{1, float64(c.Rank())})
			if err := dist.Sum(context.Background(), c, x); err != nil {
				panic(err)
			}
			if c.Rank() == 2 {
				fmt.Println(x.Float64s())
			}
		})
	}
	all.Wait()
	// Output: [3 3]
}

// Two ranks that share the two cores of a host, one each, are well placed.
func ExampleDescribe() {
	line, warnings := dist.Describe([]dist.Place{{Host: "node1", Cores: 1, Of: 2}, {Host: "node1", Cores: 1, Of: 2}})
	fmt.Println(line, len(warnings))
	// Output: 2 ranks on 1 host, 1 core each 0
}

// Where there is one process, a mean over all ranks is the number itself.
func ExampleMean() {
	x := dense.Wrap([]int{3}, []float64{1, 2, 3})
	if err := dist.Mean(context.Background(), dist.Single(), x); err != nil {
		panic(err)
	}
	fmt.Println(x.Float64s())
	// Output: [1 2 3]
}
