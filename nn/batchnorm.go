package nn

import (
	"cmp"
	"fmt"
	"slices"

	"declive/autodiff"
	"declive/internal/setting"
)

// A BatchNorm gives each feature the mean 0 and the variance 1 over the examples, and
// over all pixels of images, and then a scale and a shift (Ioffe and Szegedy, Batch
// Normalization, arXiv 1502.03167):
//
//	y = x̂·γ + β    x̂ = (x − μ)/√(σ² + ε)    shape(y) = shape(x) = (n, …, features)
//
// In a graph that trains, see [autodiff.Graph.Training], μ and σ² are those of the
// minibatch, and every run moves the running statistics towards them:
//
//	running ← keep·running + (1 − keep)·new
//
// where new is μ, or the variance n·σ²/(n − 1) of n elements. In any other graph they
// are the running statistics, so that an example is judged by itself. Those are no
// parameters that a rule changes: [BatchNorm.Statistics] has them, to be saved.
//
// With a Ghost of m, each m examples of a minibatch are normalised by themselves, which
// a large minibatch gains the noise of a small one by (Hoffer, Hubara and Soudry, Train
// Longer, Generalize Better, arXiv 1705.08741); what is new is then the mean over the
// ghosts. A minibatch of up to m examples is one, any other a multiple of m.
//
// A nil Scale stands for 1, a nil Shift for 0. A layer may stand in a model once only,
// since a run gives its statistics one new value.
type BatchNorm struct {
	Scale    *autodiff.Param // γ, of shape (features), or nil
	Shift    *autodiff.Param // β, of shape (features), or nil
	Mean     *autodiff.Param // running, of shape (features)
	Variance *autodiff.Param // running, of shape (features)
	Keep     float64         // below 1; 0 stands for 0.9
	Epsilon  float64         // ε; 0 stands for 1e-5
	Ghost    int             // m, or 0 for the minibatch as a whole
}

// NewBatchNorm returns a layer with scales 1 and shifts 0, named name/gamma and
// name/beta, and running means 0 and variances 1, named name/mean and name/variance.
// It panics with an [*autodiff.Error] if features is negative.
func NewBatchNorm(name string, features int) *BatchNorm {
	scale, shift := newAffine(name, features)
	return &BatchNorm{
		Scale: scale, Shift: shift,
		Mean:     NewParam(name+"/mean", Zeros(), nil, features),
		Variance: NewParam(name+"/variance", Constant(1), nil, features),
	}
}

// Forward records the formula, and the new statistics where the graph trains. It
// panics with an [*autodiff.Error] if x has fewer than two axes or other features, if
// there are no running statistics, if Keep, ε or Ghost has no meaning, or if a graph that
// trains has one element of each feature, of which there is no variance, or another
// precision than the statistics, which [autodiff.Param.Convert] changes.
func (l *BatchNorm) Forward(x *autodiff.Node) *autodiff.Node {
	made("nn.BatchNorm", l)
	need("nn.BatchNorm", x)
	if l.Mean == nil || l.Variance == nil {
		autodiff.Fail("nn.BatchNorm", "the running mean or variance is nil")
	}
	last := lastAxis("nn.BatchNorm", x, l.Scale, l.Shift, l.Mean, l.Variance)
	keep, epsilon := cmp.Or(l.Keep, 0.9), cmp.Or(l.Epsilon, normEpsilon)
	switch {
	case last == 0:
		autodiff.Fail("nn.BatchNorm", "the input has no axis of examples", x.Shape())
	case !(keep > 0 && keep < 1):
		autodiff.Fail("nn.BatchNorm", fmt.Sprintf("keep is %v, want a number between 0 and 1", keep))
	case !setting.IsPositive(epsilon):
		autodiff.Fail("nn.BatchNorm", fmt.Sprintf("epsilon is %v, want a positive number", epsilon))
	}
	if x.Graph().Training() {
		return affine(l.train(x, keep, epsilon), l.Scale, l.Shift)
	}
	return affine(l.judge(x, epsilon), l.Scale, l.Shift)
}

// train records x̂ of the minibatch, or of each ghost in it, over the axes before the
// last, and the new statistics.
func (l *BatchNorm) train(x *autodiff.Node, keep, epsilon float64) *autodiff.Node {
	s := x.Shape()
	ghosts := l.ghosts(s)
	grouped := x.Reshape(append(autodiff.Shape{ghosts, s[0] / ghosts}, s[1:]...)...)
	n := grouped.Shape()[1:len(s)].Size()
	if n == 1 {
		autodiff.Fail("nn.BatchNorm", "one element of each feature has no variance", s)
	}
	axes := make([]int, len(s)-1)
	for i := range axes {
		axes[i] = i + 1
	}
	l.move(l.Mean, keep, grouped.Mean(axes...).Mean(0))
	l.move(l.Variance, keep, grouped.Variance(axes...).Mean(0).MulScalar(float64(n)/float64(n-1)))
	return grouped.Normalize(epsilon, axes...).Reshape(s...)
}

// ghosts returns the number of ghosts in a minibatch of shape s, 1 for it as a whole.
func (l *BatchNorm) ghosts(s autodiff.Shape) int {
	switch {
	case l.Ghost < 0:
		autodiff.Fail("nn.BatchNorm", fmt.Sprintf("ghosts of %d examples, want 0 for none or more", l.Ghost))
	case l.Ghost == 0 || s[0] <= l.Ghost:
		return 1
	case s[0]%l.Ghost != 0:
		autodiff.Fail("nn.BatchNorm", fmt.Sprintf("%d examples are not ghosts of %d", s[0], l.Ghost), s)
	}
	return s[0] / l.Ghost
}

// move records that a statistic moves towards a new value.
func (l *BatchNorm) move(p *autodiff.Param, keep float64, to *autodiff.Node) {
	g := to.Graph()
	g.Assign(p, g.Param(p).MulScalar(keep).Add(to.MulScalar(1-keep)))
}

// judge records x̂ by the running statistics.
func (l *BatchNorm) judge(x *autodiff.Node, epsilon float64) *autodiff.Node {
	g := x.Graph()
	scale := g.Scalar(1).Div(g.Param(l.Variance).AddScalar(epsilon).Sqrt())
	return x.Sub(g.Param(l.Mean)).Mul(scale)
}

// Params returns the scale and the shift, if there are: what a rule changes.
func (l *BatchNorm) Params() []*autodiff.Param {
	made("nn.BatchNorm", l)
	return present(l.Scale, l.Shift)
}

// Statistics returns the running mean and variance.
func (l *BatchNorm) Statistics() []*autodiff.Param {
	made("nn.BatchNorm", l)
	return present(l.Mean, l.Variance)
}

// Statistics returns what the layers of a model remember besides their parameters,
// which is saved and loaded with those:
//
//	err := nn.Save(path, append(model.Params(), nn.Statistics(model)...))
//
// They are those of every layer with a method Statistics, also in a [Sequential] and
// a [Residual]; of one that several layers share only once.
func Statistics(model Layer) []*autodiff.Param {
	var out []*autodiff.Param
	switch l := model.(type) {
	case interface{ Statistics() []*autodiff.Param }:
		out = l.Statistics()
	case Sequential:
		for _, inner := range l {
			out = union(out, Statistics(inner))
		}
	case Residual:
		out = union(Statistics(l.Body), Statistics(l.Shortcut))
	}
	return out
}

// union returns the parameters of a, and those of b that are not among them.
func union(a, b []*autodiff.Param) []*autodiff.Param {
	for _, p := range b {
		if !slices.Contains(a, p) {
			a = append(a, p)
		}
	}
	return a
}
