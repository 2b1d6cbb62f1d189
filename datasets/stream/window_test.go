package stream

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A full window passes examples on without memory for each, and loses none.
func TestWindowUsesItsMemoryAgain(t *testing.T) {
	w := &window{room: 5, rng: rand.New(rand.NewPCG(1, 2))}
	var left []float32
	next := float32(0)
	x, target := make([]float32, 3), make([]float32, 1)
	step := func() {
		for i := range x {
			x[i] = next
		}
		target[0] = -next
		next++
		if e, full := w.exchange(example{x: x, target: target}); full {
			assert.Equal(t, []float32{e.x[0], e.x[0], e.x[0], -e.x[0]}, slices.Concat(e.x, e.target))
			left = append(left, e.x[0])
		}
	}
	for range 100 {
		step()
	}
	for _, e := range w.held {
		left = append(left, e.x[0])
	}
	slices.Sort(left)
	for i, v := range left {
		assert.Equal(t, float32(i), v)
	}
	assert.Len(t, left, 100)
	assert.Zero(t, testing.AllocsPerRun(100, func() { w.exchange(example{x: x, target: target}) }))
}
