package autodiff_test

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
)

// huge is a length of which one fits in memory as a count and two do not.
const huge = math.MaxInt >> (strconv.IntSize * 3 / 8)

// recorded runs f and returns the *autodiff.Error that it panics with.
func recorded(t *testing.T, f func()) *autodiff.Error {
	t.Helper()
	var err error
	func() {
		defer autodiff.Catch(&err)
		f()
	}()
	var e *autodiff.Error
	require.ErrorAs(t, err, &e)
	return e
}

// A mistake in recording names the op, the operands and this file's line.
func TestRecordingErrors(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	a, b := g.Input("a", 2, 3), g.Input("b", 4, 5)
	y := g.Labels("y", 2)
	other := autodiff.NewGraph(tensor.Float64).Input("c", 2, 3)
	w := autodiff.NewParam("w", zeros(tensor.Float32, 2, 3))
	tests := []struct {
		name string
		f    func()
		want string
	}{
		{"inner dimensions", func() { a.MatMul(b) }, "inner dimensions differ: (2, 3) · (4, 5)"},
		{"no matrices", func() { a.MatMul(g.Scalar(1)) }, "operands must be matrices: (2, 3) · ()"},
		{"broadcast", func() { a.Add(b) }, "shapes do not broadcast: (2, 3) · (4, 5)"},
		{"mixed graphs", func() { a.Mul(other) }, "operands belong to different graphs: (2, 3) · (2, 3)"},
		{"labels as numbers", func() { y.Exp() }, "labels y are class indices; use Pick or OneHot: (2)"},
		{"numbers as labels", func() { a.Pick(a) }, "the second operand must be labels: (2, 3) · (2, 3)"},
		{"pick of a vector", func() { g.Input("v", 2).Pick(y) }, "the first operand must be a matrix: (2) · (2)"},
		{"labels and rows", func() { b.Pick(y) }, "2 labels for 4 rows: (4, 5) · (2)"},
		{"one-hot of numbers", func() { a.OneHot(3) }, "the operand must be labels: (2, 3)"},
		{"negative classes", func() { y.OneHot(-1) }, "-1 classes: (2)"},
		{"transpose of a vector", func() { g.Input("u", 2).T() }, "operand must be a matrix: (2)"},
		{"permutation", func() { a.Transpose(0, 0) }, "axes [0 0] are no permutation of the operand's: (2, 3)"},
		{"permutation of another axis", func() { a.Transpose(2, 0) }, "axes [2 0] are no permutation of the operand's: (2, 3)"},
		{"negative axis", func() { a.Transpose(-1, 0) }, "axes [-1 0] are no permutation of the operand's: (2, 3)"},
		{"permutation length", func() { a.Transpose(0, 1, 2) }, "axes [0 1 2] are no permutation of the operand's: (2, 3)"},
		{"reshape", func() { a.Reshape(4, 2) }, "6 elements do not fill the shape (4, 2): (2, 3)"},
		{"reshape with a hole", func() { a.Reshape(4, -1) }, "6 elements do not fill the shape (4, 1): (2, 3)"},
		{"two holes", func() { a.Reshape(-1, -1) }, "negative length in the shape (1, -1): (2, 3)"},
		{"stretch", func() { a.Broadcast(3, 3) }, "operand does not broadcast to (3, 3): (2, 3)"},
		{"broadcast to a negative length", func() { a.Broadcast(-1, 2, 3) }, "negative length in the shape (-1, 2, 3): (2, 3)"},
		{"more than memory", func() { g.Scalar(1).Broadcast(huge, huge) }, "has more elements than fit in memory: ()"},
		{"more than memory, of nothing", func() { g.Input("e0", 0).Reshape(huge, huge, 0) }, "has more elements than fit in memory: (0)"},
		{"more than memory by broadcasting", func() {
			g.Scalar(1).Broadcast(huge, 1).Add(g.Scalar(1).Broadcast(1, huge))
		}, "has more elements than fit in memory: "},
		{"more than memory by a product", func() {
			g.Scalar(1).Broadcast(huge, 1).MatMul(g.Scalar(1).Broadcast(1, huge))
		}, "has more elements than fit in memory: "},
		{"input of more than memory", func() { g.Input("huge", huge, huge) }, "huge: the shape "},
		{"labels of more than memory", func() { g.Labels("huge", math.MaxInt) }, "huge: the shape "},
		{"negative labels", func() { g.Labels("l", -2) }, "l: negative length in the shape (-2)"},
		{"one-hot of more than memory", func() { y.OneHot(math.MaxInt) }, "has more elements than fit in memory: (2)"},
		{"pad by everything", func() { a.Pad(0, math.MaxInt, 0) }, "does not fit in memory: (2, 3)"},
		{"pad by everything twice", func() { a.Pad(0, math.MaxInt, math.MaxInt) }, "does not fit in memory: (2, 3)"},
		{"pad by much", func() { a.Pad(0, huge, 0).Pad(1, huge, huge) }, "has more elements than fit in memory: "},
		{"concat of more than memory", func() {
			e := g.Input("e1", 0, 1).Pad(0, huge, 0).Pad(0, huge, 0)
			for range 64 {
				e = autodiff.Concat(0, e, e)
			}
		}, "do not fit in memory: "},
		{"slice", func() { a.Slice(1, 1, 4) }, "[1:4] is not within axis 1 of length 3: (2, 3)"},
		{"slice axis", func() { a.Slice(2, 0, 1) }, "no axis 2: (2, 3)"},
		{"pad", func() { a.Pad(0, -1, 0) }, "negative padding (-1, 0): (2, 3)"},
		{"concat", func() { autodiff.Concat(0, a, b) }, "operands differ along axis 1, not only along axis 0: (2, 3) · (4, 5)"},
		{"concat ranks", func() { autodiff.Concat(0, a, g.Input("z", 3)) }, "operands differ in their number of axes: (2, 3) · (3)"},
		{"concat of nothing", func() { autodiff.Concat(0) }, "nothing to join"},
		{"sum axis", func() { a.Sum(0, 2) }, "no axis 2: (2, 3)"},
		{"sum twice", func() { a.Sum(1, 1) }, "axis 1 is given twice: (2, 3)"},
		{"maximum of nothing", func() { g.Input("e", 0, 3).ReduceMax(0) }, "maximum over an empty axis: (0, 3)"},
		{"name taken", func() { g.Input("a", 1) }, `the graph already has an input or parameter named "a"`},
		{"two parameters of one name", func() {
			g.Param(autodiff.NewParam("p", zeros(tensor.Float64, 1)))
			g.Param(autodiff.NewParam("p", zeros(tensor.Float64, 1)))
		}, `the graph already has an input or parameter named "p"`},
		{"no name", func() { g.Input("", 1) }, "an input needs a name"},
		{"negative length", func() { g.Input("n", 2, -1) }, "n: negative length in the shape (2, -1)"},
		{"precision", func() { autodiff.NewGraph(tensor.Int) }, "precision int is neither float32 nor float64"},
		{"integer parameter", func() { autodiff.NewParam("i", tensor.New(tensor.WithShape(2), tensor.Of(tensor.Int))) },
			"i: precision int is neither float32 nor float64"},
		{"assigned precision", func() { g.Assign(w, a) }, "w is float32 in a graph of float64; use Param.Convert"},
		{"assigned shape", func() {
			w.Convert(tensor.Float64)
			g.Assign(w, b)
		}, "the value has not the shape (2, 3) of w: (4, 5)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := recorded(t, tt.f)
			assert.Contains(t, e.Error(), tt.want)
			assert.Regexp(t, `^autodiff: \w+ at errors_test\.go:\d+: `, e.Error())
		})
	}
}

