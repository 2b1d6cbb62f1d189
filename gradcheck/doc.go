// Package gradcheck compares gradients with numerical ones and says what is
// wrong with those that differ.
//
// A test of a model is one line, [Check]; a test of an operation is [Op]; a
// hand-written gradient of a plain Go function, from any library, is checked by
// [Func]. Programs without a testing.TB call [Compute].
//
//	func TestModel(t *testing.T) {
//		gradcheck.Check(t, loss, model.Params(), batch)
//	}
//
// No step size or tolerance has to be chosen. Each derivative comes from a
// ladder of central differences with steps from a tenth of the variable down to
// rounding; the ladder also estimates its own error, and that error is the
// tolerance. Every coordinate gets a verdict: [Agree], [Disagree], [Kink] where the
// left and right slopes differ and the gradient lies between them, and [Unresolved]
// where the function's rounding hides the derivative. Those are looked at once more
// along directions in which all of them move, and may be resolved [Together] or be
// [Negligible]. Too many unresolved coordinates fail a check; they never pass silently.
//
// Failures are reported, not returned: [Compute] returns an error only for a
// problem that cannot be evaluated, and the [Report] says whether the gradient
// is right ([Report.OK], [Report.Err]). The functions that take a testing.TB
// fail it with the report's text.
//
// It leaves out complex numbers, sparse tensors and functions that draw new
// random numbers at every call: fix the seed inside the function first.
//
// The lecture's own method, the forward difference with one fixed step, is
// [Forward].
package gradcheck
