package datasets_test

import (
	"math"
	"testing"

	"declive/datasets"
	"declive/internal/exported"
)

// views calls what makes views of a data set with arguments that have no meaning.
func views(t *testing.T) []exported.Call {
	images := photographs[uint8](t)
	table := flowers(t)
	var calls []exported.Call
	add := func(of, with string, do func() error) {
		calls = append(calls, exported.Call{Of: of, With: with, Do: do})
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
	return calls
}
