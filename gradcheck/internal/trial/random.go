package trial

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strings"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck"
	"declive/gradcheck/internal/mutate"
	"declive/internal/dense"
)

type node = autodiff.Node

// Mutants draws n random graphs, each with one fault in its backward part. A fault
// that changes the gradient at the point by less than 1e-9 of its largest element
// is drawn again.
func Mutants(seed uint64, n int) ([]Case, error) {
	rng := rand.New(rand.NewPCG(seed, 1))
	var out []Case
	for k := uint64(0); len(out) < n; k++ {
		f, in := graph(seed, k), operands(rng)
		c, err := mutant(rng, f, in)
		if err != nil {
			return nil, err
		}
		if c != nil {
			out = append(out, *c)
		}
	}
	return out, nil
}

// Graphs draws n random graphs with their right gradients.
func Graphs(seed uint64, n int) []Case {
	var out []Case
	for k := range uint64(n) {
		if c, err := Graph(seed, k, tensor.Float64); err == nil {
			out = append(out, c)
		}
	}
	return out
}

// Graph draws the k-th random graph of a seed with its right gradient, computed in
// precision dt.
func Graph(seed, k uint64, dt tensor.Dtype) (Case, error) {
	in := operands(rand.New(rand.NewPCG(seed, k+1<<32)))
	for i, v := range in {
		in[i] = dense.New(dt, v.Shape(), dense.Floats(v))
	}
	p, err := gradcheck.OpProblem(graph(seed, k), in)
	return Case{Name: fmt.Sprintf("graph %d", k), Problem: func() gradcheck.Problem { return p }}, err
}

// operands draws a matrix (3, 4), a matrix (5, 4) and a vector (4).
func operands(rng *rand.Rand) []*tensor.Dense {
	return []*tensor.Dense{normal(rng, 1, 3, 4), normal(rng, 1, 5, 4), normal(rng, 1, 4)}
}

// graph returns the k-th random function of a seed: three to eight operations,
// each on values drawn from those before.
func graph(seed, k uint64) func(in ...*node) *node {
	return func(in ...*node) *node {
		rng := rand.New(rand.NewPCG(seed, k+1000))
		pool := append([]*node(nil), in...)
		for range 3 + rng.IntN(6) {
			x := pool[len(pool)-1-rng.IntN(min(3, len(pool)))]
			pool = append(pool, grow(rng, x, pool))
		}
		return pool[len(pool)-1]
	}
}

// grow returns one more operation on x; its values stay of moderate size.
func grow(rng *rand.Rand, x *node, pool []*node) *node {
	if rng.IntN(2) == 0 {
		for range 8 {
			if y := combine(rng, x, pool[rng.IntN(len(pool))]); y != nil {
				return y
			}
		}
	}
	last := len(x.Shape()) - 1
	switch rng.IntN(10) {
	case 0:
		return x.Tanh()
	case 1:
		return x.Sigmoid()
	case 2:
		return x.Softplus()
	case 3:
		return x.Tanh().Exp()
	case 4:
		return x.ReLU().AddScalar(0.1)
	case 5:
		return x.Square().AddScalar(0.5).Sqrt()
	case 6:
		if last >= 0 {
			return x.LogSoftmax(last)
		}
	case 7:
		if last >= 0 {
			return x.Softmax(last)
		}
	case 8:
		if last >= 1 {
			return x.Mean(rng.IntN(last + 1))
		}
	case 9:
		if last == 1 {
			return x.T()
		}
	}
	return x.Neg()
}

// combine returns an operation on x and y, or nil where their shapes do not fit.
func combine(rng *rand.Rand, x, y *node) (z *node) {
	var err error
	func() {
		defer autodiff.Catch(&err)
		switch rng.IntN(6) {
		case 0:
			z = x.Add(y)
		case 1:
			z = x.Sub(y)
		case 2:
			z = x.Tanh().Mul(y)
		case 3:
			z = x.Div(y.Square().AddScalar(1))
		case 4:
			z = x.Max(y)
		case 5:
			z = x.Tanh().MatMul(y.T())
		}
	}()
	if err != nil {
		return nil
	}
	return z
}

// mutant puts a random fault into the gradient of f.
func mutant(rng *rand.Rand, f func(in ...*node) *node, in []*tensor.Dense) (*Case, error) {
	g := autodiff.NewGraph(tensor.Float64)
	var vars, reached []*node
	for i, v := range in {
		vars = append(vars, g.Input(fmt.Sprintf("in%d", i), v.Shape()...))
	}
	y := f(vars...)
	for _, x := range vars {
		if y.DependsOn(x) {
			reached = append(reached, x)
		}
	}
	dy := g.Input("incoming gradient", y.Shape()...)
	back, err := mutate.New(y, dy, reached...)
	if err != nil || len(back.Faults) == 0 {
		return nil, err
	}
	p, err := gradcheck.OpProblem(f, in)
	if err != nil {
		return nil, err
	}
	for range 20 {
		fault := back.Faults[rng.IntN(len(back.Faults))]
		grads, err := back.With(fault)
		if err != nil {
			continue // it does not fit the shapes
		}
		vjp, err := compiled(vars, reached, dy, grads)
		if err != nil {
			return nil, err
		}
		size := distance(p.VJP, vjp, point(p), y.Shape().Size())
		if !(size > 1e-9) {
			continue
		}
		p.VJP = vjp
		return &Case{Name: fault.String(), Cause: causeOf(fault), Size: size, Problem: func() gradcheck.Problem { return p }}, nil
	}
	return nil, nil
}

