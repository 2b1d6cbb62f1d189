package autodiff_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
)

var update = flag.Bool("update", false, "write what the compiler does now into its README")

const readme = "internal/compile/README.md"

// The README of the compiler shows a training step after every pass. It shows what
// the compiler does now: go test ./autodiff -run Readme -update rewrites it.
func TestReadmeOfCompiler(t *testing.T) {
	var text strings.Builder
	loss, assignments := perceptronStep(t)
	require.NoError(t, autodiff.Explain(&text, loss, assignments...))
	old, err := os.ReadFile(readme)
	require.NoError(t, err)
	now := regexp.MustCompile("(?s)```pass\n(\\w+):.*?```").ReplaceAllStringFunc(string(old), func(block string) string {
		name, _, _ := strings.Cut(strings.TrimPrefix(block, "```pass\n"), ":")
		return "```pass\n" + section(t, text.String(), name) + "```"
	})
	if *update {
		require.NoError(t, os.WriteFile(readme, []byte(now), 0o644))
		return
	}
	require.Equal(t, now, string(old), "go test ./autodiff -run Readme -update")
	for _, name := range regexp.MustCompile(`(?m)^\w+`).FindAllString(text.String(), -1) {
		require.Contains(t, now, "```pass\n"+name+":", "the README lacks a pass")
	}
}

// The sum over tanh (x + b) becomes one loop, which leaves nothing but the sum in memory.
func ExampleExplain() {
	g := autodiff.NewGraph(tensor.Float64)
	x, b := g.Input("x", 2, 3), g.Input("b", 3)
	if err := autodiff.Explain(os.Stdout, x.Add(b).Tanh().Sum()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// record: 6 nodes
	// 	%0 (2, 3) = Input x
	// 	%1 (3) = Input b
	// 	%2 (2, 3) = Add %0 %1
	// 	%3 (2, 3) = Tanh %2
	// 	%4 (1, 1) = Sum %3
	// 	%5 () = Reshape %4
	// rows: 6 nodes
	// 	as before
	// accumulate: 6 nodes
	// 	as before
	// recompute: 6 nodes
	// 	as before
	// demand: 5 values that are needed
	// 	%0 Input: read by %2
	// 	%1 Input: read by %2
	// 	%2 Add: read by %3
	// 	%3 Tanh: read by %4
	// 	%4 Sum: output, read by nobody
	// partition: 3 groups
	// 	loop 2×3: Add of %2
	// 	loop 2×3: Tanh of %3
	// 	loop 2×3: Sum of %4
	// merge: 1 groups
	// 	loop 2×3: Add+Tanh+Sum → %4(1, 1)
	// guards: 0 inputs that products guard
	// assign: 0 assignments
	// schedule: 1 groups in order
	// 	loop 2×3: Add+Tanh+Sum → %4(1, 1)
	// layout: 1 buffers of 16 elements
	// 	%4 at 0 … 0, in use from 0 to 1
	// emit: 1 instructions
	// 	loop 2×3: Add+Tanh+Sum → %4(1, 1)
	// 		tiles 1 × 2 blocks, parts 1, scratch 32: Add Tanh CloseAll
}

// section returns what a text says of one pass.
func section(t *testing.T, text, name string) string {
	found := regexp.MustCompile(`(?m)^` + name + `:.*\n(\t.*\n)*`).FindString(text)
	require.NotEmpty(t, found, "no pass %s", name)
	return strings.ReplaceAll(found, "\t", "  ")
}

// perceptronStep records a step of gradient descent for a perceptron with one hidden
// layer and the mean squared error.
func perceptronStep(t *testing.T) (*node, []*node) {
	g := autodiff.NewGraph(tensor.Float32)
	var params []*node
	param := func(name string, shape ...int) *node {
		params = append(params, g.Param(autodiff.NewParam(name, zeros(tensor.Float32, shape...))))
		return params[len(params)-1]
	}
	x, y := g.Input("x", 64, 20), g.Input("y", 64, 3)
	h := x.MatMul(param("W", 16, 20).T()).Add(param("b", 16)).ReLU()
	loss := h.MatMul(param("V", 3, 16).T()).Sub(y).Square().Mean()
	grads, err := autodiff.Grad(loss, params...)
	require.NoError(t, err)
	var assignments []*node
	for i, p := range params {
		assignments = append(assignments, g.Assign(p.Param(), p.Sub(grads[i].MulScalar(0.1))))
	}
	return loss, assignments
}
