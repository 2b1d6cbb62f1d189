package search

import (
	"cmp"
	"iter"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/setting"
	"declive/optim"
)

// Weighted is a search that makes tries around the present weights and moves to
// their mean, weighted by how low their losses are:
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
type Weighted struct {
	*candidates
	Weighting
	made int // tries so far
}

var _ optim.Stepper = (*Weighted)(nil)

// A Weighting says how many tries make a step of a [Weighted] search and how
// their losses weigh.
type Weighting struct {
	Tries       int     // for each step
	Temperature float64 // T; 0 stands for 1
}

// NewWeighted returns a search around the weights w; for loss, w and t see
// [NewRandom].
func NewWeighted(loss autodiff.LossFunc, w *autodiff.Param, by Weighting, t Tries) (*Weighted, error) {
	by.Temperature = cmp.Or(by.Temperature, 1)
	if err := setting.Positive("search: Weighted: Tries", float64(by.Tries)); err != nil {
		return nil, err
	}
	if err := setting.Positive("search: Weighted: Temperature", by.Temperature); err != nil {
		return nil, err
	}
	c, err := newCandidates(loss, w, t)
	if err != nil {
		return nil, err
	}
	return &Weighted{candidates: c, Weighting: by}, nil
}

// Direction makes the tries of a step, on all the batches, and returns the mean
// of their losses and the step that they imply, row by row. It leaves W as it is.
func (s *Weighted) Direction(batches iter.Seq[autodiff.Batch]) (loss float64, step []float64, err error) {
	if s == nil || s.candidates == nil {
		return math.NaN(), nil, errUnmade
	}
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
	if !dense.Finite(loss) {
		return loss, nil, &optim.DivergedError{Step: s.made / s.Tries, Loss: loss}
	}
	return loss, s.mean(first, weigh(losses, s.Temperature)), nil
}

// weigh returns exp(−L/(T·s)), scaled so that the sum is 1.
func weigh(losses []float64, temperature float64) []float64 {
	deviation := stat.PopStdDev(losses, nil)
	if deviation < 0x1p-480 || deviation > 0x1p480 || !dense.Finite(deviation) {
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
func (s *Weighted) mean(first int, p []float64) []float64 {
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
func (s *Weighted) Step(batch autodiff.Batch) (float64, error) {
	parts, err := pieces(batch)
	if err != nil {
		return math.NaN(), err
	}
	loss, step, err := s.Direction(parts)
	if err != nil {
		return loss, err
	}
	w := dense.Append(nil, s.w.Value())
	dense.Fill(s.w.Value(), floats.AddTo(w, w, step))
	return loss, nil
}
