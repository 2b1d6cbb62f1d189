package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/datasets"
)

// A builder records a program, the same at every call.
type builder func(data string) (*program, error)

var programs = []struct {
	name  string
	build builder
	steps int // in a round
}{
	{"linear", linear, 100},
	{"logistic", logistic, 20},
	{"iris", iris, 200},
	{"mlp", network, 20},
	{"mlp-step", networkStep, 3},
}

// finish reads the loss and adds its gradients.
func finish(loss *G.Node, solver G.Solver, params ...*G.Node) (*program, error) {
	p := &program{graph: loss.Graph(), params: params, solver: solver}
	G.Read(loss, &p.loss)
	_, err := G.Grad(loss, params...)
	return p, err
}

func generator() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// drawn returns n numbers from f.
func drawn(n int, f func() float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = f()
	}
	return x
}

func vector(g *G.ExprGraph, name string, x []float64) *G.Node {
	return G.NewVector(g, G.Float64, G.WithName(name), G.WithShape(len(x)), G.WithValue(tensor.New(tensor.WithBacking(x))))
}

func matrix(g *G.ExprGraph, name string, cols int, x []float64) *G.Node {
	v := tensor.New(tensor.WithShape(len(x)/cols, cols), tensor.WithBacking(x))
	return G.NewMatrix(g, G.Float64, G.WithName(name), G.WithShape(v.Shape()...), G.WithValue(v))
}

func meanSquare(x *G.Node) *G.Node { return G.Must(G.Mean(G.Must(G.Square(x)))) }

// linear fits a line to points of y = 2x + 1 with noise.
func linear(string) (*program, error) {
	rng := generator()
	g := G.NewGraph()
	xs := drawn(10000, func() float64 { return 2*rng.Float64() - 1 })
	i := -1
	ys := drawn(len(xs), func() float64 { i++; return 2*xs[i] + 1 + 0.1*rng.NormFloat64() })
	x, y := vector(g, "x", xs), vector(g, "y", ys)
	m := G.NewScalar(g, G.Float64, G.WithName("m"), G.WithValue(0.0))
	c := G.NewScalar(g, G.Float64, G.WithName("c"), G.WithValue(0.0))
	line := G.Must(G.Add(G.Must(G.Mul(x, m)), c))
	return finish(meanSquare(G.Must(G.Sub(line, y))), G.NewVanillaSolver(G.WithLearnRate(0.1), G.WithClip(5)), m, c)
}

// logistic tells the signs of a noisy linear function apart.
func logistic(string) (*program, error) {
	const n, features = 26733, 10
	rng := generator()
	g := G.NewGraph()
	xs := drawn(n*features, rng.NormFloat64)
	i := -1
	ys := drawn(n, func() float64 {
		i++
		if xs[i*features]-2*xs[i*features+3]+rng.NormFloat64() > 0 {
			return 1
		}
		return 0
	})
	x, y := matrix(g, "x", features, xs), vector(g, "y", ys)
	w := vector(g, "w", drawn(features, rng.NormFloat64))
	b := G.NewScalar(g, G.Float64, G.WithName("b"), G.WithValue(0.0))
	prob := G.Must(G.Sigmoid(G.Must(G.Add(G.Must(G.Mul(x, w)), b))))

	one := G.NewConstant(1.0)
	right := G.Must(G.HadamardProd(y, G.Must(G.Log(prob))))
	wrong := G.Must(G.HadamardProd(G.Must(G.Sub(one, y)), G.Must(G.Log(G.Must(G.Sub(one, prob))))))
	entropy := G.Must(G.Neg(G.Must(G.Mean(G.Must(G.Add(right, wrong))))))
	penalty := G.Must(G.Mul(G.NewConstant(0.01), G.Must(G.Sum(G.Must(G.Square(w))))))
	return finish(G.Must(G.Add(entropy, penalty)), G.NewVanillaSolver(G.WithLearnRate(1)), w, b)
}

// iris predicts the species, 1 to 3, by a linear function of the measurements.
func iris(data string) (*program, error) {
	set, err := flowers(data)
	if err != nil {
		return nil, err
	}
	batch, err := set.Float64().WithBias().All()
	if err != nil {
		return nil, err
	}
	g := G.NewGraph()
	labels := batch.Y.Ints()
	i := -1
	y := vector(g, "y", drawn(len(labels), func() float64 { i++; return float64(1 + labels[i]) }))
	x := matrix(g, "x", batch.X.Shape()[1], batch.X.Float64s())
	theta := vector(g, "theta", drawn(batch.X.Shape()[1], generator().NormFloat64))
	prediction := G.Must(G.Mul(x, theta))
	return finish(meanSquare(G.Must(G.Sub(prediction, y))), G.NewVanillaSolver(G.WithLearnRate(0.001)), theta)
}

func flowers(data string) (*datasets.Dataset, error) {
	if data == "" {
		return datasets.Blobs(150, 4, 3, 0.3, generator())
	}
	f, err := os.Open(filepath.Join(data, "iris", "iris.csv"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return datasets.CSV{}.Read(f)
}
