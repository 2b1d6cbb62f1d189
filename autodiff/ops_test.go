package autodiff_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck"
	"declive/internal/exported"
)

type (
	node = autodiff.Node
	dims = autodiff.Shape
)

// An opTest is an op, or a function of few ops, with the shapes that it is tried
// on and the interval that its operands are drawn from, inside its domain and
// off its kinks. Integers k stand for labels: -k is a vector of labels below k,
// one for each row of the first operand, and (-k, n) is one of n labels.
type opTest struct {
	name   string
	f      func(in ...*node) *node
	shapes [][]dims
	lo, hi float64
	want   func(x ...float64) float64 // one element, for elementwise ops
}

func unary(f func(*node) *node) func(in ...*node) *node {
	return func(in ...*node) *node { return f(in[0]) }
}

func binary(f func(a, b *node) *node) func(in ...*node) *node {
	return func(in ...*node) *node { return f(in[0], in[1]) }
}

func conv2D(at autodiff.Window) func(in ...*node) *node {
	return binary(func(x, w *node) *node { return x.Conv2D(w, at) })
}

func on(f func(x float64) float64) func(x ...float64) float64 {
	return func(x ...float64) float64 { return f(x[0]) }
}

// one and two are the shapes of ops of one and of two operands: a scalar, a
// vector, a matrix, an empty one, and broadcasts of each kind.
var (
	one = [][]dims{{{}}, {{7}}, {{3, 5}}, {{0, 4}}, {{2, 3, 4}}}
	two = [][]dims{{{}, {}}, {{7}, {7}}, {{3, 5}, {3, 5}}, {{3, 5}, {5}}, {{3, 1}, {1, 5}}, {{3, 5}, {}}, {{2, 1, 4}, {3, 1}}, {{0, 4}, {4}}}
)

