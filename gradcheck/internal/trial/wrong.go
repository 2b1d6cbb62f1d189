package trial

import (
	"fmt"
	"strings"

	"declive/gradcheck"
)

// Wrong returns the catalogue of wrong gradients.
func Wrong() []Case {
	var out []Case
	add := func(name, cause string, problem func() gradcheck.Problem) {
		c := Case{Name: name, Cause: cause, Problem: problem}
		if v, only := strings.CutPrefix(cause, "in "); only {
			c.Cause, c.Place = "", fmt.Sprintf(`gradient of %s \[.*\] is wrong`, v)
		}
		out = append(out, c)
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
	for _, b := range knownBugs {
		add("residual layer, known as a graph: "+b.name, b.cause, func() gradcheck.Problem { return residual(b.name) })
	}
	for _, b := range knownPerceptronBugs {
		add("perceptron, known as a graph: "+b.name, b.cause, func() gradcheck.Problem { return newPerceptron(b.name).known() })
	}
	return out
}

// perceptronBugs and the tables after it give each mistake the words that a report
// has to name it with, or after "in" the variable that it has to point to.
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
	{"sums instead of activations", "in W2"},
	{"W2 in the order of columns", "in W2"},
	{"b2 of one example", "in b2"},
	{"b2 of the wrong class", "shifted"},
	{"one class left out of the sum", "in W1"},
	{"no derivative of tanh", "in W1"},
	{"tanh' of the sum", "in W1"},
	{"tanh' as 1 - |y|", "in W1"},
	{"sigmoid' for tanh'", "in W1"},
	{"first feature left out", "column 0"},
	{"last unit left out", "row 4"},
	{"features shifted", "in W1"},
	{"next example's features", "in W1"},
	{"b1 averaged over units", "same along axis 0"},
	{"sign", "sign"},
	{"off by 1e-4", "1.0001"},
	{"off by 1e-5", "1.00001|relative errors"},
	{"half precision", "relative errors|lower precision"},
	{"clipped", "clipped"},
	{"b1 detached", "detached"},
	{"one weight wrong", `only \[1,3\]`},
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
	{"convolution", "kernel not flipped", "in image", convolution},
	{"convolution", "kernel gradient reversed", "reversed|other places", convolution},
	{"convolution", "bias mean", "48", convolution},
	{"mean pooling", "divided by the width only", "factor 2", func(bug string) gradcheck.Problem { return pooling(bug, true) }},
	{"max pooling", "to the whole window", "does not depend on", func(bug string) gradcheck.Problem { return pooling(bug, false) }},
	{"max pooling", "one too far", "shifted", func(bug string) gradcheck.Problem { return pooling(bug, false) }},
	{"max pooling", "to the first", "other places", func(bug string) gradcheck.Problem { return pooling(bug, false) }},
	{"layer norm", "mean term missing", "same along axis 1", normalisation},
	{"layer norm", "variance term missing", "in x", normalisation},
	{"layer norm", "ε outside the root", "in x", normalisation},
	{"layer norm", "gain forgotten", "in x", normalisation},
	{"layer norm", "gain of the input", "in gain", normalisation},
	{"embedding", "index off by one", "shifted", embedding},
	{"embedding", "last one wins", "rows|indices|only", embedding},
	{"recurrent", "only the last step", "", recurrent},
	{"recurrent", "state after instead of before", "in V", recurrent},
	{"recurrent", "V not transposed", "", recurrent},
	{"attention", "scale forgotten", "square root", attention},
	{"attention", "only the diagonal of the softmax", "in Q", attention},
	{"attention", "keys for queries", "in K", attention},
	{"quadratic form", "2Ax", "in x", quadratic},
	{"bilinear form", "transposed", "transposed|other places|order", bilinear},
}

// Right returns the models of the catalogue without a mistake.
func Right() []Case {
	out := []Case{
		{Name: "residual layer", Problem: func() gradcheck.Problem { return residual("") }},
		{Name: "perceptron, known as a graph", Problem: func() gradcheck.Problem { return newPerceptron("").known() }},
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
