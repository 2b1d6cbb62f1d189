package bridge

import (
	"cmp"
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff"
)

// A recorder records Declive's ops on Gorgonia.
type recorder struct {
	*Lowering
	dtype    tensor.Dtype
	carriers map[string]*G.Node // constants by name
	hot      map[hotKey]*G.Node
}

type hotKey struct {
	labels  *autodiff.Node
	classes int
}

// record returns the Gorgonia node for n, whose operands are recorded.
func (r *recorder) record(n *autodiff.Node) *G.Node {
	if n.Shape().Size() == 0 {
		r.refuse(n, "empty arrays do not exist in Gorgonia")
	}
	in := n.Inputs()
	switch n.Op() {
	case "Input", "Param", "Random":
		return r.input(n)
	case "Constant":
		return r.constant(n)
	case "Pick":
		s := in[0]
		return r.fold(r.mul(r.nodes[s], r.oneHot(in[1], s.Shape()[1])), s.Shape(), 1, 2)
	case "OneHot":
		return r.oneHot(in[0], n.Attributes()[0])
	case "MatMul":
		return r.matMul(in[0], in[1])
	case "Concat":
		return r.concat(n)
	case "Where":
		return r.where(n)
	case "Conv2D":
		return r.conv(n)
	case "MaxPool2D":
		return r.maxPool(n)
	case "Normalize":
		return r.normalize(n)
	case "Pow":
		return must(G.Pow(r.nodes[in[0]], r.exponent(in[1])))
	}
	if f, ok := unaryOps[n.Op()]; ok {
		return f(r, r.nodes[in[0]])
	}
	if f, ok := binaryOps[n.Op()]; ok {
		return f(r, r.operand(in[0], n.Shape()), r.operand(in[1], n.Shape()))
	}
	if f, ok := arrayOps[n.Op()]; ok {
		return f(r, n, r.nodes[in[0]], in[0].Shape())
	}
	r.refuse(n, "the op has no counterpart")
	return nil
}

func (r *recorder) refuse(n *autodiff.Node, reason string) {
	panic(failure{fmt.Errorf("%s recorded at %s: %s, shape %v", n.Op(), n.Caller(), reason, n.Shape())})
}

var unaryOps = map[string]func(r *recorder, x *G.Node) *G.Node{
	"Neg":      native(G.Neg),
	"Exp":      native(G.Exp),
	"Expm1":    native(G.Expm1),
	"Log":      native(G.Log),
	"Log1p":    native(G.Log1p),
	"Sqrt":     native(G.Sqrt),
	"Sin":      native(G.Sin),
	"Cos":      native(G.Cos),
	"Tanh":     native(G.Tanh),
	"Sigmoid":  native(G.Sigmoid),
	"Softplus": native(G.Softplus),
	"Abs":      native(G.Abs),
	"Sign": func(r *recorder, x *G.Node) *G.Node {
		return r.sub(must(G.Gt(x, r.number(0), true)), must(G.Lt(x, r.number(0), true)))
	},
	"Sech2": func(r *recorder, x *G.Node) *G.Node {
		return r.mul(r.number(4), r.density(r.mul(r.number(2), x)))
	},
	"LogisticDensity": func(r *recorder, x *G.Node) *G.Node { return r.density(x) },
	"StopGradient":    native(stopGradient),
	"ReLU":            func(r *recorder, x *G.Node) *G.Node { return r.mul(x, must(G.Gt(x, r.number(0), true))) },
}

// density returns σ(x)·σ(−x).
func (r *recorder) density(x *G.Node) *G.Node {
	return r.mul(must(G.Sigmoid(x)), must(G.Sigmoid(must(G.Neg(x)))))
}

func native(f func(*G.Node) (*G.Node, error)) func(*recorder, *G.Node) *G.Node {
	return func(_ *recorder, x *G.Node) *G.Node { return must(f(x)) }
}

func stopGradient(x *G.Node) (*G.Node, error) {
	return G.ApplyOp(ownOp{from: x.Shape(), to: x.Shape(), stop: true}, x)
}

