package bridge_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/autodiff/bridge"
)

// What Lower records comes back through Import, gradients included.
func TestRoundTrip(t *testing.T) {
	for _, op := range opTests {
		for _, shapes := range op.shapes {
			t.Run(fmt.Sprint(op.name, shapes), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(9, 9))
				g := autodiff.NewGraph(tensor.Float64)
				c := comparison{t: t}
				in := make([]*node, len(shapes))
				for i, s := range shapes {
					in[i] = g.Input(fmt.Sprintf("x%d", i), s...)
					c.feed(in[i], randomTensor(rng, s, op.lo, op.hi))
				}
				loss := weighted(rng, op.f(in))
				c.labels(rng, g)
				c.reach(loss)
				l, err := bridge.Lower(loss, c.inputs...)
				require.NoError(t, err)
				value, grads, err := l.Run(c.feeds(nil)...)
				require.NoError(t, err)
				requireImportEquals(t, l, value, grads)
			})
		}
	}
}

func requireImportEquals(t *testing.T, l *bridge.Lowering, value float64, grads []*tensor.Dense) {
	outputs, want := []*G.Node{l.Loss}, [][]float64{{value}}
	for i, n := range l.Gradients {
		if n != nil {
			outputs, want = append(outputs, n), append(want, floats(grads[i]))
		}
	}
	im, err := bridge.Import(l.Graph, outputs...)
	require.NoError(t, err)
	nodes := make([]*node, len(outputs))
	for i, n := range outputs {
		nodes[i] = im.Node(n)
	}
	feeds, err := im.Feeds()
	require.NoError(t, err)
	program, err := autodiff.Compile(nodes[0], nodes[1:]...)
	require.NoError(t, err)
	out, err := program.Run(feeds...)
	require.NoError(t, err)
	for i := range want {
		requireClose(t, want[i], floats(out.Value(i)), "output %d", i)
	}
}

