package predict_test

import (
	"fmt"
	"os"
	"path/filepath"

	"declive/datasets"
	"declive/nn"
	"declive/predict"
)

// Petals are told apart by their length, in centimetres; the weights are of lengths
// in units of 2 cm around 3.
func ExampleNew() {
	layer := nn.NewLinear("scores", 1, 3, nn.Zeros(), nil)
	copy(layer.Weight.Value().Float32s(), []float32{-2, 0, 2})

	p, err := predict.New(predict.Model{
		Layer:     layer,
		Shape:     []int{1},
		Transform: datasets.Transform{Shift: []float64{3}, Scale: []float64{0.5}},
		Classes:   []string{"setosa", "versicolor", "virginica"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	lengths := []float64{1.4, 5.5} // of two flowers
	classes, err := p.Classes(nil, lengths)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, class := range classes {
		fmt.Println(lengths[i], p.ClassName(class))
	}
	// Output:
	// 1.4 setosa
	// 5.5 virginica
}

// A row of probabilities for each example goes where the last ones were.
func ExamplePredictor_Probabilities() {
	p, err := predict.New(predict.Model{Layer: nn.Flatten{}, Shape: []int{2}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var rows []float64
	for _, scores := range [][]float64{{0, 0}, {1, 3}} {
		if rows, err = p.Probabilities(rows, scores); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%.3f\n", rows)
	}
	// Output:
	// [0.500 0.500]
	// [0.119 0.881]
}

// A file has all that a later program needs to predict for raw features.
func ExampleSave() {
	folder, err := os.MkdirTemp("", "declive")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "petals.safetensors")

	layer := nn.NewLinear("scores", 1, 2, nn.Zeros(), nil)
	copy(layer.Weight.Value().Float32s(), []float32{-1, 1})
	trained := predict.Model{Layer: layer, Shape: []int{1}, Transform: datasets.Scale(0.1), Classes: []string{"cold", "warm"}}
	if err := predict.Save(path, trained); err != nil {
		fmt.Println(err)
		return
	}

	m, err := predict.Load(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := predict.New(m)
	if err != nil {
		fmt.Println(err)
		return
	}
	classes, err := p.Classes(nil, []float64{31})
	fmt.Println(p.ClassName(classes[0]), err)
	// Output: warm <nil>
}
