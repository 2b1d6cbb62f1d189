package curvature

import (
	"cmp"
	"math"

	"declive/internal/dense"
	"declive/internal/setting"
)

// NumericalGradient is gradient descent with the slope found by trying, one
// weight at a time: the slow method that backpropagation replaces. With eᵢ the
// i-th unit vector,
//
//	gᵢ = (L(w + h·eᵢ) − L(w)) / h
//	w ← w − η·g
//
// A step evaluates the loss once for every weight and once more. The difference
// is off by about h·|L″|/2 and by rounding errors of L of 2⁻⁵³·|L|/h.
type NumericalGradient struct {
	LearningRate float64 // η
	H            float64 // h; 0 stands for 1e-5
}

var _ Method = NumericalGradient{}

// Direction returns −η·g.
func (m NumericalGradient) Direction(o *Objective) (float64, []float64, error) {
	h := cmp.Or(m.H, 1e-5)
	if err := setting.Positive("curvature: NumericalGradient: H", h); err != nil {
		return 0, nil, err
	}
	if err := setting.Positive("curvature: NumericalGradient: LearningRate", m.LearningRate); err != nil {
		return 0, nil, err
	}
	loss, err := o.Loss() // refuses an objective that was not made
	if err != nil {
		return 0, nil, err
	}
	step, err := m.slopes(o, loss, h)
	return loss, step, err
}

// slopes moves every weight by h, as far as its precision has it, looks, and
// puts it back.
func (m NumericalGradient) slopes(o *Objective, loss, h float64) ([]float64, error) {
	step := make([]float64, 0, o.dim)
	for _, p := range o.params {
		for i := range p.Shape().Size() {
			old := dense.Element(p.Value(), i)
			dense.SetElement(p.Value(), i, old+h)
			moved := dense.Element(p.Value(), i) - old
			value, err := o.Loss()
			dense.SetElement(p.Value(), i, old)
			if err != nil {
				return nil, err
			}
			if moved == 0 {
				value, moved = math.NaN(), 1 // h vanishes beside the weight
			}
			step = append(step, -m.LearningRate*(value-loss)/moved)
		}
	}
	return step, nil
}