// Ops that Lower does not make, with the gradients that Gorgonia adds: the tape
// machine and the imported graph agree.
func TestImportOps(t *testing.T) {
	unary := func(f func(*G.Node) (*G.Node, error)) func([]*G.Node) *G.Node {
		return func(in []*G.Node) *G.Node { return G.Must(f(in[0])) }
	}
	for _, c := range []struct {
		name   string
		shapes []dims
		f      func(in []*G.Node) *G.Node
	}{
		{"Square", []dims{{3, 5}}, unary(G.Square)},
		{"Cube", []dims{{7}}, unary(G.Cube)},
		{"Inverse", []dims{{3, 5}}, unary(G.Inverse)},
		{"Sin", []dims{{3, 5}}, unary(G.Sin)},
		{"Cos", []dims{{7}}, unary(G.Cos)},
		{"InverseSqrt", []dims{{7}}, unary(G.InverseSqrt)},
		{"Log2", []dims{{7}}, unary(G.Log2)},
		{"Rectify", []dims{{3, 5}}, unary(G.Rectify)},
		{"LeakyRelu", []dims{{3, 5}}, unary(func(x *G.Node) (*G.Node, error) { return G.LeakyRelu(x, 0.1) })},
		{"Mish", []dims{{3, 5}}, unary(G.Mish)},
		{"Mean", []dims{{3, 5}}, unary(func(x *G.Node) (*G.Node, error) { return G.Mean(x) })},
		{"Mean", []dims{{2, 3, 4}}, unary(func(x *G.Node) (*G.Node, error) { return G.Mean(x, 1) })},
		{"Sum", []dims{{2, 3, 4}}, unary(func(x *G.Node) (*G.Node, error) { return G.Sum(x, 0, 2) })},
		{"Norm", []dims{{7}}, unary(func(x *G.Node) (*G.Node, error) { return G.Norm(x, 0, 3) })},
		{"Max", []dims{{3, 5}}, unary(func(x *G.Node) (*G.Node, error) { return G.Max(x, 1) })},
		{"SoftMax", []dims{{3, 5}}, unary(func(x *G.Node) (*G.Node, error) { return G.SoftMax(x) })},
		{"SoftMax", []dims{{3, 5}}, unary(func(x *G.Node) (*G.Node, error) { return G.SoftMax(x, 0) })},
		{"SoftMax", []dims{{7}}, unary(func(x *G.Node) (*G.Node, error) { return G.SoftMax(x) })},
		{"LogSoftMax", []dims{{3, 5}}, unary(func(x *G.Node) (*G.Node, error) { return G.LogSoftMax(x, 1) })},
		{"Slice", []dims{{4, 5}}, unary(func(x *G.Node) (*G.Node, error) { return G.Slice(x, G.S(1, 3), G.S(2)) })},
		{"Slice", []dims{{4, 5}}, unary(func(x *G.Node) (*G.Node, error) { return G.Slice(x, nil, G.S(1, 4)) })},
		{"Ravel", []dims{{4, 5}}, unary(G.Ravel)},
		{"Concat", []dims{{2, 3}, {4, 3}}, func(in []*G.Node) *G.Node { return G.Must(G.Concat(0, in...)) }},
		{"MaxBetween", []dims{{3, 5}, {3, 5}}, func(in []*G.Node) *G.Node { return G.Must(G.MaxBetween(in[0], in[1])) }},
		{"MinBetween", []dims{{7}, {7}}, func(in []*G.Node) *G.Node { return G.Must(G.MinBetween(in[0], in[1])) }},
		{"Mul", []dims{{3, 5}, {5}}, mul},
		{"Mul", []dims{{3}, {3, 5}}, mul},
		{"Mul", []dims{{7}, {7}}, mul},
		{"Mul", []dims{{3, 5}, {5, 2}}, mul},
		{"Mul", []dims{{3, 5}, {}}, mul},
		{"OuterProd", []dims{{3}, {3}}, func(in []*G.Node) *G.Node { return G.Must(G.OuterProd(in[0], in[1])) }},
		{"BatchedMatMul", []dims{{2, 3, 5}, {2, 5, 4}}, batched()},
		{"BatchedMatMul", []dims{{2, 5, 3}, {2, 5, 4}}, batched(true)},
		{"BatchedMatMul", []dims{{2, 3, 5}, {2, 4, 5}}, batched(false, true)},
		{"BatchedMatMul", []dims{{2, 5, 3}, {2, 4, 5}}, batched(true, true)},
		{"BatchedMatMul", []dims{{3, 2, 4, 5}, {3, 2, 5, 1}}, batched()},
		{"Tensordot", []dims{{3, 5}, {5, 2}}, tensordot([]int{1}, []int{0})},
		{"Tensordot", []dims{{3, 5}, {2, 3}}, tensordot([]int{0}, []int{1})},
		{"Tensordot", []dims{{7}, {7}}, tensordot([]int{0}, []int{0})},
		{"Tensordot", []dims{{2, 3, 5}, {5, 3, 4}}, tensordot([]int{1, 2}, []int{1, 0})},
		{"Tensordot", []dims{{2, 3, 5}, {3, 4}}, tensordot([]int{1}, []int{0})},
		{"Pow", []dims{{7}}, func(in []*G.Node) *G.Node { return G.Must(G.Pow(in[0], G.NewConstant(2.5))) }},
		{"BroadcastAdd", []dims{{3, 5}, {5}}, func(in []*G.Node) *G.Node { return G.Must(G.BroadcastAdd(in[0], in[1], nil, []byte{0})) }},
		{"BroadcastHadamardDiv", []dims{{3, 1}, {3, 5}}, func(in []*G.Node) *G.Node {
			return G.Must(G.BroadcastHadamardDiv(in[0], in[1], []byte{1}, nil))
		}},
		{"Conv2d", []dims{{2, 3, 4, 6}, {5, 3, 2, 3}}, conv2d(dims{2, 3}, []int{0, 0}, []int{1, 1}, []int{1, 1})},
		{"Conv2d", []dims{{2, 3, 7, 6}, {5, 3, 3, 2}}, conv2d(dims{3, 2}, []int{2, 1}, []int{2, 1}, []int{1, 1})},
		{"Conv2d", []dims{{2, 3, 7, 6}, {5, 3, 3, 2}}, conv2d(dims{3, 2}, []int{1, 2}, []int{1, 2}, []int{2, 3})},
		{"Conv2d", []dims{{2, 3, 4, 6}, {5, 3, 1, 1}}, conv2d(dims{1, 1}, []int{0, 0}, []int{1, 1}, []int{1, 1})},
		{"Conv1d", []dims{{2, 3, 1, 6}, {5, 3, 1, 3}}, func(in []*G.Node) *G.Node { return G.Must(G.Conv1d(in[0], in[1], 3, 0, 1, 1)) }},
		{"Im2Col", []dims{{2, 3, 4, 6}}, unary(func(x *G.Node) (*G.Node, error) {
			return G.Im2Col(x, dims{2, 3}, dims{1, 0}, dims{1, 2}, dims{1, 1})
		})},
		{"MaxPool2D", []dims{{2, 3, 4, 6}}, unary(func(x *G.Node) (*G.Node, error) {
			return G.MaxPool2D(x, dims{2, 3}, []int{0, 0}, []int{2, 1})
		})},
		{"MaxPool2D", []dims{{2, 3, 7, 5}}, unary(func(x *G.Node) (*G.Node, error) {
			return G.MaxPool2D(x, dims{3, 3}, []int{1, 1, 1, 1}, []int{2, 2})
		})},
		{"MaxPool1D", []dims{{2, 3, 1, 6}}, unary(func(x *G.Node) (*G.Node, error) { return G.MaxPool1D(x, 2, 0, 2) })},
		{"BatchNorm", []dims{{6, 4}, {1, 4}, {1, 4}}, batchNorm},
		{"BatchNorm", []dims{{2, 3, 4, 5}, {1, 3, 1, 1}, {1, 3, 1, 1}}, batchNorm},
		{"BinaryXent", []dims{{7}, {7}}, func(in []*G.Node) *G.Node {
			return G.Must(G.BinaryXent(G.Must(G.Sigmoid(in[0])), in[1]))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "Tensordot" && strconv.IntSize == 32 {
				t.Skip("Gorgonia refuses to contract two matrices on machines of 32 bits")
			}
			rng := rand.New(rand.NewPCG(5, 5))
			g := G.NewGraph()
			in := make([]*G.Node, len(c.shapes))
			for i, s := range c.shapes {
				in[i] = gorgoniaInput(g, fmt.Sprint("x", i), s, rng)
			}
			y := c.f(in)
			cost := y
			if !y.IsScalar() {
				w := gorgoniaInput(g, "w", dims(y.Shape()), rng)
				cost = G.Must(G.Sum(G.Must(G.HadamardProd(y, w))))
			}
			grads, err := G.Grad(cost, in...)
			require.NoError(t, err)
			requireImports(t, g, append(G.Nodes{cost}, grads...))
		})
	}
}

