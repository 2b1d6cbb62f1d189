package bridge

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	G "gorgonia.org/gorgonia"

	"declive/autodiff"
)

// An importer records the op of n on the counterparts of its operands, or says
// why it cannot. Gorgonia tells the attributes of an op in its name only.
type importer func(n *G.Node, name string, in []*autodiff.Node) (x *autodiff.Node, reason string)

// importerOf returns nil for an op that has no counterpart.
func importerOf(name string) importer {
	if f := unaryImports[name]; f != nil {
		return func(_ *G.Node, _ string, in []*autodiff.Node) (*autodiff.Node, string) { return f(in[0]), "" }
	}
	if op, same, ok := strings.Cut(name, " "); ok && (same == "true" || same == "false") {
		name = op
	}
	if f := binaryImports[name]; f != nil {
		return func(_ *G.Node, _ string, in []*autodiff.Node) (*autodiff.Node, string) { return f(in[0], in[1]), "" }
	}
	for _, o := range otherImports {
		if strings.HasPrefix(name, o.prefix) {
			return o.record
		}
	}
	return nil
}

var unaryImports = map[string]func(x *autodiff.Node) *autodiff.Node{
	"abs":      (*autodiff.Node).Abs,
	"cos":      (*autodiff.Node).Cos,
	"exp":      (*autodiff.Node).Exp,
	"expm1":    (*autodiff.Node).Expm1,
	"ln":       (*autodiff.Node).Log,
	"log1p":    (*autodiff.Node).Log1p,
	"log2":     func(x *autodiff.Node) *autodiff.Node { return x.Log().MulScalar(1 / math.Ln2) },
	"neg":      (*autodiff.Node).Neg,
	"sqrt":     (*autodiff.Node).Sqrt,
	"square":   (*autodiff.Node).Square,
	"cube":     func(x *autodiff.Node) *autodiff.Node { return x.Square().Mul(x) },
	"inv":      func(x *autodiff.Node) *autodiff.Node { return x.Graph().Scalar(1).Div(x) },
	"invSqrt":  func(x *autodiff.Node) *autodiff.Node { return x.Graph().Scalar(1).Div(x.Sqrt()) },
	"sigmoid":  (*autodiff.Node).Sigmoid,
	"sign":     sign,
	"sin":      (*autodiff.Node).Sin,
	"softplus": (*autodiff.Node).Softplus,
	"tanh":     (*autodiff.Node).Tanh,
	"I":        func(x *autodiff.Node) *autodiff.Node { return x },
}

// sign is 1 at 0 for scalars, as in Gorgonia.
func sign(x *autodiff.Node) *autodiff.Node {
	if len(x.Shape()) > 0 {
		return x.Sign()
	}
	return x.GreaterEqual(x.Graph().Scalar(0)).MulScalar(2).SubScalar(1)
}

var binaryImports = map[string]func(a, b *autodiff.Node) *autodiff.Node{
	"+":          (*autodiff.Node).Add,
	"-":          (*autodiff.Node).Sub,
	"⊙":          (*autodiff.Node).Mul,
	"÷":          (*autodiff.Node).Div,
	"<":          (*autodiff.Node).Less,
	">":          (*autodiff.Node).Greater,
	"<=":         (*autodiff.Node).LessEqual,
	">=":         (*autodiff.Node).GreaterEqual,
	"==":         (*autodiff.Node).Equal,
	"!=":         (*autodiff.Node).NotEqual,
	"MaxBetween": (*autodiff.Node).Max,
	"MinBetween": (*autodiff.Node).Min,
	"a ⋅ b":      func(a, b *autodiff.Node) *autodiff.Node { return a.Mul(b).Sum() },
	"a ⊗ b":      func(a, b *autodiff.Node) *autodiff.Node { return a.Reshape(-1, 1).MatMul(b.Reshape(1, -1)) },
	"A × B":      func(a, b *autodiff.Node) *autodiff.Node { return a.MatMul(b) },
	"Aᵀ × B":     func(a, b *autodiff.Node) *autodiff.Node { return a.T().MatMul(b) },
	"A × Bᵀ":     func(a, b *autodiff.Node) *autodiff.Node { return a.MatMul(b.T()) },
	"Aᵀ × Bᵀ":    func(a, b *autodiff.Node) *autodiff.Node { return a.T().MatMul(b.T()) },
	"A × b":      func(a, b *autodiff.Node) *autodiff.Node { return a.MatMul(b.Reshape(-1, 1)) },
	"Aᵀ × b":     func(a, b *autodiff.Node) *autodiff.Node { return a.T().MatMul(b.Reshape(-1, 1)) },
}

