package datasets_test

import (
	"math"
	"slices"
	"testing"

	"declive/datasets"
	"declive/internal/exported"
)

// views calls what makes views of a data set with arguments that have no meaning.
func views(t *testing.T) []exported.Call {
	images := photographs[uint8](t)
	table := flowers(t)
	var calls []exported.Call
	const accepted = true
	add := func(of, with string, do func() error, accepted ...bool) {
		calls = append(calls, exported.Call{Of: of, With: with, Do: do, Accepted: accepted != nil})
	}
	for with, a := range map[string]datasets.Augmentation{
		"no such flip": {Flip: -1}, "no such padding": {Padding: 7}, "negative translation": {Translate: math.MinInt}, "huge translation": {Translate: math.MaxInt},
		"negative cutout": {Cutout: -1}, "huge cutout": {Cutout: math.MaxInt}, "NaN contrast": {Contrast: math.NaN()}, "NaN brightness": {Brightness: math.NaN()},
	} {
		add("Dataset.Augmented", with, func() error { return second(images.Augmented(a)) })
	}
	add("Dataset.Augmented", "no images", func() error { return second(table.Augmented(datasets.Augmentation{})) })
	add("Dataset.Viewed", "no images", func() error { return second(table.Viewed(datasets.View{})) })
	add("Dataset.Viewed", "no such padding", func() error { return second(images.Viewed(datasets.View{Padding: -1})) })
	for with, by := range map[string]int{"its height": 5, "a huge way": math.MaxInt, "a negative huge way": math.MinInt} {
		add("Dataset.Viewed", "moved down by "+with, func() error { return second(images.Viewed(datasets.View{Down: by})) })
		add("Dataset.Viewed", "moved to the right by "+with, func() error { return second(images.Viewed(datasets.View{Right: by})) })
	}
	for with, values := range map[string][]float64{"nil values": nil, "a part of an example": make([]float64, 3)} {
		add("Dataset.WithValues", with, func() error { return second(table.WithValues("v", values, 2)) })
	}
	add("Dataset.WithValues", "a negative shape", func() error { return second(table.WithValues("v", nil, -2)) })
	add("Dataset.WithValues", "an overflowing shape", func() error { return second(table.WithValues("v", nil, math.MaxInt/2+1, 2)) })
	add("Dataset.WithValues", "no name", func() error { return second(table.WithValues("", make([]float64, 4))) })
	add("Dataset.WithIndices", "nil indices", func() error { return second(table.WithIndices("v", nil)) })
	add("Dataset.WithIndices", "negative index", func() error { return second(table.WithIndices("v", []int{0, 0, math.MinInt, 0})) })
	add("Dataset.WithIndices", "huge index", func() error { return second(table.WithIndices("v", []int{0, 0, math.MaxInt, 0})) }, accepted)
	add("Dataset.WithInput", "nil data", func() error { return second(table.WithInput("v", nil)) })
	add("Dataset.WithInput", "empty struct", func() error { return second(table.WithInput("v", &datasets.Dataset{})) })
	add("Dataset.WithInput", "another length", func() error { return second(table.WithInput("v", images)) })
	add("Dataset.WithInput", "itself", func() error { return second(table.WithInput("v", table)) }, accepted)
	for with, k := range map[string]int{"0": 0, "1": 1, "too many": 5, "huge": math.MaxInt, "negative": math.MinInt} {
		add("Dataset.Folds", with, func() error { return second(table.Folds(k, seeded(1))) })
		add("Dataset.StratifiedFolds", with, func() error { return second(table.StratifiedFolds(k, seeded(1))) })
	}
	add("Dataset.Folds", "nil rng", func() error { return second(table.Folds(2, nil)) })
	add("Dataset.StratifiedFolds", "nil rng", func() error { return second(table.StratifiedFolds(2, nil)) })
	add("Dataset.StratifiedSplit", "nil rng", func() error { return third(table.StratifiedSplit(0.5, nil)) })
	for with, f := range map[string]float64{"0": 0, "1": 1, "NaN": math.NaN(), "1e300": 1e300} {
		add("Dataset.StratifiedSplit", "fraction "+with, func() error { return third(table.StratifiedSplit(f, seeded(1))) })
	}
	add("Dataset.ClassBalanced", "no labels", func() error { return second(must(t)(datasets.New([]uint8{1})).ClassBalanced()) })
	return append(calls, unmade()...)
}