// The values wanted are written by other formulas than the ops'.
var opTests = []opTest{
	{"Add", binary((*node).Add), two, -2, 2, func(x ...float64) float64 { return x[1] + x[0] }},
	{"Sub", binary((*node).Sub), two, -2, 2, func(x ...float64) float64 { return -x[1] + x[0] }},
	{"Mul", binary((*node).Mul), two, -2, 2, func(x ...float64) float64 { return x[1] * x[0] }},
	{"Div", binary((*node).Div), two, 0.5, 2, func(x ...float64) float64 { return x[0] * (1 / x[1]) }},
	{"AddScalar", unary(func(x *node) *node { return x.AddScalar(3) }), one, -2, 2, on(func(x float64) float64 { return 3 + x })},
	{"SubScalar", unary(func(x *node) *node { return x.SubScalar(3) }), one, -2, 2, on(func(x float64) float64 { return -3 + x })},
	{"MulScalar", unary(func(x *node) *node { return x.MulScalar(3) }), one, -2, 2, on(func(x float64) float64 { return x + x + x })},
	{"DivScalar", unary(func(x *node) *node { return x.DivScalar(3) }), one, -2, 2, on(func(x float64) float64 { return x / 3 })},
	{"Neg", unary((*node).Neg), one, -2, 2, on(func(x float64) float64 { return 0 - x })},
	{"Square", unary((*node).Square), one, -2, 2, on(func(x float64) float64 { return math.Pow(x, 2) })},
	{"Pow 3", unary(func(x *node) *node { return x.Pow(3) }), one, -2, 2, on(func(x float64) float64 { return x * x * x })},
	{"Pow −½", unary(func(x *node) *node { return x.Pow(-0.5) }), one, 0.5, 2, on(func(x float64) float64 { return 1 / math.Sqrt(x) })},
	{"Pow 1", unary(func(x *node) *node { return x.Pow(1) }), one, -2, 2, on(func(x float64) float64 { return x })},
	{"Pow 0", unary(func(x *node) *node { return x.Pow(0) }), one, -2, 2, on(func(float64) float64 { return 1 })},
	{"Sqrt", unary((*node).Sqrt), one, 0.5, 2, on(func(x float64) float64 { return math.Pow(x, 0.5) })},
	{"Exp", unary((*node).Exp), one, -2, 2, on(func(x float64) float64 { return math.Pow(math.E, x) })},
	{"Expm1", unary((*node).Expm1), one, -2, 2, on(func(x float64) float64 { return 2 * math.Exp(x/2) * math.Sinh(x/2) })},
	{"Log", unary((*node).Log), one, 0.5, 2, on(func(x float64) float64 { return math.Log2(x) * math.Ln2 })},
	{"Log1p", unary((*node).Log1p), one, -0.5, 2, on(func(x float64) float64 { return math.Log(1 + x) })},
	{"Tanh", unary((*node).Tanh), one, -2, 2, on(func(x float64) float64 { return math.Sinh(x) / math.Cosh(x) })},
	{"Sin", unary((*node).Sin), one, -4, 4, on(func(x float64) float64 { return 2 * math.Sin(x/2) * math.Cos(x/2) })},
	{"Cos", unary((*node).Cos), one, -4, 4, on(func(x float64) float64 { return 1 - 2*math.Sin(x/2)*math.Sin(x/2) })},
	{"Erf", unary((*node).Erf), one, -2, 2, on(erfSeries)},
	{"Erfc", unary((*node).Erfc), one, -2, 2, on(func(x float64) float64 { return 1 - erfSeries(x) })},
	{"GELU", unary((*node).GELU), one, -2, 2, on(func(x float64) float64 { return x * (1 + erfSeries(x/math.Sqrt2)) / 2 })},
	{"GELUTanh", unary((*node).GELUTanh), one, -2, 2, on(func(x float64) float64 {
		return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*math.Pow(x, 3))))
	})},
	{"GELUSigmoid", unary((*node).GELUSigmoid), one, -2, 2, on(func(x float64) float64 { return x / (1 + math.Exp(-1.702*x)) })},
	{"SiLU", unary((*node).SiLU), one, -2, 2, on(func(x float64) float64 { return x / (1 + math.Exp(-x)) })},
	{"LeakyReLU", unary(func(x *node) *node { return x.LeakyReLU(0.1) }), one, -2, 2, on(func(x float64) float64 { return math.Max(x, x/10) })},
	{"ELU", unary(func(x *node) *node { return x.ELU(1.5) }), one, -2, 2, on(func(x float64) float64 { return math.Max(x, 0) + math.Min(0, 1.5*(math.Exp(x)-1)) })},
	{"CELU", unary(func(x *node) *node { return x.CELU(0.5) }), one, -2, 2, on(func(x float64) float64 { return math.Max(x, 0) + math.Min(0, (math.Exp(2*x)-1)/2) })},
	{"Sigmoid", unary((*node).Sigmoid), one, -2, 2, on(func(x float64) float64 { return (1 + math.Tanh(x/2)) / 2 })},
	{"LogSigmoid", unary((*node).LogSigmoid), one, -2, 2, on(func(x float64) float64 { return math.Log((1 + math.Tanh(x/2)) / 2) })},
	{"Softplus", unary((*node).Softplus), one, -2, 2, on(func(x float64) float64 { return math.Log(1 + math.Exp(x)) })},
	{"ReLU", unary((*node).ReLU), one, 0.1, 2, on(func(x float64) float64 { return x })},
	{"ReLU below 0", unary((*node).ReLU), one, -2, -0.1, on(func(float64) float64 { return 0 })},
	{"Abs", unary((*node).Abs), one, -2, -0.1, on(func(x float64) float64 { return -x })},
	{"Clamp", unary(func(x *node) *node { return x.Clamp(-0.7, 1.1) }), one, -2, 2, on(func(x float64) float64 { return math.Min(math.Max(x, -0.7), 1.1) })},
	{"Sign", unary((*node).Sign), one, -2, -0.1, on(func(float64) float64 { return -1 })},
	{"Max", binary((*node).Max), two, -2, 2, func(x ...float64) float64 { return (x[0] + x[1] + math.Abs(x[0]-x[1])) / 2 }},
	{"Min", binary((*node).Min), two, -2, 2, func(x ...float64) float64 { return (x[0] + x[1] - math.Abs(x[0]-x[1])) / 2 }},
	{"Greater", binary((*node).Greater), two, -2, 2, func(x ...float64) float64 { return step(x[0] - x[1]) }},
	{"Less", binary((*node).Less), two, -2, 2, func(x ...float64) float64 { return step(x[1] - x[0]) }},
	{"GreaterEqual", binary((*node).GreaterEqual), two, -2, 2, func(x ...float64) float64 { return 1 - step(x[1]-x[0]) }},
	{"LessEqual", binary((*node).LessEqual), two, -2, 2, func(x ...float64) float64 { return 1 - step(x[0]-x[1]) }},
	{"Equal", binary(func(a, b *node) *node { return a.Sign().Equal(b.Sign()) }), two, -2, 2, func(x ...float64) float64 { return step(x[0] * x[1]) }},
	{"NotEqual", binary(func(a, b *node) *node { return a.Sign().NotEqual(b.Sign()) }), two, -2, 2, func(x ...float64) float64 { return step(-x[0] * x[1]) }},
	{"Where", func(in ...*node) *node { return in[0].Greater(in[1]).Where(in[1], in[2]) },
		[][]dims{{{}, {}, {}}, {{3, 5}, {3, 5}, {3, 5}}, {{3, 1}, {5}, {}}, {{2, 3, 4}, {4}, {3, 1}}, {{0, 4}, {4}, {0, 4}}}, -2, 2,
		func(x ...float64) float64 { return step(x[0]-x[1])*x[1] + (1-step(x[0]-x[1]))*x[2] }},

	{"MatMul", binary((*node).MatMul), [][]dims{{{1, 1}, {1, 1}}, {{3, 4}, {4, 2}}, {{7, 1}, {1, 5}}, {{1, 6}, {6, 1}}, {{0, 4}, {4, 2}}, {{3, 0}, {0, 2}}}, -1, 1, nil},
	{"MatMul of transposes", binary(func(a, b *node) *node { return a.T().MatMul(b.T()).T() }), [][]dims{{{4, 3}, {2, 4}}}, -1, 1, nil},
	{"MatMul, bias, tanh", func(in ...*node) *node { return in[0].MatMul(in[1].T()).Add(in[2]).Tanh() }, [][]dims{{{3, 4}, {2, 4}, {2}}}, -1, 1, nil},
	{"SparseMatMul", func(in ...*node) *node {
		return autodiff.Sparse{Values: in[0], Columns: in[1], Ends: in[2]}.MatMul(in[3])
	},
		[][]dims{{{7}, {-5}, {-8, 3}, {5, 4}}, {{9}, {-3}, {-10, 6}, {3, 1}}, {{1}, {-1}, {-2, 3}, {1, 2}}, {{0}, {-2}, {-1, 3}, {2, 4}}, {{5}, {-3}, {-6, 0}, {3, 2}}, {{6}, {-3}, {-7, 4}, {3, 0}}}, -1, 1, nil},
	{"SparseMatMul of the other factor", func(in ...*node) *node {
		return autodiff.Sparse{Values: in[1], Columns: in[2], Ends: in[3]}.MatMul(in[0]).Tanh()
	},
		[][]dims{{{5, 4}, {7}, {-5, 7}, {-8, 3}}, {{3, 1}, {9}, {-3, 9}, {-10, 6}}}, -1, 1, nil},
	{"Transpose", unary(func(x *node) *node { return x.Transpose(2, 0, 1) }), [][]dims{{{2, 3, 4}}, {{1, 3, 2}}, {{2, 0, 3}}}, -1, 1, nil},
	{"T", unary((*node).T), [][]dims{{{3, 5}}, {{1, 4}}, {{4, 1}}}, -1, 1, nil},
	{"Reshape", unary(func(x *node) *node { return x.Reshape(2, -1, 3) }), [][]dims{{{12}}, {{4, 3}}, {{6, 2}}}, -1, 1, nil},
	{"Broadcast", unary(func(x *node) *node { return x.Broadcast(4, 3, 5) }), [][]dims{{{}}, {{5}}, {{3, 1}}, {{4, 1, 5}}, {{1, 1, 1}}}, -1, 1, nil},
	{"Slice", unary(func(x *node) *node { return x.Slice(1, 1, 3) }), [][]dims{{{2, 4}}, {{3, 5, 2}}, {{0, 3}}}, -1, 1, nil},
	{"Slice of nothing", unary(func(x *node) *node { return x.Slice(0, 2, 2) }), [][]dims{{{3, 2}}}, -1, 1, nil},
	{"Pad", unary(func(x *node) *node { return x.Pad(1, 2, 1) }), [][]dims{{{2, 4}}, {{3, 2, 5}}, {{2, 0}}}, -1, 1, nil},
	{"Concat", func(in ...*node) *node { return autodiff.Concat(1, in...) }, [][]dims{{{2, 3}, {2, 1}, {2, 4}}, {{3, 2, 5}, {3, 1, 5}}, {{2, 3}}, {{2, 0}, {2, 3}}}, -1, 1, nil},
	{"Concat along rows", binary(func(a, b *node) *node { return autodiff.Concat(0, a, b) }), [][]dims{{{2, 3}, {4, 3}}, {{5}, {2}}}, -1, 1, nil},

	{"Conv2D", conv2D(autodiff.Window{}), [][]dims{{{2, 5, 4, 3}, {2, 3, 2, 3}}, {{1, 3, 7, 1}, {5, 2, 3, 1}}, {{3, 2, 2, 4}, {1, 1, 1, 4}}, {{0, 3, 4, 2}, {3, 2, 2, 2}}, {{2, 3, 4, 0}, {3, 2, 2, 0}}}, -1, 1, nil},
	{"Conv2D with padding", conv2D(autodiff.Window{Pad: 1}), [][]dims{{{2, 3, 1, 5}, {4, 3, 3, 5}}, {{1, 1, 2, 3}, {2, 3, 3, 3}}}, -1, 1, nil},
	{"Conv2D with strides", conv2D(autodiff.Window{Strides: [2]int{2, 3}, Pads: [2][2]int{{1, 0}, {0, 2}}}), [][]dims{{{2, 7, 5, 3}, {4, 3, 2, 3}}, {{1, 3, 1, 2}, {3, 4, 1, 2}}}, -1, 1, nil},
	{"Conv2D beside windows", conv2D(autodiff.Window{Stride: 3, Pad: 1}), [][]dims{{{2, 8, 4, 1}, {2, 1, 2, 1}}}, -1, 1, nil},

	{"MaxPool2D", unary(func(x *node) *node { return x.MaxPool2D(2, 2, autodiff.Window{Stride: 2}) }), [][]dims{{{2, 5, 4, 3}}, {{1, 3, 7, 1}}, {{0, 3, 2, 4}}, {{3, 2, 4, 0}}}, -1, 1, nil},
	{"MaxPool2D of overlapping windows", unary(func(x *node) *node { return x.MaxPool2D(2, 3, autodiff.Window{Pad: 1}) }), [][]dims{{{2, 4, 1, 3}}, {{1, 3, 5, 2}}}, -1, 1, nil},
	{"MaxPool2D with strides", unary(func(x *node) *node {
		return x.MaxPool2D(3, 2, autodiff.Window{Strides: [2]int{2, 1}, Pads: [2][2]int{{1, 0}, {0, 1}}})
	}), [][]dims{{{2, 7, 5, 1}}, {{1, 3, 1, 9}}}, -1, 1, nil},
	{"MaxPool2D of a convolution", binary(func(x, w *node) *node {
		return x.Conv2D(w, autodiff.Window{Pad: 1}).MaxPool2D(2, 2, autodiff.Window{Stride: 2}).Tanh()
	}), [][]dims{{{2, 5, 4, 1}, {3, 3, 3, 1}}}, -1, 1, nil},
	{"gradient of MaxPool2D", unary(func(x *node) *node {
		grads, err := autodiff.Grad(x.MaxPool2D(2, 2, autodiff.Window{Pad: 1}).Exp().Sum(), x)
		if err != nil {
			panic(err)
		}
		return grads[0]
	}), [][]dims{{{2, 3, 4, 1}}}, -1, 1, nil},
	{"AvgPool2D", unary(func(x *node) *node { return x.AvgPool2D(2, 3, autodiff.Window{Strides: [2]int{2, 3}}) }), [][]dims{{{2, 5, 7, 3}}, {{1, 2, 3, 4}}, {{0, 4, 3, 2}}, {{2, 4, 3, 0}}}, -1, 1, nil},
	{"AvgPool2D of overlapping windows", unary(func(x *node) *node { return x.AvgPool2D(2, 3, autodiff.Window{Stride: 2, Pad: 1}) }), [][]dims{{{2, 5, 4, 3}}, {{1, 1, 2, 1}}}, -1, 1, nil},

	{"Sum", unary(func(x *node) *node { return x.Sum() }), one, -1, 1, nil},
	{"Sum of rows", unary(func(x *node) *node { return x.Sum(1) }), [][]dims{{{3, 5}}, {{2, 3, 4}}, {{0, 4}}, {{4, 0}}}, -1, 1, nil},
	{"Sum of columns", unary(func(x *node) *node { return x.SumKeep(0) }), [][]dims{{{3, 5}}, {{2, 3, 4}}, {{7}}, {{0, 4}}}, -1, 1, nil},
	{"Sum of outer axes", unary(func(x *node) *node { return x.Sum(0, 2) }), [][]dims{{{2, 3, 4}}, {{3, 1, 2, 5}}}, -1, 1, nil},
	{"Mean", unary(func(x *node) *node { return x.Mean() }), [][]dims{{{}}, {{7}}, {{3, 5}}}, -1, 1, nil},
	{"Mean of rows", unary(func(x *node) *node { return x.MeanKeep(1) }), [][]dims{{{3, 5}}, {{2, 3, 4}}}, -1, 1, nil},
	{"Variance", unary(func(x *node) *node { return x.Variance() }), [][]dims{{{7}}, {{3, 5}}, {{2, 3, 4}}}, -1, 1, nil},
	{"Variance of columns", unary(func(x *node) *node { return x.VarianceKeep(0) }), [][]dims{{{3, 5}}, {{2, 3, 4}}}, -1, 1, nil},
	{"ReduceMax", unary(func(x *node) *node { return x.ReduceMax() }), [][]dims{{{}}, {{7}}, {{3, 5}}}, -1, 1, nil},
	{"ReduceMax of rows", unary(func(x *node) *node { return x.ReduceMaxKeep(1) }), [][]dims{{{3, 5}}, {{2, 3, 4}}, {{0, 4}}}, -1, 1, nil},
	{"ReduceMax of columns", unary(func(x *node) *node { return x.ReduceMax(0) }), [][]dims{{{3, 5}}, {{2, 3, 4}}}, -1, 1, nil},
	{"Norm", unary(func(x *node) *node { return x.Norm() }), one, -1, 1, nil},
	{"Norm of rows", unary(func(x *node) *node { return x.NormKeep(1) }), [][]dims{{{3, 5}}, {{2, 3, 4}}, {{0, 4}}}, 0.1, 1, nil},
	{"LogSumExp", unary(func(x *node) *node { return x.LogSumExp(1) }), [][]dims{{{3, 5}}, {{2, 3, 4}}}, -1, 1, nil},
	{"LogSumExp of all", unary(func(x *node) *node { return x.LogSumExp() }), [][]dims{{{7}}, {{3, 5}}}, -1, 1, nil},
	{"Softmax", unary(func(x *node) *node { return x.Softmax(1) }), [][]dims{{{3, 5}}, {{4, 1}}, {{2, 3, 4}}}, -1, 1, nil},
	{"Softmax of columns", unary(func(x *node) *node { return x.Softmax(0) }), [][]dims{{{3, 5}}, {{6}}}, -1, 1, nil},
	{"LogSoftmax", unary(func(x *node) *node { return x.LogSoftmax(1) }), [][]dims{{{3, 5}}, {{4, 1}}, {{1, 6}}}, -1, 1, nil},

	{"Normalize", unary(func(x *node) *node { return x.Normalize(1e-3, 0, 1, 2) }), [][]dims{{{2, 3, 4, 5}}, {{1, 1, 2, 3}}, {{0, 2, 3, 4}}}, -1, 1, nil},
	{"Normalize over all", unary(func(x *node) *node { return x.Normalize(0.1) }), [][]dims{{{7}}, {{3, 5}}, {{}}}, -1, 1, nil},
	{"Normalize over outer axes", unary(func(x *node) *node { return x.Normalize(0, 3, 1) }), [][]dims{{{2, 3, 1, 4}}}, -1, 1, nil},

	{"Random", unary(func(x *node) *node { return x.Mul(x.Graph().Random(7, x.Graph().Scalar(3), x.Shape()...)) }), one, -1, 1, nil},

	{"Pick", binary((*node).Pick), [][]dims{{{3, 5}, {-5}}, {{4, 1}, {-1}}, {{1, 3}, {-3}}, {{0, 4}, {-4}}}, -1, 1, nil},
	{"OneHot", func(in ...*node) *node { return in[1].OneHot(6).Mul(in[0]) }, [][]dims{{{3, 6}, {-6}}, {{1, 6}, {-6}}, {{4, 1}, {-6}}}, -1, 1, nil},
	{"softmax cross-entropy", binary(func(s, y *node) *node { return s.LogSoftmax(1).Pick(y).Neg().Mean() }), [][]dims{{{3, 5}, {-5}}, {{1, 4}, {-4}}}, -1, 1, nil},
	{"multiclass hinge", binary(func(s, y *node) *node { return s.Sub(s.Pick(y)).AddScalar(1).ReLU().Sum(1).AddScalar(-1).Mean() }), [][]dims{{{3, 5}, {-5}}, {{1, 4}, {-4}}}, -1, 1.3, nil},
}

