package bridge

import (
	"gorgonia.org/tensor"

	"declive/internal/kernel"
	"declive/internal/kernel/vec"
	"declive/internal/pool"
)

// An engine is tensor's own with the arithmetic of Gorgonia's solvers on
// Declive's kernels and on all cores: sums, products, quotients and roots that
// overwrite their first operand, or add to a third. A [Machine] gives it to the
// gradients, and every copy that a solver makes of one inherits it.
//
// Results are those of tensor.StdEng to the bit.
type engine struct{ tensor.StdEng }

// withEngine returns a tensor of the same memory whose arithmetic is engine's.
func withEngine(t *tensor.Dense) *tensor.Dense {
	return tensor.New(tensor.WithShape(t.Shape()...), tensor.WithBacking(t.Data()), tensor.WithEngine(engine{}))
}

// Add computes a + b, in a if asked.
func (e engine) Add(a, b tensor.Tensor, opts ...tensor.FuncOpt) (tensor.Tensor, error) {
	if overwrites(opts) && binary(vec.Add, a, b) {
		return a, nil
	}
	return e.StdEng.Add(a, b, opts...)
}

// Mul computes a·b elementwise, in a if asked.
func (e engine) Mul(a, b tensor.Tensor, opts ...tensor.FuncOpt) (tensor.Tensor, error) {
	if overwrites(opts) && binary(vec.Mul, a, b) {
		return a, nil
	}
	return e.StdEng.Mul(a, b, opts...)
}

// Div computes a/b elementwise, in a if asked.
func (e engine) Div(a, b tensor.Tensor, opts ...tensor.FuncOpt) (tensor.Tensor, error) {
	if overwrites(opts) && binary(vec.Div, a, b) {
		return a, nil
	}
	return e.StdEng.Div(a, b, opts...)
}

// AddScalar computes a + b for a number b, in a if asked.
func (e engine) AddScalar(a tensor.Tensor, b any, left bool, opts ...tensor.FuncOpt) (tensor.Tensor, error) {
	if overwrites(opts) && scalar(vec.Add, a, b) {
		return a, nil
	}
	return e.StdEng.AddScalar(a, b, left, opts...)
}

// MulScalar computes a·b for a number b, in a or added to another tensor if asked.
func (e engine) MulScalar(a tensor.Tensor, b any, left bool, opts ...tensor.FuncOpt) (tensor.Tensor, error) {
	o := tensor.ParseFuncOpts(opts...)
	switch {
	case o.Incr() != nil && increase(o.Incr(), a, b):
		return o.Incr(), nil
	case overwrites(opts) && scalar(vec.Mul, a, b):
		return a, nil
	}
	return e.StdEng.MulScalar(a, b, left, opts...)
}

// Sqrt computes the square root of a, in a if asked.
func (e engine) Sqrt(a tensor.Tensor, opts ...tensor.FuncOpt) (tensor.Tensor, error) {
	if overwrites(opts) && root(a) {
		return a, nil
	}
	return e.StdEng.Sqrt(a, opts...)
}

// overwrites reports whether the result goes into the first operand.
func overwrites(opts []tensor.FuncOpt) bool {
	o := tensor.ParseFuncOpts(opts...)
	return !o.Safe() && o.Incr() == nil && o.Reuse() == nil
}

// slices2 returns the elements of tensors of equal shape and type F, or nil.
func slices2[F kernel.Float](a, b tensor.Tensor) (x, y []F) {
	x, y = sliceOf[F](a), sliceOf[F](b)
	if len(x) != len(y) || !a.Shape().Eq(b.Shape()) {
		return nil, nil
	}
	return x, y
}

// sliceOf returns the elements of an array of type F if they lie in one piece,
// by rows, or nil. Arrays of one element are left to tensor, which has its own
// way with them.
func sliceOf[F kernel.Float](t tensor.Tensor) []F {
	d, ok := t.(*tensor.Dense)
	if !ok || d.IsMasked() || d.RequiresIterator() || !d.DataOrder().IsRowMajor() {
		return nil
	}
	x, _ := d.Data().([]F)
	if len(x) == 1 {
		return nil
	}
	return x
}

// binary computes a = a op b, or returns false.
func binary(op vec.BinaryOp, a, b tensor.Tensor) bool {
	return binaryOf[float32](op, a, b) || binaryOf[float64](op, a, b)
}

func binaryOf[F kernel.Float](op vec.BinaryOp, a, b tensor.Tensor) bool {
	x, y := slices2[F](a, b)
	pieces(len(x), func(from, to int) {
		vec.Binary(op, 1, to-from, x[from:to], to-from, row(x[from:to]), row(y[from:to]))
	})
	return len(x) > 0
}

// scalar computes a = a op c, or returns false.
func scalar(op vec.BinaryOp, a tensor.Tensor, c any) bool {
	return scalarOp[float32](op, a, c) || scalarOp[float64](op, a, c)
}

func scalarOp[F kernel.Float](op vec.BinaryOp, a tensor.Tensor, c any) bool {
	v, ok := c.(F)
	x := sliceOf[F](a)
	if !ok || len(x) == 0 {
		return false
	}
	number := kernel.Operand[F]{Data: []F{v}}
	pieces(len(x), func(from, to int) {
		vec.Binary(op, 1, to-from, x[from:to], to-from, row(x[from:to]), number)
	})
	return true
}

// increase computes sum += c·a, or returns false.
func increase(sum, a tensor.Tensor, c any) bool {
	return increaseOf[float32](sum, a, c) || increaseOf[float64](sum, a, c)
}

func increaseOf[F kernel.Float](sum, a tensor.Tensor, c any) bool {
	v, ok := c.(F)
	x, y := slices2[F](a, sum)
	if !ok || len(x) == 0 {
		return false
	}
	pieces(len(x), func(from, to int) { vec.Axpby(v, x[from:to], 1, y[from:to]) })
	return true
}

// root computes a = √a, or returns false.
func root(a tensor.Tensor) bool { return rootOf[float32](a) || rootOf[float64](a) }

func rootOf[F kernel.Float](a tensor.Tensor) bool {
	x := sliceOf[F](a)
	pieces(len(x), func(from, to int) { vec.Unary(vec.Sqrt, x[from:to], x[from:to]) })
	return len(x) > 0
}

func row[F kernel.Float](x []F) kernel.Operand[F] {
	return kernel.Operand[F]{Data: x, Row: len(x), Col: 1}
}

// pieces divides n elements among the cores, by size alone.
func pieces(n int, f func(from, to int)) {
	const piece = 1 << 15
	pool.Do((n+piece-1)/piece, func(i int) { f(i*piece, min(n, (i+1)*piece)) })
}
