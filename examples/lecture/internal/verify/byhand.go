package verify

import (
	"context"

	"gonum.org/v1/gonum/floats"

	"declive/examples/lecture/internal/plane"
	"declive/gradcheck"
	"declive/optim/curvature"
)

// A mistake is one that people make in a gradient written by hand.
type mistake int

const (
	none      mistake = iota
	once              // the right row moves once an example, not once for each class too close
	sum               // the division by the number of examples is forgotten
	halfDecay         // the slope of λ·w² is taken to be λ·w
)

// String says what is wrong.
func (m mistake) String() string {
	return [...]string{"none", "right row moved once an example", "sum in place of the mean", "λ·w in place of 2·λ·w"}[m]
}

// gradientByHand is the gradient of the support vector machine as people write
// it, loop by loop. Every class that comes too close moves its own row of W along
// x, and the right one the other way.
func (s subject) gradientByHand(w []float64, m mistake) []float64 {
	x, labels := s.batch.X.Float64s(), s.batch.Y.Ints()
	k := s.weights.Shape()[1]
	row := func(v []float64, j int) []float64 { return v[j*k : (j+1)*k] }
	part, slope := 1/float64(len(labels)), 2*decay
	switch m {
	case sum:
		part = 1
	case halfDecay:
		slope = decay
	}
	g := make([]float64, len(w))
	floats.AddScaled(g, slope, w)
	for i, right := range labels {
		xi := row(x, i)
		close := 0
		for j := range len(w) / k {
			if j != right && floats.Dot(row(w, j), xi)-floats.Dot(row(w, right), xi)+1 > 0 {
				floats.AddScaled(row(g, j), part, xi)
				close++
			}
		}
		if m == once {
			close = min(close, 1)
		}
		floats.AddScaled(row(g, right), -part*float64(close), xi)
	}
	return g
}

// descend returns the loss after steps against the gradient written by hand. The
// weights are put back.
func (s subject) descend(m mistake, rate float64, steps int) (float64, error) {
	o, err := curvature.NewObjective(s.svm, s.params(), s.batch)
	if err != nil {
		return 0, err
	}
	w := o.Point()
	defer o.Move(o.Point())
	for range steps {
		floats.AddScaled(w, -rate, s.gradientByHand(w, m))
	}
	return plane.LossAt(o, w...)
}

// checkByHand compares the gradient written by hand with the numerical one, as
// gradcheck.Func does in a test.
func (s subject) checkByHand(ctx context.Context, m mistake) (*gradcheck.Report, error) {
	o, err := curvature.NewObjective(s.svm, s.params(), s.batch)
	if err != nil {
		return nil, err
	}
	w := o.Point()
	defer o.Move(w)
	var failed error
	loss := func(w []float64) float64 {
		value, err := plane.LossAt(o, w...)
		if err != nil {
			failed = err
		}
		return value
	}
	gradient := func(w []float64) []float64 { return s.gradientByHand(w, m) }
	report, err := gradcheck.Compute(ctx, gradcheck.FuncProblem(loss, gradient, w), gradcheck.Seed(1))
	if failed != nil {
		return nil, failed
	}
	return report, err
}