// erfSeries sums the power series of the error function, for small x.
func erfSeries(x float64) float64 {
	sum, term := 0.0, x
	for n := 1.0; math.Abs(term) > 1e-18; n++ {
		sum += term / (2*n - 1)
		term *= -x * x / n
	}
	return 2 / math.SqrtPi * sum
}

func step(x float64) float64 {
	if x > 0 {
		return 1
	}
	return 0
}

// operands draws a row's operands. Elements differ by at least a hundredth, so
// that no maximum and no comparison is near a tie.
func (tt *opTest) operands(dt tensor.Dtype, shapes []dims) []*tensor.Dense {
	rng := rand.New(rand.NewPCG(7, uint64(len(shapes))))
	total := 0
	for _, s := range shapes {
		total += max(0, s.Size())
	}
	order := rng.Perm(total)
	in := make([]*tensor.Dense, len(shapes))
	for i, s := range shapes {
		if len(s) > 0 && s[0] < 0 {
			ys := make([]int, append(s, shapes[0][0])[1])
			for j := range ys {
				ys[j] = rng.IntN(-s[0])
			}
			in[i] = classes(ys...)
			continue
		}
		in[i] = zeros(dt, s...)
		for j := range s.Size() {
			set(in[i], j, tt.lo+(tt.hi-tt.lo)*(float64(order[0])+0.3)/float64(total))
			order = order[1:]
		}
	}
	return in
}

