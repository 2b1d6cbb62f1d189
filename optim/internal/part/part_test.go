package part_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/dist"
	"declive/internal/dense"
	"declive/optim/internal/part"
)

func batch(n int) autodiff.Batch {
	x, y, w := make([]float64, 2*n), make([]int, n), make([]float32, n)
	for i := range n {
		x[2*i], x[2*i+1], y[i], w[i] = float64(i), float64(-i), i, float32(10*i)
	}
	return autodiff.Batch{X: dense.Wrap([]int{n, 2}, x), Y: dense.Wrap([]int{n}, y), More: []autodiff.Named{
		{Name: "weights", Value: dense.Wrap([]int{n}, w)}, {Name: "scale", Value: dense.Wrap([]int{n + 1}, make([]float64, n+1))},
	}}
}

// The parts of a batch, put together, are the batch, on every rank.
func TestWhole(t *testing.T) {
	for ranks := 1; ranks <= 4; ranks++ {
		for _, n := range []int{1, 5, 8} {
			comms, err := dist.Goroutines(ranks)
			require.NoError(t, err)
			var all sync.WaitGroup
			for rank, c := range comms {
				all.Go(func() {
					b := batch(n)
					mine := part.Rows(b, part.First(n, rank, ranks), part.First(n, rank+1, ranks))
					whole, err := part.Whole(c, mine)
					if assert.NoError(t, err) {
						assert.Equal(t, b.X.Float64s(), whole.X.Float64s())
						assert.Equal(t, b.Y.Ints(), whole.Y.Ints())
						assert.Equal(t, b.More[0].Value.Float32s(), whole.More[0].Value.Float32s())
						assert.Equal(t, n+1, whole.More[1].Value.Shape()[0], "not divided")
					}
				})
			}
			all.Wait()
		}
	}
}

// What ranks differ in is named on all of them.
func TestSame(t *testing.T) {
	comms, err := dist.Goroutines(3)
	require.NoError(t, err)
	var all sync.WaitGroup
	for rank, c := range comms {
		all.Go(func() {
			assert.NoError(t, part.Same(c, "seeds", 1, 2))
			assert.EqualError(t, part.Same(c, "seeds", 1, uint64(rank/2)), "rank 2 has other seeds than rank 0")
			assert.EqualError(t, part.Same(c, "seeds", uint64(rank)), "2 ranks have other seeds than rank 0")
			yes, err := part.All(c, rank != 1)
			assert.NoError(t, err)
			assert.False(t, yes)
			v := struct{ Text string }{}
			if rank == 0 {
				v.Text = "from rank 0"
			}
			assert.NoError(t, part.Value(c, &v))
			assert.Equal(t, "from rank 0", v.Text)
		})
	}
	all.Wait()
}
