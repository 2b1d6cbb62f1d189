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
