package opcheck

import (
	"fmt"
	"math/rand/v2"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/internal/values"
)

// A subject is an op of Gorgonia's with operands to check it on.
type subject struct {
	op     string
	f      func(in G.Nodes) (*G.Node, error)
	shapes []tensor.Shape // of the operands
	lo, hi float64        // interval that their elements are drawn from
	at     [][]float64    // or their elements
	want   func(x [][]float64) []float64
}

// title is the op with the shapes of its operands.
func (s subject) title() string {
	if len(s.shapes) == 1 {
		return fmt.Sprintf("%s %v", s.op, s.shapes[0])
	}
	return fmt.Sprintf("%s %v", s.op, s.shapes)
}

// point returns elements for the operands: numbers of float32.
func (s subject) point(rng *rand.Rand) [][]float64 {
	if s.at != nil {
		return s.at
	}
	out := make([][]float64, len(s.shapes))
	for i, shape := range s.shapes {
		out[i] = make([]float64, shape.TotalSize())
		for k := range out[i] {
			out[i][k] = float64(float32(s.lo + (s.hi-s.lo)*rng.Float64()))
		}
	}
	return out
}

// A circuit is a subject with the probe behind it, on Gorgonia's tape machine.
type circuit struct {
	inputs G.Nodes
	vm     G.VM
	y, sum G.Value
	grads  []G.Value
}

// build records the subject, with its gradients if asked. The weights of the
// probe come from rng.
func (s subject) build(dt tensor.Dtype, rng *rand.Rand, gradients bool) (c *circuit, err error) {
	defer recovered(&err)
	g := G.NewGraph()
	c = &circuit{}
	for i, shape := range s.shapes {
		name := G.WithName(fmt.Sprintf("%c", 'a'+i))
		if shape.Dims() == 0 {
			c.inputs = append(c.inputs, G.NewScalar(g, dt, name))
		} else {
			c.inputs = append(c.inputs, G.NewTensor(g, dt, shape.Dims(), G.WithShape(shape...), name))
		}
	}
	y, err := s.f(c.inputs)
	if err != nil {
		return nil, err
	}
	p := probe{shape: y.Shape().Clone(), w: make([]float64, y.Shape().TotalSize())}
	for i := range p.w {
		p.w[i] = float64(float32(0.5 + rng.Float64()))
	}
	cost, err := G.ApplyOp(p, y)
	if err != nil {
		return nil, err
	}
	G.Read(y, &c.y)
	G.Read(cost, &c.sum)
	if gradients {
		if err := c.differentiate(cost); err != nil {
			return nil, err
		}
	}
	c.vm = G.NewTapeMachine(g)
	return c, nil
}

func (c *circuit) differentiate(cost *G.Node) error {
	grads, err := G.Grad(cost, c.inputs...)
	if err != nil {
		return err
	}
	c.grads = make([]G.Value, len(grads))
	for i, n := range grads {
		G.Read(n, &c.grads[i])
	}
	return nil
}

// run evaluates the circuit on copies of x.
func (c *circuit) run(x [][]float64) (err error) {
	defer recovered(&err)
	for i, n := range c.inputs {
		if err := G.Let(n, values.New(n.Dtype(), n.Shape(), x[i])); err != nil {
			return err
		}
	}
	defer c.vm.Reset()
	return c.vm.RunAll()
}

// A panicked is an error for what Gorgonia panics with.
type panicked struct{ value any }

func (p panicked) Error() string { return fmt.Sprint("panics: ", p.value) }

func recovered(err *error) {
	if r := recover(); r != nil {
		*err = panicked{r}
	}
}