func TestCatchLetsOtherPanicsPass(t *testing.T) {
	assert.PanicsWithValue(t, "mine", func() {
		var err error
		defer autodiff.Catch(&err)
		panic("mine")
	})
}

func TestGradErrors(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	x, unreached := g.Input("x", 2), g.Param(autodiff.NewParam("lost", zeros(tensor.Float64, 3)))
	_, err := autodiff.Grad(x.Sum(), unreached)
	assert.ErrorContains(t, err, "does not depend on lost (3)")
	_, err = autodiff.Grad(x, x)
	assert.ErrorContains(t, err, "the loss is no scalar; use Sum or Mean: (2)")
	_, err = autodiff.Grad(x.Sum(), autodiff.NewGraph(tensor.Float64).Input("far", 1))
	assert.ErrorContains(t, err, "far (1) belongs to another graph")
	_, err = autodiff.Grad(x.StopGradient().Sum(), x)
	assert.ErrorContains(t, err, "does not depend on x (2)")
	_, err = autodiff.GradOf(x, g.Scalar(1), x)
	assert.ErrorContains(t, err, "the cotangent has not the shape of what is differentiated: (2) · ()")
}

func TestCompileErrors(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	_, err := autodiff.Compile(g.Scalar(1), autodiff.NewGraph(tensor.Float64).Scalar(1))
	assert.ErrorContains(t, err, "outputs belong to different graphs")
	_, err = autodiff.Compile(g.Labels("y", 2))
	assert.ErrorContains(t, err, "labels y are no output")
}

