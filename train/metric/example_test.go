package metric_test

import (
	"fmt"

	"declive/train/metric"
)

// Three of four pictures are right; a dog was taken for a cat.
func ExampleConfusion() {
	c := metric.NewConfusion(2)
	if err := c.Add([]int{0, 1, 0}, []int{0, 1, 1}); err != nil {
		fmt.Println(err)
		return
	}
	if err := c.Add([]int{1}, []int{1}); err != nil { // a short last batch
		fmt.Println(err)
		return
	}
	cat, dog := c.Class(0), c.Class(1)
	fmt.Println(c.Accuracy(), c.Counts())
	fmt.Printf("cat: precision %.2f recall %.2f F1 %.2f\n", cat.Precision, cat.Recall, cat.F1)
	fmt.Printf("dog: precision %.2f recall %.2f F1 %.2f\n", dog.Precision, dog.Recall, dog.F1)
	// Output:
	// 0.75 [[1 0] [1 2]]
	// cat: precision 0.50 recall 1.00 F1 0.67
	// dog: precision 1.00 recall 0.67 F1 0.80
}

// The class is first for one example, second for the other.
func ExampleTopK() {
	first, second := metric.TopK{K: 1}, metric.TopK{K: 2}
	scores, labels := []float64{3, 1, 2, 5, 9, 7}, []int{0, 2}
	fmt.Println(first.Add(scores, labels), second.Add(scores, labels))
	fmt.Println(first.Value(), second.Value())
	// Output:
	// <nil> <nil>
	// 0.5 1
}

// Half the weight on the right class costs ln 2.
func ExampleLogLoss() {
	var m metric.LogLoss
	err := m.Add([]float64{0.5, 0.5, 1, 0}, []int{1, 0})
	fmt.Printf("%.4f %v\n", m.Value(), err)
	// Output: 0.3466 <nil>
}

// A model that is sure of everything and right half the time.
func ExampleCalibration() {
	var m metric.Calibration
	err := m.Add([]float64{1, 0, 0, 1}, []int{0, 0})
	fmt.Println(m.Value(), err)
	// Output: 0.5 <nil>
}

// One of four pairs is in the wrong order.
func ExampleROC() {
	var m metric.ROC
	err := m.Add([]float64{0.1, 0.4, 0.35, 0.8}, []int{0, 0, 1, 1})
	fmt.Println(m.AUC(), err)
	// Output: 0.75 <nil>
}

// Predictions that are one too high for targets from 1 to 3.
func ExampleRegression() {
	var m metric.Regression
	err := m.Add([]float64{2, 3, 4}, []float64{1, 2, 3})
	fmt.Println(m.RMSE(), m.MAE(), m.R2(), err)
	// Output: 1 1 -0.5 <nil>
}
