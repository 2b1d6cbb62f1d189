package minibatch

import (
	"gonum.org/v1/gonum/floats"

	"declive/gradcheck"
	"declive/optim/curvature"
)

// numerical is gradient descent with the slope found by trying, one weight at a
// time: the slow method that backpropagation replaces.
type numerical struct{ learningRate float64 }

// Direction returns −η·g, g by the lecture's difference.
func (m numerical) Direction(o *curvature.Objective) (float64, []float64, error) {
	loss, err := o.Loss()
	if err != nil {
		return 0, nil, err
	}
	w := o.Point()
	step := gradcheck.Forward(o.Problem().Func, w, gradcheck.Step)
	floats.Scale(-m.learningRate, step)
	return loss, step, o.Move(w)
}