// What is wrong with a feed is an error that names the input and the element.
// The program and the interpreter report alike, and neither changes anything.
func TestFeedErrors(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	x, y := g.Input("x", 3, 2), g.Labels("y", 3)
	w := autodiff.NewParam("w", zeros(tensor.Float64, 2, 4))
	W := g.Param(w)
	loss := x.MatMul(W).Pick(y).Sum()
	grads, err := autodiff.Grad(loss, W)
	require.NoError(t, err)
	outputs := []*autodiff.Node{loss, g.Assign(w, W.Sub(grads[0]))}
	p, err := autodiff.Compile(outputs[0], outputs[1:]...)
	require.NoError(t, err)
	good, labels := full(tensor.Float64, 1, 3, 2), classes(0, 1, 3)
	transposed := zeros(tensor.Float64, 2, 3)
	require.NoError(t, transposed.T())
	tests := []struct {
		name  string
		feeds []autodiff.Feed
		want  string
	}{
		{"missing", []autodiff.Feed{x.Feed(good)}, "no feed for y (3)"},
		{"shape", []autodiff.Feed{x.Feed(zeros(tensor.Float64, 2, 3)), y.Feed(labels)}, "feed of x (3, 2): the tensor's shape is (2, 3)"},
		{"precision", []autodiff.Feed{x.Feed(zeros(tensor.Float32, 3, 2)), y.Feed(labels)}, "feed of x (3, 2): elements are float32, want float64"},
		{"labels as floats", []autodiff.Feed{x.Feed(good), y.Feed(zeros(tensor.Float64, 3))}, "feed of y (3): elements are float64, want int"},
		{"layout", []autodiff.Feed{x.Feed(transposed), y.Feed(labels)}, "feed of x (3, 2): the tensor is not contiguous and row-major; use its Materialize method"},
		{"label too large", []autodiff.Feed{x.Feed(good), y.Feed(classes(0, 4, 1))}, "feed of labels y: example 1 has label 4, want 0 to 3"},
		{"label negative", []autodiff.Feed{x.Feed(good), y.Feed(classes(0, 1, -1))}, "feed of labels y: example 2 has label -1, want 0 to 3"},
		{"NaN", []autodiff.Feed{x.Feed(with(good, 3, math.NaN())), y.Feed(labels)}, "feed of x (3, 2): element (1, 1) is NaN"},
		{"infinity", []autodiff.Feed{x.Feed(with(good, 4, math.Inf(-1))), y.Feed(labels)}, "feed of x (3, 2): element (2, 0) is -Inf"},
		{"nil", []autodiff.Feed{x.Feed(nil), y.Feed(labels)}, "feed of x (3, 2): the tensor is nil"},
		{"a parameter", []autodiff.Feed{W.Feed(good)}, "feed of w (2, 4): not an input"},
		{"no node", []autodiff.Feed{{}}, "a feed has no node; make it with Node.Feed"},
		{"another graph", []autodiff.Feed{autodiff.NewGraph(tensor.Float64).Input("x", 3, 2).Feed(good)}, "feed of x (3, 2): an input of another graph"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.NoError(t, p.Run(x.Feed(good), y.Feed(labels)))
			before := append([]float64(nil), w.Value().Float64s()...)
			assert.ErrorContains(t, p.Run(tt.feeds...), tt.want)
			assert.Equal(t, before, w.Value().Float64s())
			_, err := autodiff.Interpret(tt.feeds, outputs...)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

// A loss that is not finite leaves every parameter as it was.
func TestNonFiniteLoss(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float32)
	a := autodiff.NewParam("a", full(tensor.Float32, 2))
	b := autodiff.NewParam("b", full(tensor.Float32, 3, 5))
	x := g.Input("x")
	A, B := g.Param(a), g.Param(b)
	loss := A.Mul(x).Exp().Add(B.Sum())
	p, err := autodiff.Compile(loss, g.Assign(a, A.Add(x)), g.Assign(b, B.MulScalar(2)))
	require.NoError(t, err)
	require.NoError(t, p.Run(x.Feed(full(tensor.Float32, 1))))
	assert.Equal(t, []float32{3}, a.Value().Float32s())
	assert.Equal(t, []float32{6, 6, 6, 6, 6}, b.Value().Float32s())
	err = p.Run(x.Feed(full(tensor.Float32, 1e30)))
	var bad *autodiff.NonFiniteError
	require.ErrorAs(t, err, &bad)
	assert.Equal(t, 0, bad.Output)
	assert.True(t, math.IsInf(bad.Value, 1))
	assert.Same(t, loss, bad.Node)
	assert.Regexp(t, `output 0, Add \(\) recorded at .*errors_test\.go:\d+, is \+Inf`, err.Error())
	assert.Equal(t, []float32{3}, a.Value().Float32s())
	assert.Equal(t, []float32{6, 6, 6, 6, 6}, b.Value().Float32s())
	require.NoError(t, p.Run(x.Feed(full(tensor.Float32, 1))), "and the program goes on")
	assert.Equal(t, []float32{4}, a.Value().Float32s())
}

// zeros, full, with and classes make tensors for feeds and parameters.
func zeros(dt tensor.Dtype, shape ...int) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.Of(dt))
}

func full(dt tensor.Dtype, v float64, shape ...int) *tensor.Dense {
	t := zeros(dt, shape...)
	for i := range t.Shape().TotalSize() {
		set(t, i, v)
	}
	return t
}

func with(t *tensor.Dense, i int, v float64) *tensor.Dense {
	out := t.Clone().(*tensor.Dense)
	set(out, i, v)
	return out
}

func set(t *tensor.Dense, i int, v float64) {
	if t.Dtype() == tensor.Float32 {
		t.Float32s()[i] = float32(v)
	} else {
		t.Float64s()[i] = v
	}
}

func classes(ys ...int) *tensor.Dense {
	return tensor.New(tensor.WithShape(len(ys)), tensor.WithBacking(ys))
}