var binaryOps = map[string]func(r *recorder, a, b *G.Node) *G.Node{
	"Add":          (*recorder).add,
	"Sub":          (*recorder).sub,
	"Mul":          (*recorder).mul,
	"Div":          native2(G.HadamardDiv),
	"Greater":      compare(G.Gt),
	"GreaterEqual": compare(G.Gte),
	"Equal":        compare(G.Eq),
	"NotEqual":     compare(G.Ne),
	"Max":          func(r *recorder, a, b *G.Node) *G.Node { return r.choose(r.wins(a, b), a, b) },
	"Min":          func(r *recorder, a, b *G.Node) *G.Node { return r.choose(r.wins(b, a), a, b) },
}

func native2(f func(a, b *G.Node) (*G.Node, error)) func(*recorder, *G.Node, *G.Node) *G.Node {
	return func(_ *recorder, a, b *G.Node) *G.Node { return must(f(a, b)) }
}

func compare(f func(a, b *G.Node, same bool) (*G.Node, error)) func(*recorder, *G.Node, *G.Node) *G.Node {
	return func(_ *recorder, a, b *G.Node) *G.Node { return must(f(a, b, true)) }
}

func (r *recorder) add(a, b *G.Node) *G.Node { return must(G.Add(a, b)) }
func (r *recorder) sub(a, b *G.Node) *G.Node { return must(G.Sub(a, b)) }
func (r *recorder) mul(a, b *G.Node) *G.Node { return must(G.HadamardProd(a, b)) }

// wins returns 1 where a > b, ½ where they are equal and 0 elsewhere.
func (r *recorder) wins(a, b *G.Node) *G.Node {
	return r.add(must(G.Gt(a, b, true)), r.mul(must(G.Eq(a, b, true)), r.number(0.5)))
}

// choose returns m·a + (1 − m)·b.
func (r *recorder) choose(m, a, b *G.Node) *G.Node {
	return r.add(r.mul(m, a), r.mul(r.sub(r.number(1), m), b))
}

func (r *recorder) where(n *autodiff.Node) *G.Node {
	in := n.Inputs()
	mask := must(G.Ne(r.operand(in[0], n.Shape()), r.number(0), true))
	return r.choose(mask, r.operand(in[1], n.Shape()), r.operand(in[2], n.Shape()))
}

// input records a leaf, or random numbers, that are bound before each run.
func (r *recorder) input(n *autodiff.Node) *G.Node {
	x := r.leaf(cmp.Or(n.Name(), fmt.Sprint("bridge: random numbers ", n.ID())), n.Shape())
	r.inputs = append(r.inputs, lowered{leaf: n, node: x})
	return x
}

func (r *recorder) oneHot(y *autodiff.Node, classes int) *G.Node {
	key := hotKey{y, classes}
	if x := r.hot[key]; x != nil {
		return x
	}
	x := r.leaf(fmt.Sprintf("%s as %d classes", y.Name(), classes), []int{y.Shape()[0], classes})
	r.inputs = append(r.inputs, lowered{leaf: y, node: x, classes: classes})
	r.hot[key] = x
	return x
}

// constant records a constant as an input with a value: Gorgonia identifies
// constants by how they print, so that different ones can be taken for the same.
func (r *recorder) constant(n *autodiff.Node) *G.Node {
	v, err := autodiff.Interpret(nil, n)
	check(err)
	x := elements(v[0])
	if len(x) == 1 {
		return r.number(x[0])
	}
	return r.bound(fmt.Sprintf("bridge: constant array %d", n.ID()), n.Shape(), x)
}

// exponent records a scalar constant as one: Gorgonia tells numbers apart.
func (r *recorder) exponent(n *autodiff.Node) *G.Node {
	v, err := autodiff.Interpret(nil, n)
	check(err)
	c := elements(v[0])[0]
	if r.dtype == tensor.Float32 {
		return G.NewConstant(float32(c))
	}
	return G.NewConstant(c)
}

func (r *recorder) number(v float64) *G.Node {
	return r.bound(fmt.Sprint("bridge: constant ", v), nil, []float64{v})
}

// bound records, once for each name, an input that keeps its value.
func (r *recorder) bound(name string, shape []int, x []float64) *G.Node {
	if n := r.carriers[name]; n != nil {
		return n
	}
	n := r.leaf(name, shape)
	check(G.Let(n, valueFor(n, x)))
	r.carriers[name] = n
	return n
}

func (r *recorder) leaf(name string, shape autodiff.Shape) *G.Node {
	if shape.Size() == 1 {
		return G.NewScalar(r.Graph, r.dtype, G.WithName(name))
	}
	return G.NewTensor(r.Graph, r.dtype, len(shape), G.WithShape(shape...), G.WithName(name))
}
