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