func conv2d(kernel dims, pad, stride, dilation []int) func(in []*G.Node) *G.Node {
	return func(in []*G.Node) *G.Node { return G.Must(G.Conv2d(in[0], in[1], kernel, pad, stride, dilation)) }
}

func batchNorm(in []*G.Node) *G.Node {
	y, _, _, _, err := G.BatchNorm(in[0], in[1], in[2], 0.3, 1e-3)
	return G.Must(y, err)
}

func batched(transposed ...bool) func(in []*G.Node) *G.Node {
	return func(in []*G.Node) *G.Node { return G.Must(G.BatchedMatMul(in[0], in[1], transposed...)) }
}

func tensordot(a, b []int) func(in []*G.Node) *G.Node {
	return func(in []*G.Node) *G.Node { return G.Must(G.Tensordot(a, b, in[0], in[1])) }
}

func mul(in []*G.Node) *G.Node { return G.Must(G.Mul(in[0], in[1])) }

func gorgoniaInput(g *G.ExprGraph, name string, shape dims, rng *rand.Rand) *G.Node {
	if len(shape) == 0 {
		return G.NewScalar(g, G.Float64, G.WithName(name), G.WithValue(0.5+rng.Float64()))
	}
	return G.NewTensor(g, G.Float64, len(shape), G.WithShape(shape...), G.WithName(name), G.WithValue(randomTensor(rng, shape, 0.2, 0.9)))
}

