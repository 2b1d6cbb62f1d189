package sample

import "declive/autodiff"

// A Task is a softmax classifier with examples to measure it on.
type Task struct {
	Name  string
	Model Linear
	Batch autodiff.Batch
}

// Tasks returns one so small that all is overhead, and one of the size of MNIST,
// in float64.
func Tasks() []Task {
	of := func(name string, features, classes, n int) Task {
		return Task{name, NewLinear(Rand(), features, classes), NewPoints(Rand(), n, features, classes).All()}
	}
	return []Task{of("tiny", 4, 3, 8), of("softmax", 784, 10, 128)}
}
