package losses_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/losses"
)

// Scores and targets of the tests: two classes, five examples.
var (
	scores  = []float64{0.3, -1.7, 2.5, -0.4, 1.2}
	targets = []float64{1, 1, -1, -1, 1}
)

// threshold is that of Huber's loss in the tests: the errors of the scores are 0.2
// to 3.5, so that some are below it and some above.
const threshold = 0.65

func huber(f, y *autodiff.Node) *autodiff.Node { return losses.Huber(threshold, f, y) }

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// A formula returns loss and derivative of one example, as the literature has them.
type formula func(f, y float64) (loss, df float64)

var binary = []struct {
	name    string
	loss    autodiff.LossFunc
	formula formula
}{
	{"Squared", losses.Squared, func(f, y float64) (float64, float64) { return (y - f) * (y - f), -2 * (y - f) }},
	{"Huber", huber, func(f, y float64) (float64, float64) {
		d := f - y
		if math.Abs(d) <= threshold {
			return d * d / 2, d
		}
		return threshold * (math.Abs(d) - threshold/2), math.Copysign(threshold, d)
	}},
	{"Hinge", losses.Hinge, func(f, y float64) (float64, float64) {
		if y*f >= 1 {
			return 0, 0
		}
		return 1 - y*f, -y
	}},
	{"Logistic", losses.Logistic, func(f, y float64) (float64, float64) {
		return math.Log(1 + math.Exp(-y*f)), -y * sigmoid(-y*f)
	}},
}

func TestBinaryLosses(t *testing.T) {
	n := len(scores)
	shapes := []struct{ f, y []int }{{[]int{n}, []int{n}}, {[]int{n, 1}, []int{n}}, {[]int{n}, []int{n, 1}}, {[]int{n, 1}, []int{n, 1}}}
	for _, test := range binary {
		for _, s := range shapes {
			want, grad := 0.0, make([]float64, n)
			for i := range scores {
				l, df := test.formula(scores[i], targets[i])
				want += l / float64(n)
				grad[i] = df / float64(n)
			}
			loss, df := evaluate(t, test.loss, feed(tensor.Float64, s.f, scores), feed(tensor.Float64, s.y, targets))
			assert.InDelta(t, want, loss, 1e-15, "%s of %v and %v", test.name, s.f, s.y)
			assert.InDeltaSlice(t, grad, df, 1e-15, "%s of %v and %v", test.name, s.f, s.y)
		}
	}
}

func TestSquaredOfSeveralOutputs(t *testing.T) {
	f, y := []float64{1, 2, 3, 4, 5, 6}, []float64{1, 1, 1, 2, 2, 2}
	loss, df := evaluate(t, losses.Squared, feed(tensor.Float64, []int{2, 3}, f), feed(tensor.Float64, []int{2, 3}, y))
	assert.Equal(t, (0.+1+4+4+9+16)/2, loss, "squares added over outputs, averaged over examples")
	assert.Equal(t, []float64{0, 1, 2, 2, 3, 4}, df)
}

// Example 1 of the course notes' linear classification: three classes, the
// scores of a cat, a car and a frog, with hinge losses 2.9, 0 and 12.9.
var (
	classScores = []float64{3.2, 5.1, -1.7, 1.3, 4.9, 2.0, 2.2, 2.5, -3.1}
	classes     = []int{0, 1, 2}
)

func TestMulticlassHinge(t *testing.T) {
	loss, ds := evaluate(t, losses.MulticlassHinge, feed(tensor.Float64, []int{3, 3}, classScores), labels(classes))
	assert.InDelta(t, (2.9+0+12.9)/3, loss, 1e-14)
	want := []float64{-1, 1, 0, 0, 0, 0, 1, 1, -2}
	for i := range want {
		want[i] /= 3
	}
	assert.InDeltaSlice(t, want, ds, 1e-15)
}

func TestMulticlassHingeIsZeroBeyondTheMargin(t *testing.T) {
	loss, ds := evaluate(t, losses.MulticlassHinge, feed(tensor.Float32, []int{1, 4}, []float64{1e4, 0, 1, 1e4 - 2}), labels([]int{0}))
	assert.Zero(t, loss)
	assert.Equal(t, []float64{0, 0, 0, 0}, ds)
}

func TestSoftmaxCrossEntropy(t *testing.T) {
	const n, k = 2, 3
	s, y := []float64{0.2, -1, 1.5, 3, 0.1, -0.4}, []int{2, 1}
	want, grad := 0.0, make([]float64, len(s))
	for i := range n {
		row, sum := s[i*k:(i+1)*k], 0.0
		for _, x := range row {
			sum += math.Exp(x)
		}
		want -= math.Log(math.Exp(row[y[i]])/sum) / n
		for j, x := range row {
			grad[i*k+j] = math.Exp(x) / sum / n
		}
		grad[i*k+y[i]] -= 1.0 / n
	}
	loss, ds := evaluate(t, losses.SoftmaxCrossEntropy, feed(tensor.Float64, []int{n, k}, s), labels(y))
	assert.InDelta(t, want, loss, 1e-15)
	assert.InDeltaSlice(t, grad, ds, 1e-15)
}

