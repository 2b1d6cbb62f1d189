package search_test

import (
	"iter"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/internal/exported"
	"declive/optim/internal/sample"
	"declive/optim/search"
)

// TestArguments calls all of the package with arguments that have no meaning.
func TestArguments(t *testing.T) {
	exported.Check(t, ".", append(append(searchSettings(), searchLosses(t)...), searchBatches(t)...))
}

// few are settings for quick searches.
func few() search.Tries { return search.Tries{Together: 3, Rand: sample.Rand()} }

// classifier returns weights for three inputs and two classes.
func classifier() *autodiff.Param {
	return autodiff.NewParam("W", sample.Matrix(2, 3, make([]float64, 6)...))
}

func weighted(loss autodiff.LossFunc, w *autodiff.Param, tries search.Tries) (*search.Weighted, error) {
	return search.NewWeighted(loss, w, search.Weighting{Tries: 5}, tries)
}

func searchSettings() []exported.Call {
	var calls []exported.Call
	settings := map[string]search.Tries{
		"no settings": {}, "negative Together": {Together: -1, Rand: sample.Rand()}, "huge Together": {Together: math.MaxInt/2 + 1, Rand: sample.Rand()},
		"Together beyond memory": {Together: math.MaxInt32, Rand: sample.Rand()}, "negative Scale": {Scale: -1, Rand: sample.Rand()}, "NaN Scale": {Scale: math.NaN(), Rand: sample.Rand()},
	}
	for name, tries := range settings {
		calls = append(calls,
			exported.Call{Of: "NewRandom", With: name, Do: func() error { _, err := search.NewRandom(sample.CrossEntropy, classifier(), tries); return err }},
			exported.Call{Of: "NewWeighted", With: name, Do: func() error { _, err := weighted(sample.CrossEntropy, classifier(), tries); return err }})
	}
	for name, params := range sample.Disturbed() {
		if len(params) == 0 || name == "two precisions" || name == "one param twice" {
			continue // it takes one
		}
		p := params[len(params)-1]
		calls = append(calls,
			exported.Call{Of: "NewRandom", With: name, Do: func() error { _, err := search.NewRandom(sample.CrossEntropy, p, few()); return err }},
			exported.Call{Of: "NewWeighted", With: name, Do: func() error { _, err := weighted(sample.CrossEntropy, p, few()); return err }})
	}
	for _, by := range []search.Weighting{{}, {Tries: -1}, {Tries: 1, Temperature: -1}, {Tries: 1, Temperature: math.NaN()}} {
		calls = append(calls, exported.Call{Of: "NewWeighted", With: "a weighting without meaning", Do: func() error {
			_, err := search.NewWeighted(sample.CrossEntropy, classifier(), by, few())
			return err
		}})
	}
	return calls
}

// searchLosses has losses that the first step refuses.
func searchLosses(t *testing.T) []exported.Call {
	good := sample.NewPoints(sample.Rand(), 4, 3, 2).Batch(0, 1, 2)
	var calls []exported.Call
	for name, loss := range sample.Lossless(classifier()) {
		calls = append(calls,
			exported.Call{Of: "Random.Step", With: name, Do: func() error {
				r, err := search.NewRandom(loss, classifier(), few())
				require.NoError(t, err)
				_, err = r.Step(good)
				return err
			}},
			exported.Call{Of: "Weighted.Step", With: name, Do: func() error {
				w, err := weighted(loss, classifier(), few())
				require.NoError(t, err)
				_, err = w.Step(good)
				return err
			}})
	}
	return calls
}

func searchBatches(t *testing.T) []exported.Call {
	r, err := search.NewRandom(sample.CrossEntropy, classifier(), few())
	require.NoError(t, err)
	w, err := weighted(sample.CrossEntropy, classifier(), few())
	require.NoError(t, err)
	try := func(batches iter.Seq[autodiff.Batch]) func() error {
		return func() error {
			for _, err := range r.Try(2, batches) {
				return err
			}
			return nil
		}
	}
	direct := func(batches iter.Seq[autodiff.Batch]) func() error {
		return func() error { _, _, err := w.Direction(batches); return err }
	}
	calls := []exported.Call{
		{Of: "Random.Try", With: "nil batches", Do: try(nil)},
		{Of: "Random.Try", With: "a negative number", Do: exported.Panics(func() {
			for range r.Try(-1, nil) {
			}
		}), Accepted: true},
		{Of: "Weighted.Direction", With: "nil batches", Do: direct(nil)},
	}
	calls = append(calls, unmadeCalls()...)
	good, bad := sample.NewPoints(sample.Rand(), 4, 3, 2).Batch(0, 1, 2), sample.Unreadable()
	bad["fewer targets"] = autodiff.Batch{X: good.X, Y: sample.Vector(1)}
	bad["no targets"] = autodiff.Batch{X: good.X, Y: sample.Vector()}
	for name, b := range bad {
		calls = append(calls,
			exported.Call{Of: "Random.Step", With: name, Do: func() error { _, err := r.Step(b); return err }},
			exported.Call{Of: "Weighted.Step", With: name, Do: func() error { _, err := w.Step(b); return err }},
			exported.Call{Of: "Random.Try", With: name, Do: try(sample.One(b))},
			exported.Call{Of: "Weighted.Direction", With: name, Do: direct(sample.One(b))})
	}
	return calls
}

// unmadeCalls are of searches that no constructor has made.
func unmadeCalls() []exported.Call {
	var calls []exported.Call
	for name, r := range map[string]*search.Random{"a nil search": nil, "an empty search": {}} {
		calls = append(calls,
			exported.Call{Of: "Random.Step", With: name, Do: func() error { _, err := r.Step(autodiff.Batch{}); return err }},
			exported.Call{Of: "Random.Try", With: name, Do: func() error {
				for _, err := range r.Try(1, nil) {
					return err
				}
				return nil
			}})
	}
	for name, w := range map[string]*search.Weighted{"a nil search": nil, "an empty search": {}} {
		calls = append(calls,
			exported.Call{Of: "Weighted.Step", With: name, Do: func() error { _, err := w.Step(autodiff.Batch{}); return err }},
			exported.Call{Of: "Weighted.Direction", With: name, Do: func() error { _, _, err := w.Direction(nil); return err }})
	}
	return calls
}
