package dist_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/dist"
	"declive/internal/dense"
	"declive/internal/exported"
)

// each runs f on n ranks at once and returns their errors.
func each(t *testing.T, n int, f func(c dist.Comm) error) []error {
	ranks, err := dist.Goroutines(n)
	require.NoError(t, err)
	errs := make([]error, n)
	var all sync.WaitGroup
	for i, c := range ranks {
		all.Go(func() { errs[i] = f(c) })
	}
	all.Wait()
	return errs
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

// Sums, means and messages are the same on all ranks, in both precisions, again and
// again in the same memory.
func TestGoroutines(t *testing.T) {
	for n := 1; n <= 4; n++ {
		for _, precision := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
			errs := each(t, n, func(c dist.Comm) error {
				x := dense.Zeros(precision, 2, 3)
				sum, err := c.AllReduce(x)
				if err != nil {
					return err
				}
				for round := range 3 {
					for i := range 6 {
						dense.SetElement(x, i, float64(i+round+c.Rank()))
					}
					if err := errors.Join(sum.Start(), sum.Poll(), sum.Wait(t.Context())); err != nil {
						return err
					}
					for i := range 6 {
						assert.Equal(t, float64(n*(i+round)+n*(n-1)/2), dense.Element(x, i))
					}
				}
				if err := dist.Mean(t.Context(), c, x); err != nil {
					return err
				}
				assert.Equal(t, float64(n*(5+2)+n*(n-1)/2), dense.Element(x, 5), "the mean of equal numbers")
				for root := range n {
					dense.SetElement(x, 4, float64(10*c.Rank()))
					if err := dist.BroadcastTensor(t.Context(), c, x, root); err != nil {
						return err
					}
					assert.Equal(t, float64(10*root), dense.Element(x, 4))
				}
				return errors.Join(c.Barrier(t.Context()), c.Close())
			})
			require.NoError(t, errors.Join(errs...))
		}
	}
}

// Sums are added in the order of the ranks: (1 + 1e16) − 1e16 is 0 and not 1.
func TestSumsHaveAnOrder(t *testing.T) {
	for range 20 {
		errs := each(t, 3, func(c dist.Comm) error {
			x := dense.Wrap([]int{1}, []float64{[]float64{1, 1e16, -1e16}[c.Rank()]})
			err := dist.Sum(t.Context(), c, x)
			assert.Zero(t, x.Float64s()[0])
			return err
		})
		require.NoError(t, errors.Join(errs...))
	}
}

// A rank that does not come is named, and so is one that calls something else.
func TestLostRanks(t *testing.T) {
	errs := each(t, 4, func(c dist.Comm) error {
		if c.Rank()%2 == 1 {
			return nil
		}
		return c.Barrier(soon(t))
	})
	var lost *dist.LostError
	require.ErrorAs(t, errs[0], &lost)
	assert.Equal(t, []int{1, 3}, lost.Ranks)
	assert.Regexp(t, `^dist: call 1, barrier: after 0\.[12] s ranks 1 and 3 have not come$`, errs[0].Error())
	assert.Equal(t, errs[0], errs[2])

	errs = each(t, 3, func(c dist.Comm) error {
		if c.Rank() == 2 {
			time.Sleep(20 * time.Millisecond)
			return c.Broadcast(t.Context(), make([]byte, 7), 1)
		}
		return dist.Sum(t.Context(), c, dense.Zeros(tensor.Float32, 5))
	})
	for _, err := range errs {
		assert.EqualError(t, err, "dist: call 1, all-reduce of 5 float32: after 0.0 s, rank 2 is at call 1, broadcast of 7 bytes from rank 1")
	}
}

// What ends one rank ends the calls of all, also later ones.
func TestAbort(t *testing.T) {
	errs := each(t, 3, func(c dist.Comm) error {
		if c.Rank() == 1 {
			c.Abort(errors.New("the disk is full"))
		}
		err := c.Barrier(t.Context())
		assert.Equal(t, err, c.Barrier(t.Context()))
		return err
	})
	for _, err := range errs {
		assert.EqualError(t, err, "dist: rank 1 has given up: the disk is full")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	errs = each(t, 2, func(c dist.Comm) error {
		if c.Rank() == 1 {
			return nil
		}
		return c.Barrier(ctx)
	})
	assert.ErrorIs(t, errs[0], context.Canceled)
}

func TestSingle(t *testing.T) {
	c := dist.Single()
	x := dense.Wrap([]int{2}, []float64{1, math.Pi})
	require.NoError(t, dist.Mean(t.Context(), c, x))
	require.NoError(t, dist.BroadcastTensor(t.Context(), c, x, 0))
	assert.Equal(t, []float64{1, math.Pi}, x.Float64s())
	assert.Equal(t, []int{0, 1}, []int{c.Rank(), c.Size()})
	c.Abort(nil)
	require.NoError(t, c.Close())
}

func TestArguments(t *testing.T) {
	ctx := t.Context()
	var calls []exported.Call
	for name, x := range map[string]*tensor.Dense{"a nil tensor": nil, "an empty tensor": {}, "labels": dense.Wrap([]int{2}, []int{1, 2})} {
		calls = append(calls,
			exported.Call{Of: "Sum", With: name, Do: func() error { return dist.Sum(ctx, dist.Single(), x) }},
			exported.Call{Of: "Mean", With: name, Do: func() error { return dist.Mean(ctx, dist.Single(), x) }},
			exported.Call{Of: "BroadcastTensor", With: name, Do: func() error { return dist.BroadcastTensor(ctx, dist.Single(), x, 0) }})
	}
	for _, root := range []int{-1, 1} {
		calls = append(calls, exported.Call{Of: "BroadcastTensor", With: fmt.Sprint("root ", root), Do: func() error {
			return dist.BroadcastTensor(ctx, dist.Single(), dense.Zeros(tensor.Float32, 1), root)
		}})
	}
	for _, n := range []int{0, -1} {
		calls = append(calls, exported.Call{Of: "Goroutines", With: fmt.Sprint(n), Do: func() error { _, err := dist.Goroutines(n); return err }})
	}
	calls = append(calls, exported.Call{Of: "Describe", With: "no places", Do: exported.Panics(func() { dist.Describe(nil) }), Accepted: true})
	ended, cancel := context.WithCancel(ctx)
	cancel()
	calls = append(calls, exported.Call{Of: "Places", With: "a context that has ended", Do: func() error { _, err := dist.Places(ended, dist.Single()); return err }})
	calls = append(calls, exported.Call{Of: "Limit", With: "no deadline", Do: func() error {
		assert.Equal(t, dist.Patience, dist.Limit(ctx))
		return nil
	}, Accepted: true})
	exported.Check(t, ".", calls)
}
