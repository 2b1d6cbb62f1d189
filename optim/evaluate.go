package optim

import (
	"errors"
	"fmt"
	"iter"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/record"
)

// An Evaluation says how a model does on a set of examples.
type Evaluation struct {
	Examples int
	Loss     float64            // mean over the examples
	Accuracy float64            // part of the examples classified right; NaN without [WithScores] or classes
	Metrics  map[string]float64 // those of [WithMetric] by name; nil without
}

// Evaluate returns the loss, and with [WithScores] accuracy and metrics, over all
// examples of a sequence of batches, such as datasets.Dataset.Consecutive, of any
// sizes. It changes nothing; with [WithAverage] or [WithLookahead] it judges the
// averages, which the parameters hold meanwhile.
//
// The loss of a batch is taken for a mean over its examples, plus terms that do
// not depend on them, so that batches count by their size. An example counts as
// right if
//
//   - with a label: its class has the highest score, the first of equal ones;
//   - with targets −1 and 1: the score has the target's sign;
//   - with several targets that are one-hot, or probabilities: the highest score is
//     where the highest target is.
//
// Where another target is met, as in a regression, there is no accuracy: it is NaN. It
// is an error if there are no examples, if scores and targets do not go together, if a
// metric refuses a batch, or if the loss is not finite.
func (t *Trainer) Evaluate(batches iter.Seq[autodiff.Batch]) (Evaluation, error) {
	if !t.made() {
		return Evaluation{}, errUnmade
	}
	if batches == nil {
		return Evaluation{}, errors.New("optim: Evaluate: the sequence of batches is nil")
	}
	all, err := t.newTally()
	if err != nil {
		return Evaluation{}, err
	}
	t.exchange()
	defer t.exchange()
	number := 0
	for b := range batches {
		if number++; !t.ranks.evaluates(number) {
			continue
		}
		if err = t.evaluate(b, all); err != nil {
			break
		}
	}
	if err := t.ranks.add(all, err); err != nil {
		return Evaluation{}, err
	}
	if all.examples == 0 {
		return Evaluation{}, errors.New("optim: Evaluate: there are no examples")
	}
	return all.evaluation(), nil
}

// evaluate adds one batch to a tally.
func (t *Trainer) evaluate(b autodiff.Batch, all *tally) error {
	if err := record.Check(b); err != nil {
		return fmt.Errorf("optim: %w", err)
	}
	if record.Size(b) == 0 {
		return nil
	}
	if len(t.pending) > 0 { // values of the loss, for which that has to be recorded to train
		if err := t.prepare(b); err != nil {
			return err
		}
	}
	e, err := t.evaluating.For(b)
	if err != nil {
		return err
	}
	dense.SetElement(t.step, 0, float64(t.steps))
	t.feeds = append(e.Feed(t.feeds[:0], b), e.step.Feed(t.step))
	out, err := e.program.Run(t.feeds...)
	if err != nil {
		return fmt.Errorf("optim: Evaluate: %w", err)
	}
	loss := out.Scalar(0)
	if !dense.Finite(loss) {
		return diverged(t.steps, t.feeds, e.Value)
	}
	all.examples += record.Size(b)
	all.loss += loss * float64(record.Size(b))
	if t.scores == nil {
		return nil
	}
	return all.judge(e.program.Output(1), b.Y)
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
			return nil, errors.New("optim: Evaluate: scores need examples and targets to be judged")
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
