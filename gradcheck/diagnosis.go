package gradcheck

import (
	"math"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck/internal/blame"
	"declive/gradcheck/internal/cause"
	"declive/gradcheck/internal/subject"
)

// A diagnosis says why gradients are wrong: from the numbers of a variable (package
// cause), and where the function's graph is known, from that (package blame).
type diagnosis struct {
	*exam
	own [][]float64 // the graph's own gradient, once it was needed
}

// explain fills in the likely cause of a variable's failure, and once in a report the
// operation to blame.
func (d *diagnosis) explain(v *variable, points []nearby, report *Report) error {
	v.report.Suspect = d.suspect(v, points)
	if d.s.Graph == nil || report.Blame != "" || v.report.Disagree == 0 {
		return nil
	}
	var err error
	report.Blame, err = d.blame(v.b, report)
	return err
}

// suspect returns the likely cause, or "".
func (d *diagnosis) suspect(v *variable, points []nearby) string {
	stale := d.unmoved(v.b, points)
	switch {
	case v.report.Disagree > 0:
		e := d.evidence(v)
		e.Stale = stale && d.bends(v, e, points[0])
		e.Inside = func() string { return d.inside(v, e) }
		return cause.Of(e)
	case len(v.report.Nearby) == 0:
		return ""
	case stale:
		return "the gradient is the same at both points: it uses values remembered from an earlier call"
	}
	return "a part of the gradient uses values remembered from an earlier call, or a missing term vanishes at the point that was tested, as with zero weights"
}

// evidence returns what was found about a variable.
func (d *diagnosis) evidence(v *variable) cause.Evidence {
	r := v.report
	e := cause.Evidence{Shape: r.Shape, Complete: len(r.Coords) == len(v.x()) && d.o.fast == 0, Rel: d.rel}
	for _, k := range r.Coords {
		e.Coords = append(e.Coords, cause.Coord{
			Index: k.Index, X: k.X, Analytic: k.Analytic, Numeric: k.Numeric, Tol: k.Tol,
			Left: k.Left, Right: k.Right, Jump: k.Jump, Wrong: k.Verdict == Disagree,
		})
	}
	for _, other := range d.s.Vars {
		e.Lengths = append(e.Lengths, other.Shape...)
	}
	if d.s.Graph != nil {
		e.Lengths = append(e.Lengths, d.s.Graph.Lengths()...)
	}
	return e
}

// unmoved reports whether the gradient of variable b is the same at the points
// nearby.
func (d *diagnosis) unmoved(b int, points []nearby) bool {
	for _, n := range points {
		if _, same := subject.Identical(n.grad[b], d.s.Grad[b]); !same || len(d.s.Grad[b]) == 0 {
			return false
		}
	}
	return len(points) > 0
}

// bends reports whether the numerical slope of a variable along some direction
// differs between the point and one nearby.
func (d *diagnosis) bends(v *variable, e cause.Evidence, n nearby) bool {
	if !e.Complete {
		return true
	}
	u := subject.Zeros(d.s.X)
	here := 0.0
	for i, s := range subject.Scales(v.x()) {
		u[v.b][i] = s * (0.5 + d.s.Rand.Float64())
		here += e.Coords[i].Numeric * u[v.b][i]
	}
	base, err := d.s.Eval(subject.Clone(n.x))
	if err != nil {
		return false
	}
	measured, err := d.measureAlong(line{n.x, u, slices.Clone(base)}, d.longLadder())
	if err != nil {
		return false
	}
	s, _ := measured.slope(nil)
	return math.Abs(s.Value-here) > 10*s.Err+1e-6*math.Abs(here)
}

// inside returns the mistake at one node of the graph that explains a variable's
// gradient, or "".
func (d *diagnosis) inside(v *variable, e cause.Evidence) string {
	if d.s.Graph == nil || !d.ownIsRight(v.report, v.b) {
		return ""
	}
	var at []int
	for _, k := range e.Coords {
		at = append(at, k.Index)
	}
	return d.graphCase().Hypothesis(v.b, at, e.Rel, e.Lengths)
}