// unmade calls all methods of data sets that no function has made. Those that only
// tell something tell of nothing; of nil there are no views.
func unmade() []exported.Call {
	tell := []string{"Classes", "FeatureNames", "Features", "Labels", "Len", "Notes", "Shape", "String", "Targets"}
	make := []string{"Consecutive", "Float64", "Minibatches", "Sampled", "WholeBatches", "WithBias"}
	var calls []exported.Call
	for with, d := range map[string]*datasets.Dataset{"nil data set": nil, "an empty struct": {}} {
		for of, do := range map[string]func() error{
			"All":             func() error { return second(d.All()) },
			"Augmented":       func() error { return second(d.Augmented(datasets.Augmentation{})) },
			"Batch":           func() error { return second(d.Batch(0)) },
			"ClassBalanced":   func() error { return second(d.ClassBalanced()) },
			"Classes":         exported.Panics(func() { d.Classes() }),
			"Consecutive":     exported.Panics(func() { d.Consecutive(1) }),
			"FeatureNames":    exported.Panics(func() { d.FeatureNames() }),
			"Features":        exported.Panics(func() { d.Features() }),
			"Float64":         exported.Panics(func() { d.Float64() }),
			"Folds":           func() error { return second(d.Folds(2, seeded(1))) },
			"Interleaved":     func() error { return second(d.Interleaved()) },
			"Labels":          exported.Panics(func() { d.Labels() }),
			"Len":             exported.Panics(func() { d.Len() }),
			"Minibatches":     exported.Panics(func() { d.Minibatches(1, seeded(1)) }),
			"Notes":           exported.Panics(func() { d.Notes() }),
			"OneHot":          func() error { return second(d.OneHot()) },
			"Sampled":         exported.Panics(func() { d.Sampled(1, seeded(1)) }),
			"Select":          func() error { return second(d.Select(0)) },
			"Shape":           exported.Panics(func() { d.Shape() }),
			"Signs":           func() error { return second(d.Signs()) },
			"Slice":           func() error { return second(d.Slice(0, 0)) },
			"Split":           func() error { return third(d.Split(0.5, seeded(1))) },
			"StratifiedFolds": func() error { return second(d.StratifiedFolds(2, seeded(1))) },
			"StratifiedSplit": func() error { return third(d.StratifiedSplit(0.5, seeded(1))) },
			"String":          exported.Panics(func() { _ = d.String() }),
			"Targets":         exported.Panics(func() { d.Targets() }),
			"Viewed":          func() error { return second(d.Viewed(datasets.View{})) },
			"WholeBatches":    exported.Panics(func() { d.WholeBatches() }),
			"With":            func() error { return second(d.With(datasets.Scale(2))) },
			"WithBias":        exported.Panics(func() { d.WithBias() }),
			"WithIndices":     func() error { return second(d.WithIndices("v", nil)) },
			"WithInput":       func() error { return second(d.WithInput("v", d)) },
			"WithLabels":      func() error { return second(d.WithLabels(nil)) },
			"WithTargets":     func() error { return second(d.WithTargets(nil)) },
			"WithValues":      func() error { return second(d.WithValues("v", nil)) },
		} {
			calls = append(calls, exported.Call{
				Of: "Dataset." + of, With: with, Do: do,
				Accepted: slices.Contains(tell, of) || d != nil && slices.Contains(make, of),
			})
		}
	}
	return calls
}
