package plot

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
)

// halves has the score of class 1 above that of class 0 where the first feature
// is positive.
func halves(x *autodiff.Node) *autodiff.Node {
	w := tensor.New(tensor.WithShape(2, 2), tensor.WithBacking([]float64{0, 1, 0, 0}))
	return x.MatMul(x.Graph().Constant(w))
}

// boundary has examples at the corners of a square about 0, left and right.
func boundary(t *testing.T, scores func(x *autodiff.Node) *autodiff.Node) Boundary {
	t.Helper()
	d, err := datasets.New([]float64{-1, -1, -1, 1, 1, -1, 1, 1}, 2)
	require.NoError(t, err)
	d, err = d.WithLabels([]int{0, 0, 1, 1}, "left", "right")
	require.NoError(t, err)
	return Boundary{Title: "T", X: "x", Y: "y", Data: d, Scores: scores}
}

// The left half has the colour of class 0, the right that of class 1, and each
// the dots of its class.
func TestBoundary(t *testing.T) {
	pale := func(i int) any { return mix(series[i], white, 0.75) }
	b := boundary(t, halves)
	img := drawn(t, b)
	assert.Equal(t, pale(0), at(img, 0.3, 0.5))
	assert.Equal(t, pale(1), at(img, 0.6, 0.5))
	svg := svgOf(t, b)
	assert.Contains(t, svg, ">left<")
	assert.Contains(t, svg, ">right<")

	single := boundary(t, func(x *autodiff.Node) *autodiff.Node { return x.Slice(1, 0, 1) })
	assert.Equal(t, img.At(400, 300), drawn(t, single).At(400, 300))
	signs, err := b.Data.Signs()
	require.NoError(t, err)
	single.Data = signs
	assert.Contains(t, svgOf(t, single), ">−1<")
	assert.Equal(t, pale(1), at(drawn(t, single), 0.6, 0.5))
}

// The line between two regions is where their scores are equal, in both
// precisions.
func TestRegionsMeetWhereScoresAreEqual(t *testing.T) {
	b := boundary(t, func(x *autodiff.Node) *autodiff.Node { return x.Slice(1, 0, 1).AddScalar(-0.3) })
	for _, d := range []*datasets.Dataset{b.Data, b.Data.Float64()} {
		b.Data = d
		e, err := b.examples()
		require.NoError(t, err)
		assert.Equal(t, Box{-1.1, 1.1, -1.1, 1.1}, e.box)
		r, err := b.regions(e)
		require.NoError(t, err)
		for _, piece := range r.margins[1].contour(0) {
			assert.InDelta(t, 0.3, piece[0][0], 1e-6) // scores of float32 below 2
		}
	}
}

func TestBoundaryRefuses(t *testing.T) {
	b := boundary(t, halves)
	wide, err := datasets.Blobs(5, 3, 2, 1, rand.New(rand.NewPCG(1, 2)))
	require.NoError(t, err)
	bare, err := b.Data.WithTargets([]float64{1, 2, 3, 4})
	require.NoError(t, err)
	none, err := datasets.New([]float64{1, 2}, 2)
	require.NoError(t, err)
	for _, c := range []struct {
		want   string
		change func(b *Boundary)
	}{
		{"there are no data", func(b *Boundary) { b.Data = nil }},
		{"the examples have 3 features, want 2", func(b *Boundary) { b.Data = wide }},
		{"the target of example 1 is 2, want -1 or 1", func(b *Boundary) { b.Data = bare }},
		{"1 examples without classes, want some with classes, or with targets -1 and 1", func(b *Boundary) { b.Data = none }},
		{"there are no scores", func(b *Boundary) { b.Scores = nil }},
		{"the model has 3 scores for 2 classes, want as many, or one for two", func(b *Boundary) {
			b.Scores = func(x *autodiff.Node) *autodiff.Node {
				return x.MatMul(x.Graph().Constant(tensor.New(tensor.WithShape(2, 3), tensor.WithBacking(make([]float64, 6)))))
			}
		}},
		{"the scores of a batch of 14641 have the shape (2, 14641), want a row for each example", func(b *Boundary) {
			b.Scores = func(x *autodiff.Node) *autodiff.Node { return x.T() }
		}},
		{"the scores of a batch of 14641 have the shape (), want a row for each example", func(b *Boundary) {
			b.Scores = func(x *autodiff.Node) *autodiff.Node { return x.Sum() }
		}},
	} {
		broken := b
		c.change(&broken)
		assert.EqualError(t, broken.Draw(canvas(100, 100)), `plot: boundary "T": `+c.want)
	}
	broken := b
	broken.Scores = func(x *autodiff.Node) *autodiff.Node { return x.MatMul(x) }
	assert.ErrorContains(t, broken.Draw(canvas(100, 100)), `plot: boundary "T": autodiff: MatMul`)
	broken.Scores = func(x *autodiff.Node) *autodiff.Node { return nil }
	assert.ErrorContains(t, broken.Draw(canvas(100, 100)), `plot: boundary "T": `)
}
