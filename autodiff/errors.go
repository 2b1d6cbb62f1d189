package autodiff

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
)

// An Error reports a graph that cannot be built: a wrong shape, a wrong
// precision, operands of different graphs. Ops panic with it, since it is a
// mistake in the program; functions that return an error, such as [Grad] and
// [Compile], return it.
type Error struct {
	Op     string  // what was recorded: MatMul, Param, …
	Shapes []Shape // of the operands
	Reason string
	Caller string // file:line of the call that recorded the op
}

// Error returns the op, the caller's place, the reason and every operand's
// shape in one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("autodiff: " + e.Op)
	if e.Caller != "" {
		b.WriteString(" at " + filepath.Base(e.Caller))
	}
	b.WriteString(": " + e.Reason)
	for i, s := range e.Shapes {
		sep := " · "
		if i == 0 {
			sep = ": "
		}
		b.WriteString(sep + s.String())
	}
	return b.String()
}

// fail panics with an *Error for the nearest caller outside the library.
func fail(op, reason string, shapes ...Shape) {
	panic(&Error{Op: op, Shapes: shapes, Reason: reason, Caller: callers().String()})
}

// Fail panics with an [*Error] for the nearest caller outside the library. It
// is for packages that build on the ops, such as losses and nn, to refuse what
// the ops themselves cannot see; name names their function: losses.L2.
func Fail(name, reason string, shapes ...Shape) { fail(name, reason, shapes...) }

func failf(op, format string, args ...any) { fail(op, fmt.Sprintf(format, args...)) }

// Catch turns a panic with an [*Error] into that error and lets every other
// panic pass. Code that calls a user's loss or model defers it:
//
//	func build(loss autodiff.LossFunc) (err error) {
//		defer autodiff.Catch(&err)
//		...
func Catch(err *error) {
	switch r := recover().(type) {
	case nil:
	case *Error:
		*err = r
	default:
		panic(r)
	}
}

// A call is where an op was recorded: the return addresses of a few frames,
// resolved only when somebody asks.
type call struct{ pcs [16]uintptr }

func callers() call {
	var c call
	runtime.Callers(3, c.pcs[:])
	return c
}

// String returns file:line of the innermost frame outside the library, or of
// the outermost frame there is.
func (c call) String() string {
	frames := runtime.CallersFrames(c.pcs[:])
	last := ""
	for {
		f, more := frames.Next()
		if f.File != "" {
			last = fmt.Sprintf("%s:%d", f.File, f.Line)
		}
		if !internal(f.Function) || strings.HasSuffix(f.File, "_test.go") {
			return last
		}
		if !more {
			return last
		}
	}
}

// internal reports whether a function belongs to the library, which records ops
// on behalf of its caller; the examples are callers.
func internal(function string) bool {
	return strings.HasPrefix(function, "declive/") && !strings.HasPrefix(function, "declive/examples/")
}