// record records the row's function on inputs for the operands.
func (tt *opTest) record(dt tensor.Dtype, in []*tensor.Dense) ([]autodiff.Feed, *node) {
	g := autodiff.NewGraph(dt)
	feeds := make([]autodiff.Feed, len(in))
	nodes := make([]*node, len(in))
	for i, v := range in {
		if v.Dtype() == tensor.Int {
			nodes[i] = g.Labels(fmt.Sprint("in", i), v.Shape()[0])
		} else {
			nodes[i] = g.Input(fmt.Sprint("in", i), v.Shape()...)
		}
		feeds[i] = nodes[i].Feed(v)
	}
	return feeds, tt.f(nodes...)
}

func TestOps(t *testing.T) {
	for _, tt := range opTests {
		for _, shapes := range tt.shapes {
			for _, dt := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
				t.Run(fmt.Sprintf("%s/%v/%v", tt.name, shapes, dt), func(t *testing.T) {
					in := tt.operands(dt, shapes)
					tt.testValue(t, dt, in)
					if dt == tensor.Float64 && differentiable(in) {
						gradcheck.Op(t, tt.f, in)
						gradcheck.Grad2(t, tt.f, in)
					} else if differentiable(in) {
						gradcheck.Op(t, tt.f, in, gradcheck.RelTol(1e-4))
					}
				})
			}
		}
	}
}

