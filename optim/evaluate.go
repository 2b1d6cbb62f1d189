package optim

import (
	"errors"
	"fmt"
	"iter"
	"math"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/record"
)

// An Evaluation says how a model does on a set of examples.
type Evaluation struct {
	Examples int
	Loss     float64 // mean over the examples
	Accuracy float64 // part of the examples classified right; NaN without [WithScores]
}

// Evaluate returns loss and accuracy over all examples of a sequence of batches,
// such as datasets.Dataset.Consecutive, of any sizes. It changes nothing; with
// [WithAverage] it judges the averages, which the parameters hold meanwhile.
//
// The loss of a batch is taken for a mean over its examples, plus terms that do
// not depend on them, so that batches count by their size. An example counts as
// right if
//
//   - with a label: its class has the highest score, the first of equal ones;
//   - with targets −1 and 1: the score has the target's sign;
//   - with targets one-hot: the highest score is where the highest target is.
//
// It is an error if there are no examples, if other targets are to be counted
// by scores, or if the loss is not finite.
func (t *Trainer) Evaluate(batches iter.Seq[autodiff.Batch]) (Evaluation, error) {
	var total Evaluation
	if !t.made() {
		return total, errUnmade
	}
	if batches == nil {
		return total, errors.New("optim: Evaluate: the sequence of batches is nil")
	}
	t.exchange()
	defer t.exchange()
	right := 0
	var failed error
	number := 0
	for b := range batches {
		if number++; !t.ranks.takes(number) {
			continue
		}
		loss, n, err := t.evaluate(b)
		if err != nil {
			failed = err
			break
		}
		total.Examples += record.Size(b)
		total.Loss += loss * float64(record.Size(b))
		right += n
	}
	if err := t.ranks.add(&total, &right, failed); err != nil {
		return Evaluation{}, err
	}
	if total.Examples == 0 {
		return Evaluation{}, errors.New("optim: Evaluate: there are no examples")
	}
	total.Loss /= float64(total.Examples)
	total.Accuracy = math.NaN()
	if t.scores != nil {
		total.Accuracy = float64(right) / float64(total.Examples)
	}
	return total, nil
}

// evaluate returns the loss on one batch and how many examples are right.
func (t *Trainer) evaluate(b autodiff.Batch) (loss float64, right int, err error) {
	if err := record.Check(b); err != nil {
		return 0, 0, fmt.Errorf("optim: %w", err)
	}
	if record.Size(b) == 0 {
		return 0, 0, nil
	}
	if len(t.pending) > 0 { // values of the loss, for which that has to be recorded to train
		if err := t.prepare(b); err != nil {
			return 0, 0, err
		}
	}
	e, err := t.evaluating.For(b)
	if err != nil {
		return 0, 0, err
	}
	dense.SetElement(t.step, 0, float64(t.steps))
	t.feeds = append(e.Feed(t.feeds[:0], b), e.step.Feed(t.step))
	out, err := e.program.Run(t.feeds...)
	if err != nil {
		return 0, 0, fmt.Errorf("optim: Evaluate: %w", err)
	}
	loss = out.Scalar(0)
	if !dense.Finite(loss) {
		return 0, 0, diverged(t.steps, t.feeds, e.Value)
	}
	if t.scores != nil {
		right, err = countRight(e.program.Output(1), b.Y)
	}
	return loss, right, err
}

// An evaluation is a program that computes loss and scores.
type evaluation struct {
	*record.Loss
	step    *autodiff.Node
	program *autodiff.Program
}

func (t *Trainer) newEvaluation(b autodiff.Batch) (e *evaluation, err error) {
	defer autodiff.Catch(&err)
	g := autodiff.NewGraph(t.precision)
	step := g.Input(stepName)
	l, err := record.New(t.loss, g, b)
	if err != nil {
		return nil, fmt.Errorf("optim: Evaluate: %w", err)
	}
	var outputs []*autodiff.Node
	if t.scores != nil {
		if l.Examples == nil || l.Truth == nil {
			return nil, errors.New("optim: Evaluate: accuracy needs examples and targets")
		}
		s := t.scores(l.Examples)
		if s == nil {
			return nil, errors.New("optim: Evaluate: the function given to WithScores returned nil, want a node")
		}
		if err := comparable(s.Shape(), l.Truth); err != nil {
			return nil, err
		}
		outputs = append(outputs, s)
	}
	p, err := autodiff.Compile(l.Value, outputs...)
	return &evaluation{l, step, p}, err
}

// comparable says why scores of a shape cannot be compared with targets.
func comparable(scores autodiff.Shape, truth *autodiff.Node) error {
	y := truth.Shape()
	switch {
	case len(scores) == 0 || len(y) == 0 || scores[0] != y[0]:
	case truth.IsLabels() && len(scores) == 2 && scores[1] > 0, !truth.IsLabels() && scores.Size() == y.Size():
		return nil
	}
	return fmt.Errorf("optim: Evaluate: scores of shape %v do not go with %v", scores, truth)
}

// countRight counts the examples whose scores agree with y.
func countRight(scores, y *tensor.Dense) (int, error) {
	if scores.Dtype() == tensor.Float32 {
		return agreeing(scores.Float32s(), y, y.Float32s)
	}
	return agreeing(scores.Float64s(), y, y.Float64s)
}

func agreeing[F dense.Float](s []F, y *tensor.Dense, targets func() []F) (int, error) {
	n := y.Shape()[0]
	k := len(s) / n
	if y.Dtype() == tensor.Int {
		return count(n, func(i int) bool { return largest(s[i*k:(i+1)*k]) == y.Ints()[i] }), nil
	}
	f := targets()
	if k > 1 {
		return count(n, func(i int) bool { return largest(s[i*k:(i+1)*k]) == largest(f[i*k:(i+1)*k]) }), nil
	}
	for i, v := range f {
		if v != 1 && v != -1 {
			return 0, fmt.Errorf("optim: Evaluate: example %d has target %v, want -1 or 1", i, v)
		}
	}
	return count(n, func(i int) bool { return s[i]*f[i] > 0 }), nil
}

func count(n int, right func(i int) bool) int {
	total := 0
	for i := range n {
		if right(i) {
			total++
		}
	}
	return total
}

// largest returns the place of the largest element, the first of equal ones,
// or −1 if one is not a number.
func largest[F dense.Float](x []F) int {
	best := 0
	for i, v := range x {
		if v != v {
			return -1
		}
		if v > x[best] {
			best = i
		}
	}
	return best
}
