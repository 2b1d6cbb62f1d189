// Package opcheck is a test without a library: it checks the gradients of
// Gorgonia's own ops. Each op is differentiated by gorgonia.Grad, run on
// Gorgonia's tape machine, and compared with slopes of its value in float64 by
// package gradcheck.
//
//	go test ./autodiff/bridge/internal/opcheck -run Gradients/Conv -v    # the verdicts on some ops
//	go test ./autodiff/bridge/internal/opcheck -float32                  # all, in both precisions
//	go test ./autodiff/bridge/internal/opcheck -update                   # writes the table of docs/gradcheck.md
//
// The verdicts are
//
//	right       the gradient agrees with the slopes wherever they exist
//	wrong       it does not, or the value is wrong
//	unresolved  rounding hides too much to tell
//	refused     Gorgonia returns an error
//	panics      Gorgonia panics
//
// and the test fails for one that docs/gradcheck.md does not have. The error is the
// largest difference from the slopes, and ± what gradcheck estimates their own
// error to be, both relative to the operand's largest derivative; they are those
// of float64 unless only float32 is wrong. Where the shapes of operands are
// many, they are called a, b, ….
package opcheck
