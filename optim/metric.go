package optim

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// A Metric judges the scores of a model, such as those that package train/metric makes.
type Metric interface {
	// Add takes the scores of a batch and its labels or targets, of which it keeps
	// nothing.
	Add(scores, truth *tensor.Dense) error

	// Value returns what the batches have come to; NaN where that has no meaning.
	Value() float64
}

// WithMetric lets [Trainer.Evaluate], also as that of a [Plan]'s Validation, judge the
// scores that [WithScores] gives by a metric, one made for each evaluation:
//
//	optim.WithMetric("F1", metric.MacroF1)
//
// A Plan may watch it. It is an error of [NewTrainer] without WithScores, if the name is
// empty or taken, or if begin is nil.
func WithMetric(name string, begin func() Metric) Option {
	return func(t *Trainer) { t.metrics = append(t.metrics, metricMaker{name, begin}) }
}

type metricMaker struct {
	name  string
	begin func() Metric
}

func (t *Trainer) checkMetrics() error {
	seen := map[string]bool{}
	for _, m := range t.metrics {
		switch {
		case m.name == "" || seen[m.name]:
			return fmt.Errorf("optim: WithMetric: the name %q is empty or taken", m.name)
		case m.begin == nil:
			return fmt.Errorf("optim: WithMetric: %s: the function that begins it is nil", m.name)
		case t.scores == nil:
			return fmt.Errorf("optim: WithMetric: %s needs scores to judge; give WithScores, too", m.name)
		}
		seen[m.name] = true
	}
	return nil
}

// A tally adds up an evaluation.
type tally struct {
	trainer  *Trainer
	examples int
	loss     float64 // times examples
	right    int
	noClass  bool // a target was none of a class
	metrics  []Metric
}

func (t *Trainer) newTally() (*tally, error) {
	all := &tally{trainer: t, noClass: t.scores == nil}
	for _, m := range t.metrics {
		begun := m.begin()
		if begun == nil {
			return nil, fmt.Errorf("optim: Evaluate: the function that begins metric %s returned nil", m.name)
		}
		all.metrics = append(all.metrics, begun)
	}
	return all, nil
}

// judge counts the examples whose scores agree with y, and gives them to the metrics.
func (a *tally) judge(scores, y *tensor.Dense) error {
	right, ok := countRight(scores, y)
	a.right += right
	a.noClass = a.noClass || !ok
	for i, m := range a.metrics {
		if err := m.Add(scores, y); err != nil {
			return fmt.Errorf("optim: Evaluate: metric %s: %w", a.trainer.metrics[i].name, err)
		}
	}
	return nil
}

func (a *tally) evaluation() Evaluation {
	n := float64(a.examples)
	e := Evaluation{Examples: a.examples, Loss: a.loss / n, Accuracy: float64(a.right) / n}
	if a.noClass {
		e.Accuracy = math.NaN()
	}
	for i, m := range a.metrics {
		if e.Metrics == nil {
			e.Metrics = map[string]float64{}
		}
		e.Metrics[a.trainer.metrics[i].name] = m.Value()
	}
	return e
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

// countRight counts the examples whose scores agree with y. It is not ok if a target is
// none of a class.
func countRight(scores, y *tensor.Dense) (right int, ok bool) {
	if scores.Dtype() == tensor.Float32 {
		return agreeing(scores.Float32s(), y, y.Float32s)
	}
	return agreeing(scores.Float64s(), y, y.Float64s)
}

func agreeing[F dense.Float](s []F, y *tensor.Dense, targets func() []F) (right int, ok bool) {
	n := y.Shape()[0]
	k := len(s) / n
	if y.Dtype() == tensor.Int {
		return count(n, func(i int) bool { return largest(s[i*k:(i+1)*k]) == y.Ints()[i] }), true
	}
	f := targets()
	if k != 1 {
		for i := range n {
			if !isDistribution(f[i*k : (i+1)*k]) {
				return 0, false
			}
		}
		return count(n, func(i int) bool { return largest(s[i*k:(i+1)*k]) == largest(f[i*k:(i+1)*k]) }), true
	}
	for _, v := range f {
		if v != 1 && v != -1 {
			return 0, false
		}
	}
	return count(n, func(i int) bool { return s[i]*f[i] > 0 }), true
}

// isDistribution reports whether numbers are probabilities with the sum 1, to the
// rounding of one number of float32 each.
func isDistribution[F dense.Float](p []F) bool {
	sum := 0.0
	for _, v := range p {
		if !(v >= 0) {
			return false
		}
		sum += float64(v)
	}
	return math.Abs(sum-1) <= 0x1p-24*float64(len(p))
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
