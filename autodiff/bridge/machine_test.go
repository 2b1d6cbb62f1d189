package bridge_test

import (
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff/bridge"
)

// A perceptron is a Gorgonia program: two layers on 6 examples of 4 features.
type perceptron struct {
	graph  *G.ExprGraph
	cost   *G.Node
	params G.Nodes
	read   G.Value // the cost, by a Read
}

func newPerceptron(dt tensor.Dtype) *perceptron {
	rng := rand.New(rand.NewPCG(1, 1))
	p := &perceptron{graph: G.NewGraph()}
	matrix := func(name string, rows, cols int) *G.Node {
		v := randomTensor(rng, dims{rows, cols}, -1, 1)
		if dt == G.Float32 {
			x := make([]float32, rows*cols)
			for i, e := range floats(v) {
				x[i] = float32(e)
			}
			v = tensor.New(tensor.WithShape(rows, cols), tensor.WithBacking(x))
		}
		return G.NewMatrix(p.graph, dt, G.WithShape(rows, cols), G.WithName(name), G.WithValue(v))
	}
	x, y := matrix("x", 6, 4), matrix("y", 6, 3)
	w1, b1, w2, b2 := matrix("w1", 4, 5), matrix("b1", 1, 5), matrix("w2", 5, 3), matrix("b2", 1, 3)
	h := G.Must(G.Rectify(G.Must(G.BroadcastAdd(G.Must(G.Mul(x, w1)), b1, nil, []byte{0}))))
	s := G.Must(G.BroadcastAdd(G.Must(G.Mul(h, w2)), b2, nil, []byte{0}))
	logp := G.Must(G.Log(G.Must(G.SoftMax(s))))
	p.cost = G.Must(G.Neg(G.Must(G.Mean(G.Must(G.HadamardProd(logp, G.Must(G.Square(y))))))))
	G.Read(p.cost, &p.read)
	p.params = G.Nodes{w1, b1, w2, b2}
	_, err := G.Grad(p.cost, p.params...)
	check(err)
	return p
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// train returns the costs of some steps.
func (p *perceptron) train(t *testing.T, vm G.VM, solver G.Solver) []float64 {
	var costs []float64
	for range 12 {
		require.NoError(t, vm.RunAll())
		require.NoError(t, solver.Step(G.NodesToValueGrads(p.params)))
		costs = append(costs, scalar(p.read))
		vm.Reset()
	}
	return costs
}

func scalar(v G.Value) float64 {
	if x, ok := v.Data().(float32); ok {
		return float64(x)
	}
	return v.Data().(float64)
}

// Every solver of Gorgonia trains alike on both machines.
func TestSolvers(t *testing.T) {
	for name, solver := range map[string]func() G.Solver{
		"vanilla":  func() G.Solver { return G.NewVanillaSolver(G.WithLearnRate(0.5)) },
		"l2, clip": func() G.Solver { return G.NewVanillaSolver(G.WithLearnRate(0.5), G.WithL2Reg(0.01), G.WithClip(0.05)) },
		"momentum": func() G.Solver { return G.NewMomentum(G.WithLearnRate(0.1)) },
		"rmsprop":  func() G.Solver { return G.NewRMSPropSolver(G.WithLearnRate(0.01)) },
		"adagrad":  func() G.Solver { return G.NewAdaGradSolver(G.WithLearnRate(0.1)) },
		"adam":     func() G.Solver { return G.NewAdamSolver(G.WithLearnRate(0.05)) },
	} {
		for _, dt := range []tensor.Dtype{G.Float64, G.Float32} {
			t.Run(fmt.Sprint(name, " ", dt), func(t *testing.T) {
				tape, ours := newPerceptron(dt), newPerceptron(dt)
				want := tape.train(t, G.NewTapeMachine(tape.graph, G.BindDualValues(tape.params...)), solver())
				got := ours.train(t, bridge.NewMachine(ours.graph, G.BindDualValues(ours.params...)), solver())
				eps := 1e-12
				if dt == G.Float32 {
					eps = 1e-4
				}
				assert.InDeltaSlice(t, want, got, eps)
				assert.Less(t, got[11], got[0], "training reduces the cost")
			})
		}
	}
}

func TestMachineBindsValues(t *testing.T) {
	g := G.NewGraph()
	x := vector(g, "x", 1, -2, 3)
	y := G.Must(G.Square(x))
	named := G.Must(G.Add(y, x))
	G.WithName("named")(named)
	hidden := G.Must(G.Neg(named))
	positive := G.Must(G.Gt(x, G.NewConstant(0.0), false))
	cost := G.Must(G.Sum(G.Must(G.Cube(hidden))))
	scaled := G.Must(G.Mul(cost, G.NewConstant(0.5)))
	_, err := G.Grad(scaled, x)
	require.NoError(t, err)

	m := bridge.NewMachine(g, bridge.Keep(y))
	for range 2 {
		require.NoError(t, m.RunAll())
		assert.Equal(t, []float64{1, 4, 9}, y.Value().Data(), "kept")
		assert.Equal(t, []float64{2, 2, 12}, named.Value().Data(), "named")
		assert.Equal(t, []bool{true, false, true}, positive.Value().Data(), "a root")
		assert.Equal(t, -1744.0, cost.Value().Data(), "a scalar")
		assert.Equal(t, -872.0, scaled.Value().Data())
		grad, err := x.Grad()
		require.NoError(t, err)
		assert.Equal(t, []float64{-18, 18, -1512}, grad.Data())
		assert.Nil(t, hidden.Value())
		m.Reset()
	}
	require.NoError(t, m.Let(x, tensor.New(tensor.WithBacking([]float64{0, 0, 1}))))
	require.NoError(t, m.RunAll())
	assert.Equal(t, -8.0, cost.Value().Data())
	require.NoError(t, m.Set(x, named))
	require.NoError(t, m.RunAll())
	assert.Equal(t, -216.0, cost.Value().Data())
	assert.ErrorContains(t, m.Set(x, hidden), "has no value; name it in Keep")
	require.NoError(t, m.Close())
}

// Two inputs whose derivative is the same node, or a constant, have gradients of
// their own: solvers clear them.
func TestMachineGradientsAreTheirOwn(t *testing.T) {
	g := G.NewGraph()
	a, b := vector(g, "a", 1, 2), vector(g, "b", 3, 4)
	c := G.NewScalar(g, G.Float64, G.WithName("c"), G.WithValue(5.0))
	cost := G.Must(G.Add(G.Must(G.Sum(G.Must(G.Square(G.Must(G.Add(a, b)))))), c))
	_, err := G.Grad(cost, a, b, c)
	require.NoError(t, err)
	m := bridge.NewMachine(g)
	solver := G.NewVanillaSolver(G.WithLearnRate(0.1))
	for range 2 {
		require.NoError(t, m.RunAll())
		require.NoError(t, solver.Step(G.NodesToValueGrads(G.Nodes{a, b, c})))
	}
	// d = a + b is (4, 6), each step takes 0.4·d from it
	assert.InDeltaSlice(t, []float64{1 - 0.2*4 - 0.2*2.4, 2 - 0.2*6 - 0.2*3.6}, a.Value().Data(), 1e-12)
	assert.InDeltaSlice(t, []float64{3 - 0.2*4 - 0.2*2.4, 4 - 0.2*6 - 0.2*3.6}, b.Value().Data(), 1e-12)
	assert.InDelta(t, 4.8, c.Value().Data(), 1e-12)
}

// A graph that ran on a tape machine with BindDualValues goes on with ours.
func TestMachineAfterTape(t *testing.T) {
	p, q := newPerceptron(G.Float64), newPerceptron(G.Float64)
	solver := G.NewVanillaSolver(G.WithLearnRate(0.5))
	tape := func(p *perceptron) G.VM { return G.NewTapeMachine(p.graph, G.BindDualValues(p.params...)) }
	p.train(t, tape(p), solver)
	q.train(t, tape(q), solver)
	assert.InDeltaSlice(t, p.train(t, tape(p), solver), q.train(t, bridge.NewMachine(q.graph), solver), 1e-12)
}

// Let may move a slice after the machine is made.
func TestMachineFollowsSlices(t *testing.T) {
	g := G.NewGraph()
	part := G.Must(G.Slice(vector(g, "x", 1, 2, 3, 4, 5), G.S(0, 2)))
	sum := G.Must(G.Sum(part))
	m := bridge.NewMachine(g)
	require.NoError(t, m.RunAll())
	assert.Equal(t, 3.0, sum.Value().Data())
	require.NoError(t, G.UnsafeLet(part, G.S(3, 5)))
	require.NoError(t, m.RunAll())
	assert.Equal(t, 9.0, sum.Value().Data())
}

// Values may be views, whose elements do not lie in their order.
func TestMachineReadsViews(t *testing.T) {
	table := tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float64{1, 2, 3, 4, 5, 6}))
	column, err := table.Slice(nil, tensor.S(1))
	require.NoError(t, err)
	g := G.NewGraph()
	x := G.NewVector(g, G.Float64, G.WithShape(2), G.WithName("x"), G.WithValue(column))
	y := G.NewMatrix(g, G.Float64, G.WithShape(3, 2), G.WithName("y"))
	transposed := table.Clone().(*tensor.Dense)
	require.NoError(t, transposed.T())
	require.NoError(t, G.Let(y, transposed))
	square, product := G.Must(G.Square(x)), G.Must(G.Mul(y, x))
	require.NoError(t, bridge.NewMachine(g).RunAll())
	assert.Equal(t, []float64{4, 25}, square.Value().Data())
	assert.Equal(t, []float64{1*2 + 4*5, 2*2 + 5*5, 3*2 + 6*5}, product.Value().Data())
}

