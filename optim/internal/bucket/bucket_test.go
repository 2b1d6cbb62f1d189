package bucket_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/dist"
	"declive/internal/dense"
	"declive/optim/internal/bucket"
)

// Arrays that are summed where they lie, that share buckets, and that are one.
var sizes = []int{1 << 14, 3, 1<<14 + 1, 0, 1<<14 - 1, 1 << 18, 6}

// A recorder notes which sums have begun.
type recorder struct {
	dist.Comm
	begun []int // their lengths
}

type begun struct {
	dist.Reduction
	r      *recorder
	length int
}

func (r *recorder) AllReduce(x *tensor.Dense) (dist.Reduction, error) {
	sum, err := r.Comm.AllReduce(x)
	return begun{sum, r, x.Shape().TotalSize()}, err
}

func (b begun) Start() error {
	b.r.begun = append(b.r.begun, b.length)
	return b.Reduction.Start()
}

// Whatever the order in which arrays become ready, all ranks begin the same sums in
// the same order, and what comes out is right, round after round.
func TestSums(t *testing.T) {
	for _, precision := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		const n = 3
		ranks, err := dist.Goroutines(n)
		require.NoError(t, err)
		var all sync.WaitGroup
		recorders, errs := make([]*recorder, n), make([]error, n)
		for rank, c := range ranks {
			recorders[rank] = &recorder{Comm: c}
			all.Go(func() { errs[rank] = rounds(t, recorders[rank], precision) })
		}
		all.Wait()
		require.NoError(t, errors.Join(errs...))
		small := 3 + 1<<14 - 1 + 6
		assert.Equal(t, []int{1 << 14, 1<<14 + 1, 1 << 18, small}, recorders[0].begun[:4])
		assert.Equal(t, recorders[0].begun, recorders[1].begun)
		assert.Equal(t, recorders[0].begun, recorders[2].begun)
	}
}

func rounds(t *testing.T, c dist.Comm, precision tensor.Dtype) error {
	var arrays []*tensor.Dense
	for _, size := range sizes {
		arrays = append(arrays, dense.Zeros(precision, size))
	}
	s, err := bucket.New(c, arrays)
	if err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(uint64(c.Rank()), 1))
	for round := range 4 {
		given := rng.Perm(len(sizes))
		if round == 3 && c.Rank() == 1 {
			given = nil // this rank has nothing to add
		}
		for _, i := range given {
			fill(arrays[i], float64(i+round+c.Rank()))
			s.Give(i)
			s.Poll()
		}
		if given == nil {
			s.Clear()
		}
		if err := s.Wait(); err != nil {
			return err
		}
		for i := range sizes {
			want := float64(3*(i+round) + 3)
			if round == 3 {
				want = float64(2*(i+round) + 2)
			}
			assert.Equal(t, slices.Repeat([]float64{want}, sizes[i]), dense.Floats(s.Sum(i)), "array %d, round %d", i, round)
		}
	}
	return nil
}

func fill(x *tensor.Dense, v float64) {
	for i := range x.Shape().TotalSize() {
		dense.SetElement(x, i, v)
	}
}

// Two outputs of a program may be the same memory.
func TestSumsOfOneArrayTwice(t *testing.T) {
	ranks, err := dist.Goroutines(2)
	require.NoError(t, err)
	var all sync.WaitGroup
	for _, c := range ranks {
		all.Go(func() {
			x := dense.Zeros(tensor.Float64, 1<<14)
			s, err := bucket.New(c, []*tensor.Dense{x, x})
			if !assert.NoError(t, err) {
				return
			}
			for range 2 {
				fill(x, 1)
				s.Give(0)
				s.Give(1)
				assert.NoError(t, s.Wait())
				assert.Equal(t, 2.0, dense.Element(s.Sum(0), 5))
				assert.Equal(t, 2.0, dense.Element(s.Sum(1), 5))
			}
		})
	}
	all.Wait()
}

// An error of a sum is one of Wait.
func TestSumsFail(t *testing.T) {
	ranks, err := dist.Goroutines(2)
	require.NoError(t, err)
	s, err := bucket.New(ranks[0], []*tensor.Dense{dense.Zeros(tensor.Float32, 4)})
	require.NoError(t, err)
	ranks[1].Abort(errors.New("no more"))
	assert.EqualError(t, s.Wait(), "dist: rank 1 has given up: no more")
}
