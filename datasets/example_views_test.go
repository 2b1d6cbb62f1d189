package datasets_test

import (
	"fmt"
	"math/rand/v2"

	"declive/datasets"
)

// In every epoch of minibatches, each image is seen in another way; judging sees
// what was stored.
func ExampleDataset_Augmented() {
	d, err := datasets.New([]uint8{1, 2, 3, 4, 5, 6}, 1, 2, 3) // one image
	if err != nil {
		fmt.Println(err)
		return
	}
	train, err := d.Augmented(datasets.Augmentation{Seed: 3, Flip: datasets.AlternatingFlip, Translate: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	epochs := train.Minibatches(1, nil)
	for range 3 {
		for batch := range epochs {
			fmt.Println(batch.X.Data())
		}
	}
	for batch := range train.Consecutive(1) {
		fmt.Println(batch.X.Data(), "to judge")
	}
	// Output:
	// [5 4 5 2 1 2]
	// [6 5 4 3 2 1]
	// [4 5 6 1 2 3]
	// [1 2 3 4 5 6] to judge
}

// An image and its mirror image: scores averaged over both are better than one.
func ExampleDataset_Viewed() {
	test, err := datasets.New([]uint8{1, 2, 3, 4, 5, 6}, 1, 2, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, mirror := range []bool{false, true} {
		d, err := test.Viewed(datasets.View{Down: 1, Mirror: mirror, Padding: datasets.ZeroPadding})
		if err != nil {
			fmt.Println(err)
			return
		}
		batch, err := d.All()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(batch.X.Data())
	}
	// Output:
	// [0 0 0 1 2 3]
	// [0 0 0 3 2 1]
}

// Two pixels, red and green; after it, red, green, red, green.
func ExampleDataset_Interleaved() {
	planes, err := datasets.New([]uint8{1, 2, 11, 12}, 2, 1, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := planes.Interleaved()
	if err != nil {
		fmt.Println(err)
		return
	}
	batch, err := d.All()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Shape(), batch.X.Data())
	// Output: (1, 2, 2) [1 11 2 12]
}

func ExampleDataset_WholeBatches() {
	d, err := datasets.New([]float64{1, 2, 3, 4, 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	for batch := range d.WholeBatches().Minibatches(2, rand.New(rand.NewPCG(1, 2))) {
		fmt.Println(batch.X.Shape()[0], "examples")
	}
	// Output:
	// 2 examples
	// 2 examples
}

// One fraud among a hundred takes half of the places.
func ExampleDataset_ClassBalanced() {
	d, err := datasets.New(make([]float64, 100))
	if err != nil {
		fmt.Println(err)
		return
	}
	if d, err = d.WithLabels(append(make([]int, 99), 1), "sound", "fraud"); err != nil {
		fmt.Println(err)
		return
	}
	if d, err = d.ClassBalanced(); err != nil {
		fmt.Println(err)
		return
	}
	frauds := 0
	for batch := range d.Minibatches(10, rand.New(rand.NewPCG(1, 2))) {
		for _, class := range batch.Y.Ints() {
			frauds += class
		}
	}
	fmt.Println(frauds > 30, frauds < 70)
	// Output: true true
}

// Five-fold cross-validation: what is learnt from the training part of a fold
// goes to its test part.
func ExampleDataset_Folds() {
	d, err := datasets.Moons(100, 0.1, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		fmt.Println(err)
		return
	}
	folds, err := d.Folds(5, rand.New(rand.NewPCG(3, 4)))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range folds[:2] {
		t := datasets.Standardise(f.Train)
		train, err := f.Train.With(t)
		if err != nil {
			fmt.Println(err)
			return
		}
		test, err := f.Test.With(t)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(train.Len(), "to train with,", test.Len(), "to test with")
	}
	// Output:
	// 80 to train with, 20 to test with
	// 80 to train with, 20 to test with
}

// The one rare example in ten stays one in ten in both parts.
func ExampleDataset_StratifiedSplit() {
	d, err := datasets.New(make([]float64, 100))
	if err != nil {
		fmt.Println(err)
		return
	}
	labels := make([]int, 100)
	for i := range 10 {
		labels[i] = 1
	}
	if d, err = d.WithLabels(labels, "common", "rare"); err != nil {
		fmt.Println(err)
		return
	}
	train, test, err := d.StratifiedSplit(0.8, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(train)
	fmt.Println(test)
	// Output:
	// 80 examples of shape (), kept as float64, in batches of float32
	// 2 classes: common (72), rare (8)
	// 20 examples of shape (), kept as float64, in batches of float32
	// 2 classes: common (18), rare (2)
}

func ExampleDataset_StratifiedFolds() {
	d, err := datasets.Blobs(30, 2, 3, 0.1, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		fmt.Println(err)
		return
	}
	folds, err := d.StratifiedFolds(5, rand.New(rand.NewPCG(3, 4)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(folds[4].Test)
	// Output:
	// 6 examples of shape (2), kept as float64, in batches of float32
	// 3 classes: 0 (2), 1 (2), 2 (2)
}

// A weight for every example, which a loss gets from x.Graph().Given("weights").
func ExampleDataset_WithValues() {
	d, err := datasets.New([]float64{1, 2, 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	if d, err = d.WithValues("weights", []float64{0.5, 1, 2}); err != nil {
		fmt.Println(err)
		return
	}
	batch, err := d.Batch(2, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(batch)
	fmt.Println(batch.More[0].Name, batch.More[0].Value.Data())
	// Output:
	// X (2, 1) float32, weights (2) float32
	// weights [2 0.5]
}

// The month of each example, for x.Graph().Given("month").OneHot(12).
func ExampleDataset_WithIndices() {
	d, err := datasets.New([]float64{21.5, -3})
	if err != nil {
		fmt.Println(err)
		return
	}
	if d, err = d.WithIndices("month", []int{6, 0}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d)
	// Output:
	// 2 examples of shape (), kept as float64, in batches of float32
	// and "month": indices
}

// A model with two inputs, a picture and some numbers, each under its own
// transforms.
func ExampleDataset_WithInput() {
	pictures, err := datasets.New([]uint8{0, 200, 100, 50}, 1, 1, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	numbers, err := datasets.New([]float64{1, 2, 3, 4, 5, 6}, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	if pictures, err = pictures.With(datasets.Scale(1.0 / 200)); err != nil {
		fmt.Println(err)
		return
	}
	d, err := pictures.WithInput("numbers", numbers)
	if err != nil {
		fmt.Println(err)
		return
	}
	for batch := range d.Consecutive(1) {
		fmt.Println(batch.X.Data(), batch.More[0].Value.Data())
	}
	// Output:
	// [0 1] [1 2 3]
	// [0.5 0.25] [4 5 6]
}

// A summary, not the numbers.
func ExampleDataset_String() {
	d, err := datasets.Digits(1000, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d)
	// Output:
	// 1000 examples of shape (1, 28, 28), kept as uint8, in batches of float32
	// 10 classes: 0 (97), 1 (103), 2 (95), 3 (94), 4 (108), 5 (108), 6 (98), 7 (85), 8 (103), 9 (109)
}
