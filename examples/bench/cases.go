package main

import "gorgonia.org/tensor"

// A benchmark is a case: some work, done in one or more ways.
type benchmark struct {
	name     string
	dtypes   []tensor.Dtype
	variants []variant
}

// A variant is one way to do the work of a case.
type variant struct {
	name string
	load func(dt tensor.Dtype) (*job, error)
}

var (
	f32  = []tensor.Dtype{tensor.Float32}
	f64  = []tensor.Dtype{tensor.Float64}
	both = []tensor.Dtype{tensor.Float32, tensor.Float64}
)

// allCases returns the cases in the order in which they run. Results are
// comparable for minibatches of 256 examples and training sets of 50,000.
func allCases(batch, rows int) []benchmark {
	return []benchmark{
		{"svm-step", both, steps(linear(svm, batch, 3073, 10, linearScale), 1e-3, 10, 11)},
		{"softmax-step", both, steps(linear(softmax, batch, 3073, 10, linearScale), 1e-3, 10, 11)},
		{"logistic-step", both, steps(logistic(batch, 3073), 1e-3, 10, 11)},
		{"linear-mse-step", both, steps(leastSquares(batch, 3073), 1e-3, 10, 11)},
		{"tiny-step", both, steps(logistic(1, 4), 1e-2, 10, 11)},
		{"mlp-small-step", both, steps(mlp(64, 784, 128, 10), 1e-2, 10, 11)},
		{"mlp-step", both, steps(mlp(batch, 3072, 512, 256, 10), 1e-2, 10, 11)},
		{"hvp", both, []variant{{"grad of grad", hessianVector(mlp(batch, 3072, 512, 256, 10))}}},
		{"conv-step", both, steps(twoConvs(batch/4), 1e-2, 10, 11)},
		{"lenet-step", both, steps(lenet(batch/2), 1e-2, 10, 11)},
		{"resnet20-step", both, steps(resnet20(batch/2), 1e-2, 3, 3)},
		{"airbench94-step", both, steps(airbench94(2*batch), 1e-2, 3, 3)},
		{"full-gd", f32, steps(linear(svm, rows, 3073, 10, linearScale), 1e-3, 3, 7)},
		{"random-search", f32, []variant{{"program", randomSearch(rows)}}},
		{"epoch", f32, epochs(rows, 1e-3)},
		{"gradcheck-small", f64, checking(linear(svm, 16, 20, 5, 0.1))},
		{"gradcheck", f64, checking(linear(svm, min(32, batch), 3073, 10, linearScale))},
	}
}
