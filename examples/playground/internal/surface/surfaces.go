package surface

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
)

// A Box is the part of the plane that is shown, 4 wide for 3 high, so that what is
// perpendicular looks so.
type Box struct {
	Left   float64 `json:"left"`
	Right  float64 `json:"right"`
	Bottom float64 `json:"bottom"`
	Top    float64 `json:"top"`
}

// A surface is a loss of the weights (u, v), the mean over the examples of a batch.
type surface struct {
	box   Box
	start []float64
	data  *datasets.Dataset
	// loss records the loss at each of the points u, v of shape (n).
	loss func(u, v, x, y *autodiff.Node) *autodiff.Node
}

// examples is how many every surface has.
const examples = 64

// A shape is a formula with the part of it that is worth seeing. Tilt is the standard
// deviation of the slopes that single examples add.
type shape struct {
	box     Box
	start   []float64
	tilt    float64
	formula func(u, v *autodiff.Node) *autodiff.Node
}

// shapes are the formulas by name. The bowl's condition is that of its Hessian.
func shapes(condition float64) map[string]shape {
	return map[string]shape{
		// 2·(v² + u²/κ): a step above ½ diverges
		"quadratic": {Box{-2.4, 2.4, -1.8, 1.8}, []float64{-2, 1.1}, 1.6, func(u, v *autodiff.Node) *autodiff.Node {
			return v.Square().Add(u.Square().DivScalar(condition)).MulScalar(2)
		}},
		// ((1 − u)² + 100·(v − u²)²)/100 (Rosenbrock, 1960)
		"rosenbrock": {Box{-1.8, 1.8, -0.6, 2.1}, []float64{-1.2, 1}, 0.2, func(u, v *autodiff.Node) *autodiff.Node {
			return u.Neg().AddScalar(1).Square().DivScalar(100).Add(v.Sub(u.Square()).Square())
		}},
		// u² − v² + v⁴/4, which is lowest at v = ±√2
		"saddle": {Box{-2.8, 2.8, -2.1, 2.1}, []float64{-2.2, 0.05}, 1, func(u, v *autodiff.Node) *autodiff.Node {
			return u.Square().Sub(v.Square()).Add(v.Pow(4).DivScalar(4))
		}},
		// (u² − 1)²/2 + v² + u/4: the basin on the left is the deeper one
		"basins": {Box{-2, 2, -1.5, 1.5}, []float64{0.35, 1.2}, 1.2, func(u, v *autodiff.Node) *autodiff.Node {
			return u.Square().SubScalar(1).Square().DivScalar(2).Add(v.Square()).Add(u.DivScalar(4))
		}},
	}
}

// newSurface returns the surface of a name.
func newSurface(name string, condition float64, rng *rand.Rand) (*surface, error) {
	if name == "network" {
		return newNetwork(rng)
	}
	all := shapes(condition)
	s, ok := all[name]
	if !ok {
		return nil, fmt.Errorf("surface: %q is none of network, %s", name, strings.Join(slices.Sorted(maps.Keys(all)), ", "))
	}
	return s.tilted(rng)
}

// tilted returns the surface that has a slope more for each example,
//
//	L = 1/m Σᵢ f(u, v) + aᵢ·u + bᵢ·v
//
// over all of which the slopes cancel.
func (s shape) tilted(rng *rand.Rand) (*surface, error) {
	slopes := make([]float64, 2*examples)
	for i := range slopes {
		slopes[i] = s.tilt * rng.NormFloat64()
	}
	for j := range 2 {
		mean := 0.0
		for i := j; i < len(slopes); i += 2 {
			mean += slopes[i] / examples
		}
		for i := j; i < len(slopes); i += 2 {
			slopes[i] -= mean
		}
	}
	data, err := datasets.New(slopes, 2)
	if err != nil {
		return nil, err
	}
	return &surface{s.box, s.start, data.Float64(), func(u, v, x, _ *autodiff.Node) *autodiff.Node {
		slope := x.Mean(0)
		return s.formula(u, v).Add(u.Mul(slope.Slice(0, 0, 1))).Add(v.Mul(slope.Slice(0, 1, 2)))
	}}, nil
}

// of returns the loss as a function of a parameter of shape (2).
func (s *surface) of(w *autodiff.Param) autodiff.LossFunc {
	return func(x, y *autodiff.Node) *autodiff.Node {
		p := x.Graph().Param(w)
		return s.loss(p.Slice(0, 0, 1), p.Slice(0, 1, 2), x, y).Sum()
	}
}

// tabulate returns the loss over all examples at n·n points of the box, row by row
// from its bottom.
func (s *surface) tabulate(n int) (values []float64, err error) {
	defer autodiff.Catch(&err)
	all, err := s.data.All()
	if err != nil {
		return nil, err
	}
	g := autodiff.NewGraph(tensor.Float64)
	u, v := g.Input("u", n), g.Input("v", n)
	var y *autodiff.Node
	if all.Y != nil {
		y = g.Constant(all.Y)
	}
	p, err := autodiff.Compile(s.loss(u, v, g.Constant(all.X), y))
	if err != nil {
		return nil, err
	}
	row := tensor.New(tensor.WithShape(n), tensor.WithBacking(make([]float64, n)))
	for _, height := range between(s.box.Bottom, s.box.Top, n) {
		for i := range n {
			row.Float64s()[i] = height
		}
		out, err := p.Run(u.Feed(vector(between(s.box.Left, s.box.Right, n))), v.Feed(row))
		if err != nil {
			return nil, err
		}
		values = append(values, out.Value(0).Float64s()...)
	}
	return values, nil
}

func vector(x []float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(len(x)), tensor.WithBacking(x))
}

// between returns n numbers from lo to hi, evenly spaced.
func between(lo, hi float64, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = lo + (hi-lo)*float64(i)/float64(n-1)
	}
	return x
}
