package optim

import (
	"iter"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"declive/autodiff"
	"declive/internal/dense"
)

// A RandomSearch tries weights of a linear model at random, W = σ·z with z
// standard normal, and keeps the best: the simplest way to lower a loss, and the
// one that all others are measured by.
type RandomSearch struct {
	*candidates
	tried  int
	lowest float64
}

// A Try is one trial of a [RandomSearch].
type Try struct {
	Number int     // 1, 2, …
	Loss   float64 // over all examples
	Lowest float64 // of the tries so far
}

// NewRandomSearch returns a search for the weights w, of shape (out, in), of a
// linear model without a bias, s = x·Wᵀ; for a bias let the last column of x be
// 1. The loss is one of scores and targets, for a batch the mean over its
// examples, such as losses.MulticlassHinge. It is an error if w is no matrix or
// a setting has no meaning.
func NewRandomSearch(loss autodiff.LossFunc, w *autodiff.Param, t Tries) (*RandomSearch, error) {
	c, err := newCandidates(loss, w, t)
	if err != nil {
		return nil, err
	}
	return &RandomSearch{candidates: c, lowest: math.Inf(1)}, nil
}

// Try makes n tries, as many together as the settings say with one pass over the
// batches each, and yields them one by one. W holds the best try so far, of this
// call and those before, which should have had the same examples. A loss that is
// not a number is never the best. An error, from a batch or the loss, ends the
// sequence.
func (r *RandomSearch) Try(n int, batches iter.Seq[autodiff.Batch]) iter.Seq2[Try, error] {
	return func(yield func(Try, error) bool) {
		for done := 0; done < n; done += r.together {
			losses, err := r.evaluate(nil, r.tried+1, min(r.together, n-done), batches)
			if err != nil {
				yield(Try{}, err)
				return
			}
			for _, loss := range losses {
				if !yield(r.take(loss), nil) {
					return
				}
			}
		}
	}
}

// take counts the next try and keeps it if it is the best.
func (r *RandomSearch) take(loss float64) Try {
	r.tried++
	if loss < r.lowest {
		r.lowest = loss
		r.fill(r.w.Value(), 0, r.tried, nil)
	}
	return Try{Number: r.tried, Loss: loss, Lowest: r.lowest}
}

// Step makes as many tries on a batch as go together, which should be all
// examples, and returns the lowest loss so far.
func (r *RandomSearch) Step(batch autodiff.Batch) (float64, error) {
	pieces, err := blocks(batch)
	if err != nil {
		return math.NaN(), err
	}
	for _, err := range r.Try(r.together, pieces) {
		if err != nil {
			return math.NaN(), err
		}
	}
	return r.lowest, nil
}

// A WeightedSearch makes tries around the present weights and moves to their
// mean, weighted by how low their losses are:
//
//	Wₖ = W + σ·zₖ    z standard normal
//	W ← Σ pₖ·Wₖ      pₖ ∝ exp(−Lₖ/(T·s))
//
// where s is the standard deviation of the losses Lₖ, so that the temperature T
// has no unit: large, and all tries count the same; small, and the best one
// counts alone.
//
// For small σ the loss is L + σ·gᵀ·z, and the mean of z under these weights is
// −g/(T·‖g‖) in the limit of many tries: the step is −(σ/T)·g/‖g‖ without a
// derivative taken. With n tries of d weights the noise of the mean turns the
// step away from the gradient, to a cosine of about 1/√(1 + T²·exp(1/T²)·d/n).
//
// At T = 1, where that is largest, it is 1/√(1 + e·d/n).
type WeightedSearch struct {
	*candidates
	Weighting
	made int // tries so far
}

// A Weighting says how many tries make a step of a [WeightedSearch] and how
// their losses weigh.
type Weighting struct {
	Tries       int     // for each step
	Temperature float64 // T; 0 stands for 1
}

// NewWeightedSearch returns a search around the weights w; for loss, w and t see
// [NewRandomSearch].
func NewWeightedSearch(loss autodiff.LossFunc, w *autodiff.Param, by Weighting, t Tries) (*WeightedSearch, error) {
	by.Temperature = or(by.Temperature, 1)
	if err := above("WeightedSearch", "Tries", float64(by.Tries)); err != nil {
		return nil, err
	}
	if err := above("WeightedSearch", "Temperature", by.Temperature); err != nil {
		return nil, err
	}
	c, err := newCandidates(loss, w, t)
	if err != nil {
		return nil, err
	}
	return &WeightedSearch{candidates: c, Weighting: by}, nil
}

// Direction makes the tries of a step, on all the batches, and returns the mean
// of their losses and the step that they imply, row by row. It leaves W as it is.
func (s *WeightedSearch) Direction(batches iter.Seq[autodiff.Batch]) (loss float64, step []float64, err error) {
	var losses []float64
	first := s.made + 1
	for len(losses) < s.Tries {
		n := min(s.together, s.Tries-len(losses))
		some, err := s.evaluate(s.w.Value(), first+len(losses), n, batches)
		if err != nil {
			return math.NaN(), nil, err
		}
		losses = append(losses, some...)
	}
	s.made += s.Tries
	loss = stat.Mean(losses, nil)
	if !finite(loss) {
		return loss, nil, &DivergedError{Step: s.made / s.Tries, Loss: loss}
	}
	return loss, s.mean(first, weigh(losses, s.Temperature)), nil
}

// weigh returns exp(−L/(T·s)), scaled so that the sum is 1.
func weigh(losses []float64, temperature float64) []float64 {
	deviation := stat.PopStdDev(losses, nil)
	if deviation < 0x1p-480 || deviation > 0x1p480 || !finite(deviation) {
		losses = spread(losses) // some squares have left the numbers
		deviation = stat.PopStdDev(losses, nil)
	}
	lowest := slices.Min(losses)
	p := make([]float64, len(losses))
	for k, l := range losses {
		p[k] = 1
		if deviation > 0 {
			p[k] = math.Exp((lowest - l) / (temperature * deviation))
		}
	}
	floats.Scale(1/floats.Sum(p), p)
	return p
}

// spread maps losses to 0 … 1, in proportion to their distance from the lowest.
func spread(losses []float64) []float64 {
	lowest, highest := slices.Min(losses), slices.Max(losses)
	out := make([]float64, len(losses))
	for k, l := range losses {
		if lowest < highest {
			out[k] = (l/2 - lowest/2) / (highest/2 - lowest/2) // the distance itself may overflow
		}
	}
	return out
}

// mean returns the weighted mean of the tries' distances from W, drawing them
// once more.
func (s *WeightedSearch) mean(first int, p []float64) []float64 {
	step := make([]float64, s.w.Shape().Size())
	for k, weight := range p {
		next := s.normal(first + k)
		for i := range step {
			step[i] += weight * next()
		}
	}
	return step
}

// Step moves W by the step that the tries on a batch imply, and returns the mean
// of their losses.
func (s *WeightedSearch) Step(batch autodiff.Batch) (float64, error) {
	pieces, err := blocks(batch)
	if err != nil {
		return math.NaN(), err
	}
	loss, step, err := s.Direction(pieces)
	if err != nil {
		return loss, err
	}
	w := dense.Append(nil, s.w.Value())
	dense.Fill(s.w.Value(), floats.AddTo(w, w, step))
	return loss, nil
}

var (
	_ Stepper = (*RandomSearch)(nil)
	_ Stepper = (*WeightedSearch)(nil)
)