// kinds holds what a report has to say to have named each kind of fault.
var kinds = map[string]string{
	"sign":                          `sign|counts -`,
	"factor 2":                      `\b2 x numeric|counts 2 times|2 times too`,
	"factor 1/2":                    `0\.5 x numeric|counts 0\.5 times`,
	"zero":                          `0 everywhere|dropped|it is 0 there`,
	"off by 1e-1":                   `1\.1 (x|times)|1\.1\b.*constant factor`,
	"off by 1e-2":                   `1\.01 (x|times)`,
	"off by 1e-3":                   `1\.001 (x|times)|relative errors`,
	"off by 1e-4":                   `1\.0001 (x|times)|relative errors`,
	"off by 1e-5":                   `1\.00001 (x|times)|relative errors`,
	"a constant added":              `not used linearly|constant term`,
	"absolute value":                `not used linearly|absolute value`,
	"clipped":                       `not used linearly|clipped`,
	"shifted by one":                `shifted|other places`,
	"last one lost":                 `the last|it is 0 there|dropped|0 everywhere`,
	"first one lost":                `the first|it is 0 there|dropped|0 everywhere`,
	"mean over an axis":             `same along axis|mean`,
	"transposed":                    `transposed|other places`,
	"elements in the order":         `other places|transposed|wrong order`,
	"second contribution lost":      `dropped|0 everywhere`,
	"first contribution lost":       `dropped|0 everywhere`,
	"subtracted term lost":          `dropped|0 everywhere`,
	"first factor lost":             `ignored|left out`,
	"second factor lost":            `left out|a power|chain rule`,
	"divisor lost":                  `left out|a power|chain rule|times too`,
	"mean instead of sum":           `times too small|a mean`,
	"first instead of sum":          `not summed`,
	"operands of a difference":      `sign|counts -`,
	"mask reversed":                 `only|branch`,
	"mask lost":                     `only|branch|left out`,
	"branches swapped":              `only|branch`,
	"wrong value kept":              `uses the value of|taken at its result|written with its result|remembered`,
	"first factor not transposed":   `transposed`,
	"second factor not transposed":  `transposed`,
	"factors swapped":               `transposed`,
	"not transposed":                `transposed`,
	"multiplied instead of divided": `a power|chain rule`,
}

// causeOf returns what a report has to say to have named or localised a fault: its
// kind, or the line of the operation whose derivative is wrong.
func causeOf(f mutate.Fault) string {
	out := regexp.QuoteMeta(filepath.Base(f.Node.Caller())) + `\b`
	for kind, words := range kinds {
		if strings.HasPrefix(f.Kind, kind) {
			out += "|" + words
		}
	}
	return out
}

type vjpFunc = func(x [][]float64, v []float64) ([][]float64, error)

// compiled turns gradients into a vector-Jacobian product.
func compiled(vars, reached []*node, dy *node, grads []*node) (vjpFunc, error) {
	program, err := autodiff.Compile(grads[0], grads[1:]...)
	if err != nil {
		return nil, err
	}
	inputs := append(append([]*node(nil), vars...), dy)
	return func(x [][]float64, v []float64) ([][]float64, error) {
		var feeds []autodiff.Feed
		for i, values := range append(x[:len(x):len(x)], v) {
			feeds = append(feeds, inputs[i].Feed(tensor.New(tensor.WithShape(inputs[i].Shape()...), tensor.WithBacking(append([]float64(nil), values...)))))
		}
		results, err := program.Run(feeds...)
		if err != nil {
			return nil, err
		}
		out, k := blank(x), 0
		for i, n := range vars {
			if k < len(reached) && reached[k] == n {
				copy(out[i], results.Value(k).Float64s())
				k++
			}
		}
		return out, nil
	}, nil
}

// distance returns the largest difference of two gradients relative to the
// largest element of the right one, over the variables.
func distance(right, wrong vjpFunc, x [][]float64, outputs int) float64 {
	v := numbers(outputs, 7)
	if outputs == 1 {
		v[0] = 1
	}
	a, err := right(x, v)
	if err != nil {
		return 0
	}
	b, err := wrong(x, v)
	if err != nil {
		return 0
	}
	most := 0.0
	for i := range a {
		top, d := 0.0, 0.0
		for j := range a[i] {
			top, d = max(top, math.Abs(a[i][j])), max(d, math.Abs(a[i][j]-b[i][j]))
		}
		switch {
		case top > 1e-12:
			most = max(most, d/top)
		case d > 1e-12: // the right gradient is 0 but for rounding
			most = max(most, 1)
		}
	}
	return most
}
