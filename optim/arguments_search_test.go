package optim_test

import (
	"iter"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/internal/exported"
	"declive/optim"
)

func searchCalls(t *testing.T) []exported.Call {
	return append(append(searchSettings(), searchLosses(t)...), searchBatches(t)...)
}

// few are settings for quick searches.
func few() optim.Tries { return optim.Tries{Together: 3, Rand: newRand()} }

// classifier returns weights for three inputs and two classes.
func classifier() *autodiff.Param { return autodiff.NewParam("W", matrix(2, 3, make([]float64, 6)...)) }

func weighted(loss autodiff.LossFunc, w *autodiff.Param, tries optim.Tries) (*optim.WeightedSearch, error) {
	return optim.NewWeightedSearch(loss, w, optim.Weighting{Tries: 5}, tries)
}

func searchSettings() []exported.Call {
	var calls []exported.Call
	settings := map[string]optim.Tries{
		"no settings": {}, "negative Together": {Together: -1, Rand: newRand()}, "huge Together": {Together: math.MaxInt/2 + 1, Rand: newRand()},
		"Together beyond memory": {Together: math.MaxInt32, Rand: newRand()}, "negative Scale": {Scale: -1, Rand: newRand()}, "NaN Scale": {Scale: math.NaN(), Rand: newRand()},
	}
	for name, tries := range settings {
		calls = append(calls,
			exported.Call{Of: "NewRandomSearch", With: name, Do: func() error { _, err := optim.NewRandomSearch(crossEntropy, classifier(), tries); return err }},
			exported.Call{Of: "NewWeightedSearch", With: name, Do: func() error { _, err := weighted(crossEntropy, classifier(), tries); return err }})
	}
	for name, params := range disturbed() {
		if len(params) == 0 || name == "two precisions" || name == "one param twice" {
			continue // it takes one
		}
		p := params[len(params)-1]
		calls = append(calls,
			exported.Call{Of: "NewRandomSearch", With: name, Do: func() error { _, err := optim.NewRandomSearch(crossEntropy, p, few()); return err }},
			exported.Call{Of: "NewWeightedSearch", With: name, Do: func() error { _, err := weighted(crossEntropy, p, few()); return err }})
	}
	for _, by := range []optim.Weighting{{}, {Tries: -1}, {Tries: 1, Temperature: -1}, {Tries: 1, Temperature: math.NaN()}} {
		calls = append(calls, exported.Call{Of: "NewWeightedSearch", With: "a weighting without meaning", Do: func() error {
			_, err := optim.NewWeightedSearch(crossEntropy, classifier(), by, few())
			return err
		}})
	}
	return calls
}

// searchLosses has losses that the first step refuses.
func searchLosses(t *testing.T) []exported.Call {
	good := newPoints(newRand(), 4, 3, 2).batch(0, 1, 2)
	var calls []exported.Call
	for name, loss := range lossless(classifier()) {
		calls = append(calls,
			exported.Call{Of: "RandomSearch.Step", With: name, Do: func() error {
				r, err := optim.NewRandomSearch(loss, classifier(), few())
				require.NoError(t, err)
				_, err = r.Step(good)
				return err
			}},
			exported.Call{Of: "WeightedSearch.Step", With: name, Do: func() error {
				w, err := weighted(loss, classifier(), few())
				require.NoError(t, err)
				_, err = w.Step(good)
				return err
			}})
	}
	return calls
}

func searchBatches(t *testing.T) []exported.Call {
	r, err := optim.NewRandomSearch(crossEntropy, classifier(), few())
	require.NoError(t, err)
	w, err := weighted(crossEntropy, classifier(), few())
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
		{Of: "RandomSearch.Try", With: "nil batches", Do: try(nil)},
		{Of: "RandomSearch.Try", With: "a negative number", Do: exported.Panics(func() {
			for range r.Try(-1, nil) {
			}
		}), Accepted: true},
		{Of: "WeightedSearch.Direction", With: "nil batches", Do: direct(nil)},
	}
	good, bad := newPoints(newRand(), 4, 3, 2).batch(0, 1, 2), unreadable()
	bad["fewer targets"] = autodiff.Batch{X: good.X, Y: vector(1)}
	bad["no targets"] = autodiff.Batch{X: good.X, Y: vector()}
	for name, b := range bad {
		calls = append(calls,
			exported.Call{Of: "RandomSearch.Step", With: name, Do: func() error { _, err := r.Step(b); return err }},
			exported.Call{Of: "WeightedSearch.Step", With: name, Do: func() error { _, err := w.Step(b); return err }},
			exported.Call{Of: "RandomSearch.Try", With: name, Do: try(one(b))},
			exported.Call{Of: "WeightedSearch.Direction", With: name, Do: direct(one(b))})
	}
	return calls
}