var otherImports = []struct {
	prefix string
	record importer
}{
	{"^", importPow},
	{"Σ", reduction((*autodiff.Node).SumKeep)},
	{"MaxAlong", reduction((*autodiff.Node).ReduceMaxKeep)},
	{"Repeat", importRepeat},
	{"Reshape", importReshape},
	{"Aᵀ{", importTranspose},
	{"Concat", importConcat},
	{"T[", importSlice},
	{"SoftmaxDiff", importSoftmaxDiff},
	{"Softmax", importSoftmax},
	{"A ××× B", batched},
	{"Aᵀ ××× B", batched},
	{"Tensordot", importTensordot},
}

var number = regexp.MustCompile(`-?\d+`)

// numbers returns the integers in an op's name.
func numbers(name string) []int {
	var out []int
	for _, s := range number.FindAllString(name, -1) {
		v, _ := strconv.Atoi(s) // digits by the expression
		out = append(out, v)
	}
	return out
}

func importPow(_ *G.Node, _ string, in []*autodiff.Node) (*autodiff.Node, string) {
	c, err := autodiff.Interpret(nil, in[1])
	if err != nil || in[1].Shape().Size() != 1 {
		return nil, "the exponent is no constant number"
	}
	return in[0].Pow(elements(c[0])[0]), ""
}

func reduction(f func(x *autodiff.Node, axes ...int) *autodiff.Node) importer {
	return func(_ *G.Node, name string, in []*autodiff.Node) (*autodiff.Node, string) {
		return f(in[0], numbers(name)...), ""
	}
}

// importRepeat repeats each element along an axis, which may lie behind the
// operand's last.
func importRepeat(n *G.Node, name string, in []*autodiff.Node) (*autodiff.Node, string) {
	x, axis, to := in[0], numbers(name)[0], autodiff.Shape(n.Shape())
	from := append(autodiff.Shape(nil), x.Shape()...)
	for len(from) < len(to) {
		from = append(from, 1)
	}
	if from[axis] == 0 || to[axis]%from[axis] != 0 {
		return nil, fmt.Sprintf("axis %d of length %d does not become %d by repetition", axis, from[axis], to[axis])
	}
	outer, inner := from[:axis].Size(), from[axis+1:].Size()
	x = x.Reshape(outer, from[axis], 1, inner).Broadcast(outer, from[axis], to[axis]/from[axis], inner)
	return x.Reshape(to...), ""
}

func importReshape(n *G.Node, _ string, in []*autodiff.Node) (*autodiff.Node, string) {
	return in[0].Reshape(n.Shape()...), ""
}

func importTranspose(_ *G.Node, name string, in []*autodiff.Node) (*autodiff.Node, string) {
	return in[0].Transpose(numbers(name)...), ""
}

func importConcat(_ *G.Node, name string, in []*autodiff.Node) (*autodiff.Node, string) {
	return autodiff.Concat(numbers(name)[0], in...), ""
}

// importSlice records x[from:to] along an axis, T[:, from:to:step...], or with
// += the derivative of it: an array of x's shape with the second operand there.
func importSlice(n *G.Node, name string, in []*autodiff.Node) (*autodiff.Node, string) {
	axis, at := strings.Count(name, ":, "), numbers(name)
	x, gradient := in[0], strings.Contains(name, "+=")
	if len(at) == 0 {
		return in[len(in)-1], ""
	}
	from, to, step := at[0], at[1], at[2]
	switch {
	case step > 1:
		return nil, fmt.Sprintf("slices of step %d have no counterpart", step)
	case !gradient:
		return x.Slice(axis, from, to).Reshape(n.Shape()...), "" // a slice of length 1 loses its axis
	}
	part := append(autodiff.Shape(nil), x.Shape()...)
	part[axis] = to - from
	return in[1].Reshape(part...).Pad(axis, from, x.Shape()[axis]-to), ""
}

// softmaxAxis returns the axis of {axis, logarithm}, the last for −1.
func softmaxAxis(name string, x *autodiff.Node) (axis int, logarithm bool) {
	axis, logarithm = numbers(name)[0], strings.Contains(name, "true")
	if shape := x.Shape(); axis < 0 {
		axis = len(shape) - 1
		if axis == 1 && shape[1] == 1 {
			axis = 0 // a column is normalised as a vector
		}
	}
	return axis, logarithm
}

func importSoftmax(_ *G.Node, name string, in []*autodiff.Node) (*autodiff.Node, string) {
	axis, logarithm := softmaxAxis(name, in[0])
	if logarithm {
		return in[0].LogSoftmax(axis), ""
	}
	return in[0].Softmax(axis), ""
}

// importSoftmaxDiff records, for y the softmax of x or its logarithm,
//
//	dx = y·(dy − Σ dy·y)    or    dx = dy − eʸ·Σ dy
func importSoftmaxDiff(_ *G.Node, name string, in []*autodiff.Node) (*autodiff.Node, string) {
	y, dy := in[1], in[2]
	axis, logarithm := softmaxAxis(name, y)
	if logarithm {
		return dy.Sub(y.Exp().Mul(dy.SumKeep(axis))), ""
	}
	return y.Mul(dy.Sub(dy.Mul(y).SumKeep(axis))), ""
}
