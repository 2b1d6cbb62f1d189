package blame

import (
	"fmt"
	"strings"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck/internal/trace"
)

// A Case is a gradient that is wrong, and what is known of its function.
type Case struct {
	Function *trace.Function
	X        [][]float64 // the point
	V        []float64   // the incoming gradient
	Grad     [][]float64 // the gradient under test, of each variable
	Own      [][]float64 // the graph's own gradient

	// Precision is that of the gradient under test.
	Precision tensor.Dtype

	// Agrees reports whether g is the gradient under test of variable b, within the
	// tolerance of the check.
	Agrees func(b int, g []float64) bool

	// Check checks an op by itself, as a function of operands the largest of which
	// has so many elements, and returns what is wrong, or "".
	Check func(f func(in ...*autodiff.Node) *autodiff.Node, in []*tensor.Dense, largest int) (string, error)
}

// place names a node: its op and the line that recorded it, without the folders
// above the last.
func place(n *autodiff.Node) string {
	if len(n.Inputs()) == 0 {
		return n.Name()
	}
	at := n.Caller()
	if folders := strings.Split(at, "/"); len(folders) > 2 {
		at = strings.Join(folders[len(folders)-2:], "/")
	}
	return fmt.Sprintf("op %s at %s", n.Op(), at)
}