// differentiable reports whether there is an element to move.
func differentiable(in []*tensor.Dense) bool {
	for _, v := range in {
		if v.Dtype() != tensor.Int && v.Shape().TotalSize() > 0 {
			return true
		}
	}
	return false
}

// testValue compares the compiled program with the interpreter, and both with
// the formula of an elementwise op.
func (tt *opTest) testValue(t *testing.T, dt tensor.Dtype, in []*tensor.Dense) {
	feeds, y := tt.record(dt, in)
	reference, err := autodiff.Interpret(feeds, y)
	require.NoError(t, err)
	got := run(t, feeds, y)[0]
	require.True(t, dims(reference[0].Shape()).Equal(dims(got.Shape())))
	eps := map[tensor.Dtype]float64{tensor.Float64: 1e-14, tensor.Float32: 4e-6}[dt] // some roundings of values of a few units
	for i := range got.Shape().TotalSize() {
		assert.InDelta(t, number(part(reference[0], i)), number(part(got, i)), eps, "element %d", i)
	}
	if tt.want == nil {
		return
	}
	for i := range got.Shape().TotalSize() {
		x := make([]float64, len(in))
		for j, v := range in {
			x[j] = number(part(v, broadcastIndex(i, got.Shape(), v.Shape())))
		}
		assert.InDelta(t, tt.want(x...), number(part(got, i)), eps, "element %d of %v", i, x)
	}
}

