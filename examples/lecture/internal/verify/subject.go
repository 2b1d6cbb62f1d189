package verify

import (
	"context"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/examples/lecture/internal/plane"
	"declive/gradcheck"
	"declive/losses"
	"declive/nn"
	"declive/optim"
)

// decay is the λ of the linear models that are checked.
const decay = 0.01

// A subject is a linear model of a few weights on a batch, to be checked.
type subject struct {
	weights *autodiff.Param // W (classes, features), drawn anew, in float64
	batch   autodiff.Batch
}

// newSubject returns a model of 4 classes and 5 features on n points.
func newSubject(n int, rng *rand.Rand) (subject, error) {
	points, err := datasets.Blobs(n, 5, 4, 0.6, rng)
	if err != nil {
		return subject{}, err
	}
	batch, err := points.Float64().All()
	w := nn.NewParam("W", nn.Normal(0.5), rng, 4, 5)
	w.Convert(tensor.Float64)
	return subject{w, batch}, err
}

func (s subject) params() []*autodiff.Param { return []*autodiff.Param{s.weights} }

// svm is the loss of the linear support vector machine.
func (s subject) svm(x, y *autodiff.Node) *autodiff.Node {
	g := x.Graph()
	return losses.MulticlassHinge(x.MatMul(g.Param(s.weights).T()), y).Add(losses.L2(decay, g, s.weights))
}

// softmax is the smooth loss of the same scores.
func (s subject) softmax(x, y *autodiff.Node) *autodiff.Node {
	g := x.Graph()
	return losses.SoftmaxCrossEntropy(x.MatMul(g.Param(s.weights).T()), y).Add(losses.L2(decay, g, s.weights))
}

// check compares the gradient that Declive derives with a numerical one.
func (s subject) check(ctx context.Context) (*gradcheck.Report, error) {
	p, err := gradcheck.LossProblem(s.svm, s.params(), s.batch)
	if err != nil {
		return nil, err
	}
	return gradcheck.Compute(ctx, p, gradcheck.Seed(1))
}

// checkByHand compares a gradient written by hand, right or wrong, with the
// numerical one, as gradcheck.Func does in a test.
func (s subject) checkByHand(ctx context.Context, bug bool) (*gradcheck.Report, error) {
	o, err := optim.NewObjective(s.svm, s.params(), s.batch)
	if err != nil {
		return nil, err
	}
	w := o.Point()
	defer o.Move(w)
	var failed error
	f := func(w []float64) float64 {
		loss, err := plane.LossAt(o, w...)
		if err != nil {
			failed = err
		}
		return loss
	}
	grad := func(w []float64) []float64 { return s.gradientByHand(w, bug) }
	report, err := gradcheck.Compute(ctx, gradcheck.FuncProblem(f, grad, w), gradcheck.Seed(1))
	if failed != nil {
		return nil, failed
	}
	return report, err
}

// gradientByHand is the gradient of the support vector machine as people write
// it, loop by loop. Every class above the margin pulls its own row of W along x
// and pushes the right one the other way. With the bug the right row moves once
// for each example, not once for each class above the margin.
func (s subject) gradientByHand(w []float64, bug bool) []float64 {
	x, labels := s.batch.X.Float64s(), s.batch.Y.Ints()
	n, k := len(labels), s.weights.Shape()[1]
	row := func(j int) []float64 { return w[j*k : (j+1)*k] }
	g := make([]float64, len(w))
	floats.AddScaled(g, 2*decay, w)
	for i, right := range labels {
		xi := x[i*k : (i+1)*k]
		above := 0
		for j := range len(w) / k {
			if j != right && floats.Dot(row(j), xi)-floats.Dot(row(right), xi)+1 > 0 {
				floats.AddScaled(g[j*k:(j+1)*k], 1/float64(n), xi)
				above++
			}
		}
		if bug {
			above = min(above, 1)
		}
		floats.AddScaled(g[right*k:(right+1)*k], -float64(above)/float64(n), xi)
	}
	return g
}