// requireImports compares the values of nodes on both engines.
func requireImports(t *testing.T, g *G.ExprGraph, nodes G.Nodes) {
	want := make([]G.Value, len(nodes))
	for i, n := range nodes {
		G.Read(n, &want[i])
	}
	require.NoError(t, G.NewTapeMachine(g).RunAll())
	im, err := bridge.Import(g, nodes...)
	require.NoError(t, err)
	feeds, err := im.Feeds()
	require.NoError(t, err)
	for i, n := range nodes {
		got, err := autodiff.Interpret(feeds, im.Node(n))
		require.NoError(t, err)
		assert.Equal(t, n.Shape(), got[0].Shape())
		requireClose(t, valueOf(want[i]), floats(got[0]), "node %v", n)
	}
}

func valueOf(v G.Value) []float64 {
	if x, ok := v.Data().(float64); ok {
		return []float64{x}
	}
	return v.Data().([]float64)
}

func TestImportRefuses(t *testing.T) {
	g := G.NewGraph()
	x := vector(g, "x", 1, 2, 3, 4)
	ints := G.NewVector(g, G.Int, G.WithShape(3), G.WithName("ints"))
	p := G.NewScalar(g, G.Float64, G.WithName("p"))
	for message, n := range map[string]*G.Node{
		"floor, node": G.Must(G.Floor(x)),
		"of shape (4): the op has no counterpart": G.Must(G.Ceil(x)),
		"values are int, want float32 or float64": ints,
		"the exponent is no constant number":      G.Must(G.Pow(x, p)),
		"slices of step 2 have no counterpart":    G.Must(G.Slice(x, G.S(0, 4, 2))),
		"with unequal padding Gorgonia begins with the other side's": G.Must(
			G.MaxPool2D(gorgoniaInput(g, "images", dims{2, 3, 4, 5}, rand.New(rand.NewPCG(1, 1))), dims{2, 2}, []int{0, 1, 0, 0}, []int{1, 1})),
	} {
		_, err := bridge.Import(g, n)
		assert.ErrorContains(t, err, message)
	}
	im, err := bridge.Import(g, p)
	require.NoError(t, err)
	_, err = im.Feeds()
	assert.ErrorContains(t, err, "bridge: Feeds: no value is bound to p")
}

// A dropout's mask is drawn at every run, and its derivative is the mask.
func TestImportDropout(t *testing.T) {
	g := G.NewGraph()
	x := G.NewVector(g, G.Float64, G.WithShape(1000), G.WithName("x"), G.WithValue(tensor.Ones(G.Float64, 1000)))
	y := G.Must(G.Dropout(x, 0.2))
	grads, err := G.Grad(G.Must(G.Sum(y)), x)
	require.NoError(t, err)
	im, err := bridge.Import(g, y, grads[0])
	require.NoError(t, err)
	program, err := autodiff.Compile(im.Node(y), im.Node(grads[0]))
	require.NoError(t, err)
	var before []float64
	for range 2 {
		feeds, err := im.Feeds()
		require.NoError(t, err)
		out, err := program.Run(feeds...)
		require.NoError(t, err)
		value := floats(out.Value(0))
		kept := 0
		for _, v := range value {
			if v != 0 {
				kept++
				assert.Equal(t, 1/(1-0.2), v)
			}
		}
		assert.InDelta(t, 800, kept, 120, "of 1000; ten standard deviations")
		assert.Equal(t, value, floats(out.Value(1)), "x is 1, so that y and dy/dx are the same")
		assert.NotEqual(t, before, value)
		before = append([]float64(nil), value...)
	}
}
