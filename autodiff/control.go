package autodiff

// StopGradient returns x itself, but no derivative passes through it: for Grad
// it is a constant.
func (x *Node) StopGradient() *Node { return x.graph.apply(stopGradient{}, x) }

type stopGradient struct {
	unary
	flat
}

func (stopGradient) name() string                                     { return "StopGradient" }
func (stopGradient) traits() Traits                                   { return Traits{Elementwise: true, Flat: true} }
func (stopGradient) reference(_ *Node, in [][]float64, out []float64) { copy(out, in[0]) }

// Assign records that a parameter takes a new value at the end of a run: a
// training step is a loss together with such assignments,
//
//	program, err := autodiff.Compile(loss, g.Assign(w, W.Sub(dW.MulScalar(0.1))))
//
// Every value is computed from the parameters as they were before the run. If a
// scalar output of the program is not finite, nothing is assigned and Run
// returns a [*NonFiniteError]. The node's own value is the new one, and what is
// computed from it makes the assignment, too: a program makes those that its
// outputs are or depend on. Assign panics with an [*Error] if the value has not
// the parameter's shape, or if the graph and the parameter differ in precision.
func (g *Graph) Assign(p *Param, value *Node) *Node {
	if reason := p.reason(); reason != "" {
		fail("Assign", reason)
	}
	if p.Precision() != g.precision {
		failf("Assign", "%s is %v in a graph of %v; use Param.Convert", p.name, p.Precision(), g.precision)
	}
	return g.apply(assign{p}, value)
}

type assign struct{ param *Param }

func (assign) name() string            { return "Assign" }
func (assign) traits() Traits          { return Traits{Sums: true} }
func (assign) vjp(_, dy *Node) []*Node { return []*Node{dy} }
func (o assign) shape(in []*Node) (Shape, string) {
	if reason := numbers(in); reason != "" {
		return nil, reason
	}
	if !in[0].shape.Equal(o.param.Shape()) {
		return nil, "the value has not the shape " + o.param.Shape().String() + " of " + o.param.name
	}
	return in[0].shape, ""
}

func (assign) reference(_ *Node, in [][]float64, out []float64) { copy(out, in[0]) }