// At scores of ±1e4 exponentials overflow; losses and gradients stay exact.
func TestStableAtLargeScores(t *testing.T) {
	tests := []struct {
		name string
		loss autodiff.LossFunc
		f, y *tensor.Dense
		want float64
		grad []float64
	}{
		{"Logistic, right", losses.Logistic, one(1e4), one(1), 0, []float64{0}},
		{"Logistic, wrong", losses.Logistic, one(-1e4), one(1), 1e4, []float64{-1}},
		{"Logistic, right, y = −1", losses.Logistic, one(-1e4), one(-1), 0, []float64{0}},
		{"Logistic, wrong, y = −1", losses.Logistic, one(1e4), one(-1), 1e4, []float64{1}},
		{"SoftmaxCrossEntropy, right", losses.SoftmaxCrossEntropy, row(1e4, -1e4, 0), labels([]int{0}), 0, []float64{0, 0, 0}},
		{"SoftmaxCrossEntropy, wrong", losses.SoftmaxCrossEntropy, row(1e4, -1e4, 0), labels([]int{1}), 2e4, []float64{1, -1, 0}},
		{"SoftmaxCrossEntropy, tie", losses.SoftmaxCrossEntropy, row(1e4, 1e4, -1e4), labels([]int{0}), math.Ln2, []float64{-0.5, 0.5, 0}},
		{"MulticlassHinge, wrong", losses.MulticlassHinge, row(1e4, -1e4), labels([]int{1}), 20001, []float64{1, -1}},
		{"Hinge, wrong", losses.Hinge, one(-1e4), one(1), 10001, []float64{-1}},
	}
	for _, test := range tests {
		loss, df := evaluate(t, test.loss, test.f, test.y)
		assert.InDelta(t, test.want, loss, 1e-7, test.name) // half an ulp of ln 2 in float32 is 3e-8
		assert.Equal(t, test.grad, df, test.name)
	}
}

// Far from the margin the logistic loss is e^(−yf), which 1 + e^(−yf) rounds away.
func TestLogisticKeepsSmallLosses(t *testing.T) {
	loss, df := evaluate(t, losses.Logistic, one(40), one(1))
	assert.InEpsilon(t, math.Exp(-40), loss, 1e-6)
	assert.InEpsilon(t, -math.Exp(-40), df[0], 1e-6)
}

func TestWrongTargets(t *testing.T) {
	tests := []struct {
		name   string
		record func(g *autodiff.Graph)
		want   string
	}{
		{"more targets", func(g *autodiff.Graph) { losses.Hinge(g.Input("f", 5), g.Input("y", 4)) },
			`autodiff: losses\.Hinge at losses_test\.go:\d+: as many targets as scores are needed: \(5\) · \(4\)`},
		{"a matrix", func(g *autodiff.Graph) { losses.Logistic(g.Input("f", 5, 2), g.Input("y", 5)) },
			`losses\.Logistic at losses_test\.go:\d+: scores and targets must have shape \(n\) or \(n, 1\): \(5, 2\) · \(5\)`},
		{"labels", func(g *autodiff.Graph) { losses.Squared(g.Input("f", 5), g.Labels("y", 5)) },
			`losses\.Squared at losses_test\.go:\d+: the targets are class indices; feed real numbers`},
		{"several outputs", func(g *autodiff.Graph) { losses.Squared(g.Input("f", 5, 2), g.Input("y", 2, 5)) },
			`losses\.Squared at losses_test\.go:\d+: predictions and targets differ in shape: \(5, 2\) · \(2, 5\)`},
		{"no labels", func(g *autodiff.Graph) { losses.MulticlassHinge(g.Input("s", 5, 2), g.Input("y", 5)) },
			`Pick at losses_test\.go:\d+: the second operand must be labels`},
	}
	for _, test := range tests {
		err := caught(func() { test.record(autodiff.NewGraph(tensor.Float64)) })
		assert.Regexp(t, test.want, err, test.name)
	}
}

// caught returns the error that f panics with.
func caught(f func()) (err error) {
	defer autodiff.Catch(&err)
	f()
	return nil
}

// feed returns a tensor of the given precision.
func feed(dt tensor.Dtype, shape []int, x []float64) *tensor.Dense {
	if dt == tensor.Float64 {
		return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(append([]float64{}, x...)))
	}
	rounded := make([]float32, len(x))
	for i, v := range x {
		rounded[i] = float32(v)
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(rounded))
}

func one(x float64) *tensor.Dense    { return feed(tensor.Float32, []int{1}, []float64{x}) }
func row(x ...float64) *tensor.Dense { return feed(tensor.Float32, []int{1, len(x)}, x) }
func labels(y []int) *tensor.Dense {
	return tensor.New(tensor.WithShape(len(y)), tensor.WithBacking(y))
}

// evaluate returns loss and gradient with respect to f in f's precision, from
// the second of two runs of one program.
func evaluate(t *testing.T, loss autodiff.LossFunc, f, y *tensor.Dense) (float64, []float64) {
	t.Helper()
	g := autodiff.NewGraph(f.Dtype())
	fn := g.Input("f", f.Shape()...)
	yn := target(g, y)
	l := loss(fn, yn)
	grads, err := autodiff.Grad(l, fn)
	require.NoError(t, err)
	p, err := autodiff.Compile(l, grads...)
	require.NoError(t, err)
	out, err := p.Run(fn.Feed(f), yn.Feed(y))
	require.NoError(t, err)
	first := append([]float64{out.Scalar(0)}, numbers(out.Value(1))...)
	out, err = p.Run(fn.Feed(f), yn.Feed(y))
	require.NoError(t, err)
	require.Equal(t, first, append([]float64{out.Scalar(0)}, numbers(out.Value(1))...), "the second run")
	return first[0], first[1:]
}

func target(g *autodiff.Graph, y *tensor.Dense) *autodiff.Node {
	if y.Dtype() == tensor.Int {
		return g.Labels("y", y.Shape()[0])
	}
	return g.Input("y", y.Shape()...)
}

func numbers(v *tensor.Dense) []float64 {
	if v.Dtype() == tensor.Float64 {
		return v.Float64s()
	}
	out := make([]float64, len(v.Float32s()))
	for i, x := range v.Float32s() {
		out[i] = float64(x)
	}
	return out
}
