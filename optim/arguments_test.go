package optim_test

import (
	"math"
	"testing"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/exported"
)

// TestArguments calls all of the package with arguments that have no meaning.
func TestArguments(t *testing.T) {
	var calls []exported.Call
	calls = append(calls, trainerCalls(t)...)
	calls = append(calls, fitCalls(t)...)
	calls = append(calls, ruleCalls()...)
	calls = append(calls, objectiveCalls(t)...)
	calls = append(calls, searchCalls(t)...)
	exported.Check(t, ".", calls)
}

// disturbed returns lists with a parameter that cannot be used.
func disturbed() map[string][]*autodiff.Param {
	good := func() *autodiff.Param { return autodiff.NewParam("good", matrix(2, 3, 1, 2, 3, 4, 5, 6)) }
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

// lossless returns losses that are no loss, of a parameter and a batch.
func lossless(p *autodiff.Param) map[string]autodiff.LossFunc {
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

// unreadable returns batches that a linear model of three inputs cannot take, by
// form or by precision.
func unreadable() map[string]autodiff.Batch {
	x := func() *tensor.Dense { return matrix(4, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) }
	labels := func(n int) *tensor.Dense {
		return tensor.New(tensor.WithShape(n), tensor.WithBacking(make([]int, n)))
	}
	transposed := matrix(3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
	if err := transposed.T(); err != nil {
		panic(err)
	}
	wide := matrix(4, 5, make([]float64, 20)...)
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
		"a label out of range": {X: x(), Y: tensor.New(tensor.WithShape(4), tensor.WithBacking([]int{0, 1, 7, 0}))},
		"a negative label":     {X: x(), Y: tensor.New(tensor.WithShape(4), tensor.WithBacking([]int{0, 1, -1, 0}))},
		"a vector of examples": {X: vector(1, 2, 3, 4), Y: labels(4)},
		"a scalar example":     {X: tensor.New(tensor.FromScalar(1.0)), Y: labels(1)},
		"another width":        {X: wide, Y: labels(4)},
		"NaN":                  {X: matrix(1, 3, 1, math.NaN(), 3), Y: labels(1)},
	}
}