// broadcastIndex returns the position in an array of shape from of what stands
// at position i after broadcasting to shape to.
func broadcastIndex(i int, to, from tensor.Shape) int {
	at, stride := 0, 1
	for k := 1; k <= len(to); k++ {
		d := to[len(to)-k]
		if k <= len(from) {
			if f := from[len(from)-k]; f != 1 {
				at += i % d * stride
				stride *= f
			}
		}
		i /= d
	}
	return at
}

// Every op of the package occurs in a row, by itself or in a derivative.
func TestEveryOpHasARow(t *testing.T) {
	seen := map[string]bool{}
	for _, tt := range opTests {
		for _, shapes := range tt.shapes {
			in := tt.operands(tensor.Float64, shapes)
			_, y := tt.record(tensor.Float64, in)
			for _, n := range y.Graph().Nodes() {
				seen[n.Op()] = true
			}
		}
	}
	exceptions := []string{
		"Assign", "StopGradient", // tested in grad_test.go
		"Sech2", "LogisticDensity", "Gaussian", "GELUSlope", // derivatives, tested in tails_test.go
		"SparseMatMulT", "SampledMatMul", // derivatives, tested in sparse_test.go
		"Conv2DData", "Conv2DWeights", "MaxPool2DSpread", "MaxPool2DPick", // derivatives, tested in convolution_test.go
	}
	for name := range autodiff.Ops() {
		assert.True(t, seen[name] || slices.Contains(exceptions, name), "%s has no row in opTests", name)
	}
}

// The package comment has every op.
func TestOpsAreDocumented(t *testing.T) {
	functions, err := exported.Functions(".")
	require.NoError(t, err)
	source, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	_, ops, _ := strings.Cut(string(source), "# Ops")
	for _, f := range functions {
		if name, method := strings.CutPrefix(f.Name, "Node."); f.Result == "*Node" && (method || name == "Concat") {
			assert.Regexp(t, `\b`+name+`\b`, ops)
		}
	}
}
