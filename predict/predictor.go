package predict

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"gorgonia.org/tensor"
)

// A Predictor applies a [Model]. Its methods may be called by many goroutines at
// once: each call has a compiled program to itself, which is kept for later calls.
// Programs are for 1, 4, 16, 64 and 256 examples, and longer inputs go through them
// in turn.
//
// Results are written to the memory of dst, from its start, where that is large
// enough; the slice that they are in is returned. So a call whose dst is the result
// of the call before allocates nothing.
type Predictor struct {
	model     Model
	precision tensor.Dtype
	features  int
	scores    int // of one example
	programs  programs
}

// New returns a predictor. It is an error if
//
//   - the model has no layer, or its parameters and running statistics differ in precision;
//   - an example has no elements, or more than 2²⁶;
//   - names, the transform or the schema are for another number of features or classes;
//   - the layer makes on the way of one example more than 2²⁶ numbers, and more than a
//     parameter has;
//   - the layer makes of n examples anything but n scores or n rows of scores.
func New(m Model) (*Predictor, error) {
	precision, features, err := m.check()
	if err != nil {
		return nil, fmt.Errorf("predict: New: %w", err)
	}
	p := &Predictor{model: m.clone(), precision: precision, features: features}
	first, err := p.compile(1)
	if err != nil {
		return nil, fmt.Errorf("predict: New: %w", err)
	}
	p.scores = len(first.scores)
	if n := p.classes(); m.Classes != nil && len(m.Classes) != n {
		return nil, fmt.Errorf("predict: New: %d names for %d classes", len(m.Classes), n)
	}
	if err := checkTransform(m.Targets, p.scores); err != nil {
		return nil, fmt.Errorf("predict: New: transform of targets: %w", err)
	}
	p.programs.put(first)
	return p, nil
}

// Model returns the model, which shares only its layer with the one given to [New].
// It is empty if New has not made p.
func (p *Predictor) Model() Model {
	if p.made() != nil {
		return Model{}
	}
	return p.model.clone()
}

// classes returns the number of classes, 0 in a regression.
func (p *Predictor) classes() int {
	switch {
	case p.model.Regression:
		return 0
	case p.scores == 1:
		return 2
	}
	return p.scores
}

// Scores returns what the layer makes of the raw features x of one example, or of
// several one after another: a row for each. In a regression they are in the unit of
// the raw targets. It is an error if x is no whole number
// of examples, or if a feature is not finite, also after the transform and in the
// precision of the model.
func (p *Predictor) Scores(dst, x []float64) ([]float64, error) {
	if err := p.made(); err != nil {
		return nil, fmt.Errorf("predict: Scores: %w", err)
	}
	return each(p, dst[:0], p.scores, x, 0, "Scores", appendScores)
}

// Probabilities returns for each example a row with the probability of each class,
//
//	pⱼ = exp(sⱼ) / Σₖ exp(sₖ)              of several scores s,
//	p₁ = 1/(1 + exp(−s)),  p₀ = 1 − p₁     of a single score s
//
// It is what the losses SoftmaxCrossEntropy and Logistic train scores to be; those
// of a hinge loss do not become probabilities by it. Errors are those of
// [Predictor.Scores], a score that is not finite, and a model for regression.
func (p *Predictor) Probabilities(dst, x []float64) ([]float64, error) {
	if err := p.classifies(); err != nil {
		return nil, fmt.Errorf("predict: Probabilities: %w", err)
	}
	return each(p, dst[:0], p.classes(), x, 0, "Probabilities", appendProbabilities)
}

// Classes returns the class of each example: that of the highest score, the first of
// equal ones, or, of a single score s, 1 where s > 0 and else 0. Errors are those of
// [Predictor.Probabilities].
func (p *Predictor) Classes(dst []int, x []float64) ([]int, error) {
	if err := p.classifies(); err != nil {
		return nil, fmt.Errorf("predict: Classes: %w", err)
	}
	return each(p, dst[:0], 1, x, 0, "Classes", appendClass)
}

// ClassName returns the name of a class, or its number if it has no name.
func (p *Predictor) ClassName(class int) string {
	if p != nil && class >= 0 && class < len(p.model.Classes) {
		return p.model.Classes[class]
	}
	return strconv.Itoa(class)
}

// made refuses a Predictor that New has not made.
func (p *Predictor) made() error {
	if p == nil || p.scores == 0 {
		return errors.New("the predictor was not made by New")
	}
	return nil
}

func (p *Predictor) classifies() error {
	if err := p.made(); err != nil {
		return err
	}
	if p.model.Regression {
		return errors.New("the model is for regression and has no classes; use Scores")
	}
	return nil
}

// each appends to dst what write makes of each example's scores, width elements. The
// first example is number from.
func each[T any](p *Predictor, dst []T, width int, x []float64, from int, name string, write func(dst []T, scores []float64) ([]T, error)) ([]T, error) {
	if len(x)%p.features != 0 {
		return nil, fmt.Errorf("predict: %s: %d numbers are not a whole number of examples of %d features", name, len(x), p.features)
	}
	dst = slices.Grow(dst, len(x)/p.features*width)
	for len(x) > 0 {
		r, err := p.take(len(x) / p.features)
		if err != nil {
			return nil, fmt.Errorf("predict: %s: %w", name, err)
		}
		dst, err = predictBlock(p, r, dst, x, from, write)
		x, from = x[r.rows*p.features:], from+r.rows
		p.programs.put(r)
		if err != nil {
			return nil, fmt.Errorf("predict: %s: %w", name, err)
		}
	}
	return dst, nil
}
