package datasets_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/datasets"
)

func TestSummary(t *testing.T) {
	labels, names := make([]int, 7), make([]string, 300)
	for i := range names {
		names[i] = fmt.Sprint("class ", i, " ", strings.Repeat("z", 90))
	}
	labels[3] = 299
	many := must(t)(must(t)(datasets.New(make([]uint8, 42), 2, 3)).WithLabels(labels, names...))
	targets := must(t)(must(t)(datasets.New([]float32{1, 2})).WithTargets([]float64{1, -2.5, 3, 1e9}, 2))
	table := must(t)(datasets.CSV{}.Read(strings.NewReader("size,age,kind\n1,2,a\n3,4,b\n")))
	images := must(t)(photographs[uint8](t).Slice(0, 1))
	images = must(t)(augmented(t, images, datasets.Augmentation{}).WithInput("mask", images))
	for _, test := range []struct {
		d    *datasets.Dataset
		want string
	}{
		{flowers(t), "4 examples of shape (3), kept as float64, in batches of float32\n2 classes: iris (2), rose (2)"},
		{targets.Float64().WithBias(), "2 examples of shape (), kept as float32, in batches of float64 with a bias\ntargets of shape (2), -2.5 to 1e+09"},
		{must(t)(must(t)(targets.With(datasets.Scale(2))).Slice(1, 1)), "0 examples of shape (), kept as float32, in batches of float32 under transforms\ntargets of shape (2)"},
		{table, "2 examples of shape (2), kept as float64, in batches of float32\n2 classes: a (1), b (1)\nfeatures [\"size\" \"age\"]"},
		{images, "1 example of shape (2, 5, 4), kept as uint8, in batches of float32, augmented in minibatches\n6 classes: 0 (1), 1 (0), 2 (0), 3 (0), 4 (0), 5 (0)\nand \"mask\": the features of 1 example of shape (2, 5, 4)"},
		{must(t)(flowers(t).WithValues("w", make([]float64, 8), 2)), "4 examples of shape (3), kept as float64, in batches of float32\n2 classes: iris (2), rose (2)\nand \"w\": numbers of shape (2)"},
		{nil, "no data set"},
		{new(datasets.Dataset), "no data set"},
	} {
		assert.Equal(t, test.want, fmt.Sprint(test.d))
	}
	text := many.String()
	assert.Contains(t, text, "300 classes: class 0 zzzzzzzzzzz… (6), class 1")
	assert.True(t, strings.HasSuffix(text, ", … 288 more"))
	assert.Less(t, len(text), 700)
}
