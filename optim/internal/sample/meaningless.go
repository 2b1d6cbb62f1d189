package sample

import (
	"math"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// Disturbed returns lists with a parameter that cannot be used.
func Disturbed() map[string][]*autodiff.Param {
	good := func() *autodiff.Param { return autodiff.NewParam("good", Matrix(2, 3, 1, 2, 3, 4, 5, 6)) }
	transposed, reshaped, single, twice := good(), good(), good(), good()
	if err := transposed.Value().T(); err != nil {
		panic(err)
	}
	if err := reshaped.Value().Reshape(3, 2); err != nil {
		panic(err)
	}
	single.Convert(tensor.Float32)
	return map[string][]*autodiff.Param{
		"nil params": nil, "nil param": {good(), nil}, "empty param": {good(), {}}, "transposed param": {transposed},
		"reshaped param": {reshaped}, "two precisions": {good(), single}, "one param twice": {twice, twice},
	}
}

// Lossless returns losses that are no loss, of a parameter and a batch.
func Lossless(p *autodiff.Param) map[string]autodiff.LossFunc {
	other := autodiff.NewGraph(tensor.Float64)
	return map[string]autodiff.LossFunc{
		"nil loss":                 nil,
		"a loss that returns nil":  func(x, _ *autodiff.Node) *autodiff.Node { return nil },
		"a loss of another graph":  func(x, _ *autodiff.Node) *autodiff.Node { return other.Param(p).Sum() },
		"a loss that is no scalar": func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(p) },
		"a loss that is labels":    func(_, y *autodiff.Node) *autodiff.Node { return y },
		"a loss that fails":        func(x, _ *autodiff.Node) *autodiff.Node { return x.MatMul(x) },
	}
}

// Unreadable returns batches that a linear model of three inputs cannot take, by
// form or by precision.
func Unreadable() map[string]autodiff.Batch {
	x := func() *tensor.Dense { return Matrix(4, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) }
	labels := func(n int) *tensor.Dense {
		return dense.Wrap([]int{n}, make([]int, n))
	}
	transposed := Matrix(3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
	if err := transposed.T(); err != nil {
		panic(err)
	}
	wide := Matrix(4, 5, make([]float64, 20)...)
	columns, err := wide.Slice(nil, tensor.S(1, 4))
	if err != nil {
		panic(err)
	}
	stepped, err := labels(8).Slice(tensor.S(0, 8, 2))
	if err != nil {
		panic(err)
	}
	return map[string]autodiff.Batch{
		"no batch":             {},
		"no examples":          {Y: labels(4)},
		"no labels":            {X: x()},
		"empty structs":        {X: &tensor.Dense{}, Y: &tensor.Dense{}},
		"an empty Y":           {X: x(), Y: &tensor.Dense{}},
		"transposed examples":  {X: transposed, Y: labels(4)},
		"columns as examples":  {X: columns.(*tensor.Dense), Y: labels(4)},
		"labels with a step":   {X: x(), Y: stepped.(*tensor.Dense)},
		"int examples":         {X: tensor.New(tensor.WithShape(4, 3), tensor.Of(tensor.Int)), Y: labels(4)},
		"int32 labels":         {X: x(), Y: tensor.New(tensor.WithShape(4), tensor.Of(tensor.Int32))},
		"string labels":        {X: x(), Y: tensor.New(tensor.WithShape(4), tensor.Of(tensor.String))},
		"labels too short":     {X: x(), Y: labels(3)},
		"labels too long":      {X: x(), Y: labels(5)},
		"labels of two axes":   {X: x(), Y: tensor.New(tensor.WithShape(4, 1), tensor.Of(tensor.Int))},
		"a scalar label":       {X: x(), Y: tensor.New(tensor.FromScalar(1))},
		"a label out of range": {X: x(), Y: dense.Wrap([]int{4}, []int{0, 1, 7, 0})},
		"a negative label":     {X: x(), Y: dense.Wrap([]int{4}, []int{0, 1, -1, 0})},
		"a vector of examples": {X: Vector(1, 2, 3, 4), Y: labels(4)},
		"a scalar example":     {X: tensor.New(tensor.FromScalar(1.0)), Y: labels(1)},
		"another width":        {X: wide, Y: labels(4)},
		"NaN":                  {X: Matrix(1, 3, 1, math.NaN(), 3), Y: labels(1)},
	}
}

// Reasons returns, for some of the [Unreadable] batches, why they are refused.
func Reasons() map[string]string {
	const materialize = ": the tensor is not contiguous and row-major; use its Materialize method"
	return map[string]string{
		"transposed examples": "examples of shape (4, 3)" + materialize,
		"columns as examples": "examples of shape (4, 3)" + materialize,
		"labels with a step":  "labels of shape (4)" + materialize,
		"int32 labels":        "targets of shape (4): precision int32 is neither float32 nor float64 (class labels are int)",
		"labels too short":    "labels of shape (3): there are 3 for 4 examples",
	}
}
