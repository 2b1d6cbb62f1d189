package search

import (
	"iter"
	"math"

	"declive/autodiff"
	"declive/optim"
)

// Random is a search that tries weights of a linear model at random, W = σ·z
// with z standard normal, and keeps the best: the simplest way to lower a loss,
// and the one that all others are measured by.
type Random struct {
	*candidates
	tried  int
	lowest float64
}

var _ optim.Stepper = (*Random)(nil)

// A Try is one trial of a [Random] search.
type Try struct {
	Number int     // 1, 2, …
	Loss   float64 // over all examples
	Lowest float64 // of the tries so far
}

// NewRandom returns a search for the weights w, of shape (out, in), of a
// linear model without a bias, s = x·Wᵀ; for a bias let the last column of x be
// 1. The loss is one of scores and targets, for a batch the mean over its
// examples, such as losses.MulticlassHinge. It is an error if w is no matrix or
// a setting has no meaning.
func NewRandom(loss autodiff.LossFunc, w *autodiff.Param, t Tries) (*Random, error) {
	c, err := newCandidates(loss, w, t)
	if err != nil {
		return nil, err
	}
	return &Random{candidates: c, lowest: math.Inf(1)}, nil
}

// Try makes n tries, as many together as the settings say with one pass over the
// batches each, and yields them one by one. W holds the best try so far, of this
// call and those before, which should have had the same examples. A loss that is
// not a number is never the best. An error, from a batch or the loss, ends the
// sequence.
func (r *Random) Try(n int, batches iter.Seq[autodiff.Batch]) iter.Seq2[Try, error] {
	return func(yield func(Try, error) bool) {
		if r == nil || r.candidates == nil {
			yield(Try{}, errUnmade)
			return
		}
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
func (r *Random) take(loss float64) Try {
	r.tried++
	if loss < r.lowest {
		r.lowest = loss
		r.fill(r.w.Value(), 0, r.tried, nil)
	}
	return Try{Number: r.tried, Loss: loss, Lowest: r.lowest}
}

// Step makes as many tries on a batch as go together, which should be all
// examples, and returns the lowest loss so far.
func (r *Random) Step(batch autodiff.Batch) (float64, error) {
	if r == nil || r.candidates == nil {
		return math.NaN(), errUnmade
	}
	parts, err := pieces(batch)
	if err != nil {
		return math.NaN(), err
	}
	for _, err := range r.Try(r.together, parts) {
		if err != nil {
			return math.NaN(), err
		}
	}
	return r.lowest, nil
}