func TestMachineRefuses(t *testing.T) {
	g := G.NewGraph()
	x := G.NewVector(g, G.Float64, G.WithShape(2), G.WithName("x"))
	G.Must(G.Sum(x))
	assert.ErrorContains(t, bridge.NewMachine(g).RunAll(), "no value is bound to x")
	require.NoError(t, G.Let(x, tensor.New(tensor.WithBacking([]float64{1, 0}))))
	G.Must(G.Ceil(x))
	m := bridge.NewMachine(g)
	assert.ErrorContains(t, m.Err(), "ceil")
	assert.ErrorContains(t, m.RunAll(), "the op has no counterpart")
	m = bridge.NewMachine(g, G.WithLogger(log.New(io.Discard, "", 0)))
	assert.ErrorContains(t, m.RunAll(), "bridge: NewMachine: the option has no counterpart")
}

func ExampleNewMachine() {
	g := G.NewGraph()
	x := G.NewVector(g, G.Float64, G.WithShape(3), G.WithName("x"), G.WithValue(tensor.New(tensor.WithBacking([]float64{1, 2, 3}))))
	w := G.NewScalar(g, G.Float64, G.WithName("w"), G.WithValue(0.0))
	cost := G.Must(G.Mean(G.Must(G.Square(G.Must(G.Sub(G.Must(G.Mul(x, w)), x))))))
	if _, err := G.Grad(cost, w); err != nil {
		fmt.Println(err)
		return
	}
	machine := bridge.NewMachine(g, G.BindDualValues(w)) // was gorgonia.NewTapeMachine
	solver := G.NewVanillaSolver(G.WithLearnRate(0.1))
	for range 20 {
		if err := machine.RunAll(); err != nil {
			fmt.Println(err)
			return
		}
		if err := solver.Step([]G.ValueGrad{w}); err != nil {
			fmt.Println(err)
			return
		}
		machine.Reset()
	}
	fmt.Printf("w = %.4f\n", w.Value().Data())
	// Output: w = 1.0000
}