// blame returns the operation to blame for variable b. If the graph's own gradient is
// right the one under test comes from elsewhere, and the place where it goes wrong is
// looked for; else the operation whose derivative is wrong.
func (d *diagnosis) blame(b int, report *Report) (string, error) {
	if !d.ownIsRight(&report.Vars[b], b) {
		values, err := d.s.NodeValues()
		if err != nil {
			return "", err
		}
		return d.graphCase().Operation(b, values)
	}
	for k := range report.Vars {
		if len(report.Vars[k].Coords) > 0 && !d.ownIsRight(&report.Vars[k], k) {
			return "", nil
		}
	}
	return d.graphCase().Origin(b), nil
}

// ownIsRight reports whether the graph's own gradient of variable b agrees with
// the numerical one, so that the gradient under test comes from elsewhere.
func (d *diagnosis) ownIsRight(r *VarReport, b int) bool {
	if d.own == nil {
		exact, err := d.s.Graph.Copy()
		if err != nil {
			return false
		}
		if d.own, err = exact.Gradient(d.s.X, d.s.V); err != nil {
			return false
		}
	}
	m := d.margin(d.own[b])
	for _, k := range r.Coords {
		g := d.own[b][k.Index]
		if k.Verdict == Disagree && !(math.Abs(g-k.Numeric) <= 3*k.Err+m.of(k.Index, g, k.Numeric)) {
			return false
		}
	}
	return true
}

// graphCase returns the case of the gradient under test against the graph.
func (d *diagnosis) graphCase() *blame.Case {
	dt := tensor.Float64
	if d.s.Gradient32 {
		dt = tensor.Float32
	}
	return &blame.Case{
		Function: d.s.Graph, X: d.s.X, V: d.s.V, Grad: d.s.Grad, Own: d.own,
		Precision: dt, Agrees: d.agrees, Check: d.checkAlone,
	}
}

// agrees reports whether g is the gradient under test of variable b.
func (d *diagnosis) agrees(b int, g []float64) bool {
	m := d.margin(d.s.Grad[b])
	for i, a := range g {
		if !(math.Abs(a-d.s.Grad[b][i]) <= m.of(i, a, a)) {
			return false
		}
	}
	return true
}

// maxCompared is the size up to which every element of an operation's operands is
// checked in the search for the one that is wrong: the largest layers of a network
// would take longer than the check itself.
const maxCompared = 1 << 12

// checkAlone checks one operation, whose largest operand has the given size, and
// returns what is wrong, or "". Where that is too much for every element, a sample is
// compared and a random direction, in which every element has its part.
func (d *diagnosis) checkAlone(f func(in ...*autodiff.Node) *autodiff.Node, in []*tensor.Dense, largest int) (string, error) {
	p, err := OpProblem(f, in)
	if err != nil {
		return "", err
	}
	p.graph = nil // no blame within the blame
	return d.wrongAlone(p, largest)
}

func (d *diagnosis) wrongAlone(p Problem, largest int) (string, error) {
	opts := []Option{Seed(d.o.seed), MaxUnresolved(1)}
	if largest > maxCompared {
		opts = append(opts, Sample(32), func(o *options) { o.maxWrong = 1 })
	}
	r, err := Compute(d.s.Context, p, opts...)
	if err != nil || r.OK() {
		return "", err
	}
	return r.reason(), nil
}

// reason returns the first failure of a report in short.
func (r *Report) reason() string {
	if len(r.Faults) > 0 {
		return r.Faults[0]
	}
	for i := range r.Vars {
		if v := &r.Vars[i]; v.failed(r.maxUnresolved) && v.Suspect != "" {
			return v.Suspect
		}
	}
	return "wrong along a random direction"
}
