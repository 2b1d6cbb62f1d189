package minibatch

import (
	"context"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/examples/lecture/internal/lesson"
	"declive/gradcheck"
)

func newTestSetting() *lesson.Setting {
	return &lesson.Setting{Data: &lesson.Data{}, Small: true, Rand: rand.New(rand.NewPCG(5, 6)), Now: time.Now, Progress: io.Discard}
}

func newTestBlobs(t *testing.T, n int) *datasets.Dataset {
	t.Helper()
	d, err := datasets.Blobs(n, 3, 4, 1, rand.New(rand.NewPCG(7, 8)))
	require.NoError(t, err)
	return d.WithBias()
}

// The variance of single examples, and the gradient of all, computed once more
// from one pass over the examples.
func TestCloud(t *testing.T) {
	d := newTestBlobs(t, 20)
	m := newModel(d, tensor.Float32)
	o, err := m.objective(d)
	require.NoError(t, err)
	c, err := newCloud(context.Background(), o, d)
	require.NoError(t, err)

	all, err := d.All()
	require.NoError(t, err)
	g := make([]float64, o.Dim())
	require.NoError(t, gradientOf(o, all, g))
	assert.InDeltaSlice(t, g, c.gradient, 1e-12)
	variance := 0.0
	for i := range d.Len() {
		b, err := d.Batch(i)
		require.NoError(t, err)
		one := make([]float64, o.Dim())
		require.NoError(t, gradientOf(o, b, one))
		for j := range one {
			variance += (one[j] - g[j]) * (one[j] - g[j]) / float64(d.Len())
		}
	}
	assert.InDelta(t, variance, c.variance, 1e-12)
}

// A step along differences is off by the rate times h·L″/2, with L″ = x²·p(1 − p)
// at most ¼·x², and by 2⁻⁵³·L/h, below 1e-10; and the weights are left alone.
func TestNumericalFollowsTheGradient(t *testing.T) {
	d := newTestBlobs(t, 20)
	o, err := newModel(d, tensor.Float64).objective(d)
	require.NoError(t, err)
	w, g := o.Point(), make([]float64, o.Dim())
	want, err := o.Gradient(g)
	require.NoError(t, err)
	loss, step, err := numerical{0.5}.Direction(o)
	require.NoError(t, err)
	assert.Equal(t, w, o.Point())
	assert.InDelta(t, want, loss, 100*0x1p-53*want)
	all, err := d.All()
	require.NoError(t, err)
	largest := 0.0
	for _, x := range all.X.Float32s() {
		largest = max(largest, float64(x*x)/4)
	}
	floats.Scale(-0.5, g)
	assert.InDeltaSlice(t, g, step, 0.5*(gradcheck.Step/2*largest+1e-10))
}

func TestFirstLeavesOutTheRestOfAnEpoch(t *testing.T) {
	d := newTestBlobs(t, 10)
	var sizes []int
	for b := range first(5, 4, d.Sampled(4, rand.New(rand.NewPCG(1, 1)))) {
		sizes = append(sizes, b.X.Shape()[0])
	}
	assert.Equal(t, []int{4, 4, 4, 4, 4}, sizes)
}

// counter is a stepper that counts.
type counter struct{ steps int }

func (c *counter) Step(autodiff.Batch) (float64, error) {
	c.steps++
	return 0, nil
}

func TestRunLooksOftenAtFirst(t *testing.T) {
	d, c := newTestBlobs(t, 10), &counter{}
	for _, steps := range []int{1, 2, 13, 100} {
		c.steps = 0
		r := &run{stepper: c, batches: d.Minibatches(4, rand.New(rand.NewPCG(1, 1))), steps: steps, each: 4,
			loss: func() (float64, error) { return float64(c.steps), nil }}
		require.NoError(t, r.take(context.Background(), newTestSetting()))
		assert.Equal(t, steps, c.steps)
		assert.Equal(t, 4*steps, r.last().examples)
		assert.Equal(t, float64(steps), r.last().loss)
		assert.Equal(t, 0, r.points[0].examples)
		for i := 1; i < len(r.points); i++ {
			before, now := r.points[i-1].examples, r.points[i].examples
			assert.Greater(t, now, before)
			assert.LessOrEqual(t, now, before+before/4+8)
		}
		p, ok := r.below(0.5)
		assert.True(t, ok)
		assert.Equal(t, 0, p.examples)
	}
}

func TestRunEndsWhenInterrupted(t *testing.T) {
	d, c := newTestBlobs(t, 10), &counter{}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := &run{stepper: c, batches: d.Minibatches(0, nil), steps: 1000, each: 10, loss: func() (float64, error) { return 0, nil }}
	assert.ErrorIs(t, r.take(ctx, newTestSetting()), context.Canceled)
	assert.Equal(t, 1, c.steps)
}

// Every method of the contest lowers the loss of weights of zero, log 4.
func TestContest(t *testing.T) {
	runs, err := contest(context.Background(), newTestSetting(), newTestBlobs(t, 200).Float64())
	require.NoError(t, err)
	require.Len(t, runs, 9)
	for _, r := range runs {
		assert.InDelta(t, 1.3862943611, r.points[0].loss, 1e-9, r.name)
		assert.Less(t, r.last().loss, r.points[0].loss, r.name)
	}
}
