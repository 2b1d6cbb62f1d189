package gradient

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/floats"

	"declive/autodiff"
	"declive/examples/playground/internal/wire"
	"declive/gradcheck"
)

// Settings are what the controls of the view say. All but Loss, Lambda and Seed may
// change while the model learns.
type Settings struct {
	Loss    string  `json:"loss"`
	Lambda  float64 `json:"lambda"`
	H       float64 `json:"h"`
	Central bool    `json:"central"`
	Fault   string  `json:"fault"`
	Rate    float64 `json:"rate"`
	Seed    uint64  `json:"seed"`
}

func (s Settings) check() error {
	switch {
	case !(s.H > 0 && s.H <= 1):
		return fmt.Errorf("gradient: h %v, want more than 0 and at most 1", s.H)
	case !(s.Lambda >= 0):
		return fmt.Errorf("gradient: λ %v, want 0 or more", s.Lambda)
	case !(s.Rate > 0 && s.Rate < 1e6):
		return fmt.Errorf("gradient: rate %v, want a positive number", s.Rate)
	case faults[s.Fault] == nil:
		return fmt.Errorf("gradient: %q is none of the faults %s", s.Fault, strings.Join(slices.Sorted(maps.Keys(faults)), ", "))
	}
	return nil
}

// A Check is a model with its gradients.
type Check struct {
	settings Settings
	model    *model
	w        []float64
	steps    int
}

// A Frame is the gradients at the present weights.
type Frame struct {
	Steps int         `json:"steps"`
	Loss  wire.Number `json:"loss"`
	Rows  []Row       `json:"rows"`
	Error wire.Number `json:"error"` // ‖numerical − analytic‖/‖numerical‖
}

// A Row is a weight with its derivatives.
type Row struct {
	Row       int         `json:"row"`
	Column    int         `json:"column"`
	Weight    wire.Number `json:"weight"`
	Above     wire.Number `json:"above"` // loss with h more
	Below     wire.Number `json:"below"` // loss as it is, or with h less if central
	Numerical wire.Number `json:"numerical"`
	Analytic  wire.Number `json:"analytic"`
}

// A Verdict is what takes longer to find: the checker's words and the errors over h.
type Verdict struct {
	Frame  *Frame  `json:"frame"`
	OK     bool    `json:"ok"`
	Wrong  int     `json:"wrong"`
	Of     int     `json:"of"`
	Cause  string  `json:"cause"`
	Blame  string  `json:"blame"` // the step of the backward pass that is wrong
	Report string  `json:"report"`
	Curves []Curve `json:"curves"`
}

// A Curve is the relative error of a formula at each h.
type Curve struct {
	Formula string        `json:"formula"`
	H       []float64     `json:"h"`
	Error   []wire.Number `json:"error"`
}

// New returns a check before the first step.
func New(s Settings) (*Check, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	m, err := newModel(s)
	if err != nil {
		return nil, err
	}
	return &Check{settings: s, model: m, w: m.objective.Point()}, nil
}

// Tune takes over what may change while the model learns.
func (c *Check) Tune(s Settings) error {
	if err := s.check(); err != nil {
		return err
	}
	c.settings = s
	return nil
}

// Advance goes against the gradient, with its fault, and returns the gradients there.
func (c *Check) Advance(steps int) (*Frame, error) {
	for range steps {
		g, err := c.model.gradient(c.w, c.settings.Fault)
		if err != nil {
			return nil, err
		}
		next := slices.Clone(c.w)
		floats.AddScaled(next, -c.settings.Rate, g)
		if loss := c.model.at(next); !(math.Abs(loss) < math.MaxFloat32) {
			break // the weights stay where the losses can still be compared
		}
		c.w = next
		c.steps++
	}
	return c.Frame()
}

// Frame returns the gradients at the present weights.
func (c *Check) Frame() (*Frame, error) {
	analytic, err := c.model.gradient(c.w, c.settings.Fault)
	if err != nil {
		return nil, err
	}
	h, here := c.settings.H, c.model.at(c.w)
	f := &Frame{Steps: c.steps, Loss: wire.Number(here)}
	numerical := make([]float64, len(c.w))
	w := slices.Clone(c.w)
	for i := range w {
		below, width := here, h
		w[i] = c.w[i] + h
		above := c.model.at(w)
		if c.settings.Central {
			w[i] = c.w[i] - h
			below, width = c.model.at(w), 2*h
		}
		w[i] = c.w[i]
		numerical[i] = (above - below) / width
		f.Rows = append(f.Rows, Row{i / columns, i % columns, wire.Number(c.w[i]), wire.Number(above), wire.Number(below), wire.Number(numerical[i]), wire.Number(analytic[i])})
	}
	f.Error = wire.Number(floats.Distance(numerical, analytic, 2) / floats.Norm(numerical, 2))
	return f, nil
}

// Verdict asks the checker, and measures the error of differences over h.
func (c *Check) Verdict(ctx context.Context) (*Verdict, error) {
	f, err := c.Frame()
	if err != nil {
		return nil, err
	}
	problem, err := c.problem()
	if err != nil {
		return nil, err
	}
	report, err := gradcheck.Compute(ctx, problem, gradcheck.Seed(c.settings.Seed))
	if err != nil {
		return nil, err
	}
	v := &Verdict{
		Frame: f, OK: report.OK(), Wrong: report.Wrong(), Of: report.Vars[0].Size,
		Cause: report.Vars[0].Suspect, Blame: report.Blame, Report: strings.TrimSpace(report.String()),
	}
	v.Curves, err = c.curves()
	return v, err
}

// problem is the loss with the gradient that is shown in the place of its own.
func (c *Check) problem() (gradcheck.Problem, error) {
	if err := c.model.objective.Move(c.w); err != nil {
		return gradcheck.Problem{}, err
	}
	p, err := gradcheck.LossProblem(c.model.loss, []*autodiff.Param{c.model.w}, c.model.batch)
	p.VJP = nil
	p.Grad = func(x [][]float64) ([][]float64, error) {
		g, err := c.model.gradient(x[0], c.settings.Fault)
		return [][]float64{g}, err
	}
	return p, err
}

// curves returns the errors of three formulas, against the right gradient.
func (c *Check) curves() ([]Curve, error) {
	exact, err := c.model.gradient(c.w, "none")
	if err != nil {
		return nil, err
	}
	single, err := c.model.inFloat32()
	if err != nil {
		return nil, err
	}
	var steps []float64
	for e := 1.0; e <= 15; e += 0.25 {
		steps = append(steps, math.Pow(10, -e))
	}
	var all []Curve
	for _, f := range []struct {
		name    string
		loss    func([]float64) float64
		central bool
	}{{"forward", c.model.at, false}, {"central", c.model.at, true}, {"float32", single, true}} {
		curve := Curve{Formula: f.name, H: steps}
		for _, h := range steps {
			g := gradcheck.Forward(f.loss, c.w, h)
			if f.central {
				floats.Add(g, gradcheck.Forward(f.loss, c.w, -h))
				floats.Scale(0.5, g)
			}
			curve.Error = append(curve.Error, wire.Number(floats.Distance(g, exact, 2)/floats.Norm(exact, 2)))
		}
		all = append(all, curve)
	}
	return all, c.model.objective.Move(c.w)
}
