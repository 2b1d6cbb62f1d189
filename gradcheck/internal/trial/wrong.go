package trial

import "declive/gradcheck"

// Wrong returns the catalogue of wrong gradients.
func Wrong() []Case {
	var out []Case
	add := func(name, cause string, problem func() gradcheck.Problem) {
		out = append(out, Case{Name: name, Cause: cause, Problem: problem})
	}
	for _, b := range perceptronBugs {
		add("perceptron: "+b.name, b.cause, func() gradcheck.Problem { return newPerceptron(b.name).problem() })
	}
	for _, b := range layerBugs {
		add(b.layer+": "+b.bug, b.cause, func() gradcheck.Problem { return b.make(b.bug) })
	}
	for _, s := range wrongScalars {
		add("function: "+s.name, s.cause, s.problem)
	}
	return out
}

var perceptronBugs = []struct{ name, cause string }{
	{"sum instead of mean", "6"},
	{"divided by the classes", "factor|times|regularisation"},
	{"divided by the batch twice", "times too small"},
	{"regularisation forgotten", "regularisation"},
	{"regularisation without the 2", "regularisation"},
	{"biases regularised", "regularisation"},
	{"label off by one", ""},
	{"last example left out", ""},
	{"stale activations", "stale|remember"},
	{"sums instead of activations", "W2 .*wrong"},
	{"W2 in the order of columns", "W2 .*wrong"},
	{"b2 of one example", "b2 .*wrong"},
	{"b2 of the wrong class", "shifted"},
	{"one class left out of the sum", "W1 .*wrong"},
	{"no derivative of tanh", "W1 .*wrong"},
	{"tanh' of the sum", "W1 .*wrong"},
	{"tanh' as 1 - |y|", "W1 .*wrong"},
	{"sigmoid' for tanh'", "W1 .*wrong"},
	{"first feature left out", "column 0"},
	{"last unit left out", "row 4"},
	{"features shifted", "W1 .*wrong"},
	{"next example's features", "W1 .*wrong"},
	{"b1 averaged over units", "same along axis 0"},
	{"sign", "sign"},
	{"off by 1e-4", "1.0001"},
	{"off by 1e-5", "1.00001|relative errors"},
	{"half precision", "relative errors|lower precision"},
	{"clipped", "clipped"},
	{"b1 detached", "detached"},
	{"one weight wrong", `\[1,3\]`},
	{"W1 and W2 learn at another rate", "10 x numeric"},
	{"changes its argument", "changes its argument: b1"},
	{"nil", "b2 is nil"},
	{"shape", "W2 has 14"},
	{"not a number", `W1\[0,3\] is NaN`},
	{"random mask", "accumulates over calls, or draws"},
	{"adds to the last call", "zero it first"},
	{"shared buffer", "overwrites"},
	{"remembers the first result", "remembered|stale"},
}

var layerBugs = []struct {
	layer, bug, cause string
	make              func(bug string) gradcheck.Problem
}{
	{"convolution", "last row of outputs left out", "last|rows|indices", convolution},
	{"convolution", "border left out", "border|indices|last", convolution},
	{"convolution", "kernel not flipped", "image .*wrong", convolution},
	{"convolution", "kernel gradient reversed", "reversed|other places", convolution},
	{"convolution", "bias mean", "48", convolution},
	{"mean pooling", "divided by the width only", "factor 2", func(bug string) gradcheck.Problem { return pooling(bug, true) }},
	{"max pooling", "to the whole window", "does not depend on", func(bug string) gradcheck.Problem { return pooling(bug, false) }},
	{"max pooling", "one too far", "shifted", func(bug string) gradcheck.Problem { return pooling(bug, false) }},
	{"max pooling", "to the first", "other places", func(bug string) gradcheck.Problem { return pooling(bug, false) }},
	{"layer norm", "mean term missing", "same along axis 1", normalisation},
	{"layer norm", "variance term missing", "x .*wrong", normalisation},
	{"layer norm", "ε outside the root", "x .*wrong", normalisation},
	{"layer norm", "gain forgotten", "x .*wrong", normalisation},
	{"layer norm", "gain of the input", "gain .*wrong", normalisation},
	{"embedding", "index off by one", "shifted", embedding},
	{"embedding", "last one wins", "rows|indices|only", embedding},
	{"recurrent", "only the last step", "", recurrent},
	{"recurrent", "state after instead of before", "V .*wrong", recurrent},
	{"recurrent", "V not transposed", "", recurrent},
	{"attention", "scale forgotten", "square root", attention},
	{"attention", "only the diagonal of the softmax", "Q .*wrong", attention},
	{"attention", "keys for queries", "K .*wrong", attention},
	{"quadratic form", "2Ax", "x .*wrong", quadratic},
	{"bilinear form", "transposed", "transposed|other places|order", bilinear},
}

// Right returns the models of the catalogue without a mistake.
func Right() []Case {
	out := []Case{
		{Name: "perceptron", Problem: func() gradcheck.Problem { return newPerceptron("").problem() }},
		{Name: "mean pooling", Problem: func() gradcheck.Problem { return pooling("", true) }},
		{Name: "max pooling", Problem: func() gradcheck.Problem { return pooling("", false) }},
	}
	for name, make := range map[string]func(string) gradcheck.Problem{
		"convolution": convolution, "layer norm": normalisation, "embedding": embedding, "recurrent": recurrent,
		"attention": attention, "quadratic form": quadratic, "bilinear form": bilinear,
	} {
		out = append(out, Case{Name: name, Problem: func() gradcheck.Problem { return make("") }})
	}
	return out
}
