package record_test

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/record"
)

type node = autodiff.Node

var (
	x       = dense.Wrap([]int{2, 3}, []float64{1, 2, 3, 4, 5, 6})
	labels  = dense.Wrap([]int{2}, []int{2, 0})
	targets = dense.Wrap([]int{2}, []float64{-1, 1})
)

// TestNew runs what is recorded for each form of batch.
func TestNew(t *testing.T) {
	for _, c := range []struct {
		name  string
		batch autodiff.Batch
		loss  autodiff.LossFunc
		want  float64
	}{
		{"labels", autodiff.Batch{X: x, Y: labels}, func(x, y *node) *node { return x.Pick(y).Sum() }, 3 + 4},
		{"targets", autodiff.Batch{X: x, Y: targets}, func(x, y *node) *node { return x.Slice(1, 0, 1).Reshape(2).Mul(y).Sum() }, -1 + 4},
		{"examples alone", autodiff.Batch{X: x}, func(x, y *node) *node { return x.Add(y).Sum() }, 21},
		{"targets alone", autodiff.Batch{Y: targets}, func(x, y *node) *node { return x.Add(y).Square().Sum() }, 2},
		{"nothing", autodiff.Batch{}, func(x, y *node) *node { return x.Add(y).AddScalar(5) }, 5},
	} {
		l, err := record.New(c.loss, autodiff.NewGraph(tensor.Float64), c.batch)
		require.NoError(t, err, c.name)
		assert.Equal(t, c.batch.X == nil, l.Examples == nil, c.name)
		assert.Equal(t, c.batch.Y == nil, l.Truth == nil, c.name)
		p, err := autodiff.Compile(l.Value)
		require.NoError(t, err, c.name)
		out, err := p.Run(l.Feed(nil, c.batch)...)
		require.NoError(t, err, c.name)
		assert.Equal(t, c.want, out.Scalar(0), c.name)
	}
}

func TestParams(t *testing.T) {
	w := autodiff.NewParam("w", dense.New(tensor.Float32, []int{3}, []float64{1, 2, 3}))
	l, err := record.New(func(x, _ *node) *node { return x.Graph().Param(w).Sum() }, autodiff.NewGraph(tensor.Float64), autodiff.Batch{})
	require.NoError(t, err)
	nodes := l.Params([]*autodiff.Param{w})
	require.Len(t, nodes, 1)
	assert.True(t, l.Value.DependsOn(nodes[0]), "the loss's own node of the parameter")
	assert.Equal(t, tensor.Float64, l.Graph.Precision())
}

func TestNewRefuses(t *testing.T) {
	other := autodiff.NewGraph(tensor.Float64)
	for _, c := range []struct {
		loss autodiff.LossFunc
		want string
	}{
		{nil, "the loss function is nil"},
		{func(_, _ *node) *node { return nil }, "the loss function returned nil, want a node"},
		{func(_, _ *node) *node { return other.Scalar(1) }, "the loss is a node of another graph; record it from the x and y that the loss function is given"},
		{func(x, _ *node) *node { return x }, "the loss has shape (2, 3), want a scalar"},
	} {
		_, err := record.New(c.loss, autodiff.NewGraph(tensor.Float64), autodiff.Batch{X: x})
		assert.EqualError(t, err, c.want)
	}
	_, err := record.New(nil, autodiff.NewGraph(tensor.Float64), autodiff.Batch{})
	assert.ErrorIs(t, err, record.ErrNoLoss)
	_, err = record.New(func(x, _ *node) *node { return x.MatMul(x) }, autodiff.NewGraph(tensor.Float64), autodiff.Batch{X: x})
	var recorded *autodiff.Error
	require.ErrorAs(t, err, &recorded)
	assert.Equal(t, "MatMul", recorded.Op)
}

func TestCache(t *testing.T) {
	built, failing := 0, false
	c := record.NewCache(func(autodiff.Batch) (int, error) {
		if failing {
			return 0, errors.New("no")
		}
		built++
		return built, nil
	})
	of := func(x, y *tensor.Dense) int {
		v, err := c.For(autodiff.Batch{X: x, Y: y})
		require.NoError(t, err)
		return v
	}
	wide := dense.Zeros(tensor.Float64, 2, 4)
	for range 2 {
		assert.Equal(t, 1, of(x, labels))
		assert.Equal(t, 2, of(x, targets), "labels and targets of one shape")
		assert.Equal(t, 3, of(wide, labels))
		assert.Equal(t, 4, of(nil, labels))
		assert.Equal(t, 5, of(x, nil))
		assert.Equal(t, 6, of(nil, nil))
		assert.Equal(t, 7, of(dense.Zeros(tensor.Float64), nil), "a scalar is not nothing")
		assert.Equal(t, 1, of(dense.Zeros(tensor.Float64, 2, 3), dense.Wrap([]int{2}, []int{1, 1})), "other values")
	}
	failing = true
	_, err := c.For(autodiff.Batch{Y: x})
	require.EqualError(t, err, "no")
	failing = false
	assert.Equal(t, 8, of(nil, x), "what failed is tried again")
}

// A batch's tensors may change their shape after they were seen.
func TestCacheKeepsShapes(t *testing.T) {
	c := record.NewCache(func(b autodiff.Batch) (int, error) { return b.X.Shape()[0], nil })
	v := dense.Zeros(tensor.Float64, 2, 6)
	for _, rows := range []int{2, 3, 2} {
		require.NoError(t, v.Reshape(rows, 12/rows))
		got, err := c.For(autodiff.Batch{X: v})
		require.NoError(t, err)
		assert.Equal(t, rows, got)
	}
}

func TestSize(t *testing.T) {
	assert.Equal(t, 2, record.Size(autodiff.Batch{X: x, Y: labels}))
	assert.Equal(t, 2, record.Size(autodiff.Batch{Y: labels}))
	assert.Equal(t, 2, record.Size(autodiff.Batch{X: dense.Zeros(tensor.Float64), Y: labels}))
	assert.Equal(t, 1, record.Size(autodiff.Batch{X: dense.Zeros(tensor.Float64)}))
	assert.Equal(t, 0, record.Size(autodiff.Batch{X: dense.Zeros(tensor.Float32, 0, 3)}))
	assert.Equal(t, 1, record.Size(autodiff.Batch{}))
}

func TestPrecision(t *testing.T) {
	param := func(name string, dt tensor.Dtype) *autodiff.Param {
		return autodiff.NewParam(name, dense.Zeros(dt, 2, 3))
	}
	a, b := param("a", tensor.Float32), param("b", tensor.Float32)
	got, err := record.Precision([]*autodiff.Param{a, b})
	require.NoError(t, err)
	assert.Equal(t, tensor.Float32, got)

	turned := param("turned", tensor.Float32)
	require.NoError(t, turned.Value().T())
	for _, c := range []struct {
		params []*autodiff.Param
		want   string
	}{
		{nil, "there are no parameters"},
		{[]*autodiff.Param{a, nil}, "parameter 1: autodiff: Param at"},
		{[]*autodiff.Param{turned}, "parameter 0: autodiff: Param at"},
		{[]*autodiff.Param{a, param("c", tensor.Float64)}, "parameter a is float32 and c is float64, want one precision; use Param.Convert"},
		{[]*autodiff.Param{a, b, a}, "parameter a is given twice"},
	} {
		_, err := record.Precision(c.params)
		assert.ErrorContains(t, err, c.want)
	}
}

func TestCheck(t *testing.T) {
	assert.NoError(t, record.Check(autodiff.Batch{X: x, Y: labels}))
	assert.EqualError(t, record.Check(autodiff.Batch{X: labels}), "examples of shape (2): precision int is neither float32 nor float64")
}

// TestFirstNonFinite has 1/0 in the loss, in a part, or recorded before the part.
func TestFirstNonFinite(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	in := g.Input("in", 2)
	feeds := []autodiff.Feed{in.Feed(dense.Wrap([]int{2}, []float64{3, 0}))}
	loss := in.Sum()
	quotient := g.Scalar(1).Div(in) // 1/3, ∞
	root := quotient.Neg().Sqrt()   // both not numbers
	whole, behind := record.Part{Name: "gradient", Nodes: []*node{root, loss}}, record.Part{Name: "update", Nodes: []*node{root}, From: root.ID()}
	harmless := record.Part{Name: "harmless", Nodes: []*node{in}}

	assert.Equal(t, record.Fault{Loss: 3}, record.FirstNonFinite(feeds, loss, harmless))
	assert.Equal(t, record.Fault{Loss: 3, Part: "gradient", Node: quotient, Value: math.Inf(1)}, record.FirstNonFinite(feeds, loss, harmless, whole))
	f := record.FirstNonFinite(feeds, loss, behind)
	assert.True(t, math.IsNaN(f.Value))
	f.Value = 0
	assert.Equal(t, record.Fault{Loss: 3, Part: "update", Node: root}, f)

	infinite := quotient.Sum()
	assert.Equal(t, record.Fault{Loss: math.Inf(1), Node: quotient, Value: math.Inf(1)}, record.FirstNonFinite(feeds, infinite, whole))

	f = record.FirstNonFinite(nil, loss)
	assert.True(t, math.IsNaN(f.Loss), "without feeds there is no loss")
	assert.Nil(t, f.Node)
}

// TestMore asks the graph for further values, numbers and labels.
func TestMore(t *testing.T) {
	b := autodiff.Batch{X: x, Y: targets, More: []autodiff.Named{{Name: "weights", Value: dense.Wrap([]int{2}, []float64{10, 100})}, {Name: "column", Value: labels}}}
	require.NoError(t, record.Check(b))
	l, err := record.New(func(x, y *node) *node {
		g := x.Graph()
		picked := x.Pick(g.Given("column")).Reshape(2) // 3, 4
		return picked.Mul(y).Mul(g.Given("weights")).Sum()
	}, autodiff.NewGraph(tensor.Float64), b)
	require.NoError(t, err)
	p, err := autodiff.Compile(l.Value)
	require.NoError(t, err)
	out, err := p.Run(l.Feed(nil, b)...)
	require.NoError(t, err)
	assert.Equal(t, -3.0*10+4*100, out.Scalar(0))
}

func TestCheckMore(t *testing.T) {
	transposed := dense.Zeros(tensor.Float64, 2, 3)
	require.NoError(t, transposed.T())
	for _, c := range []struct {
		more autodiff.Named
		want string
	}{
		{autodiff.Named{Value: x}, `the batch's further value "": it has no name`},
		{autodiff.Named{Name: "a"}, `the batch's further value "a": the tensor is nil`},
		{autodiff.Named{Name: "a", Value: transposed}, `the batch's further value "a": the tensor is not contiguous and row-major; use its Materialize method`},
		{autodiff.Named{Name: "a", Value: dense.Wrap([]int{2, 1}, []int{0, 1})}, `the batch's further value "a": labels have shape (2, 1), want one axis`},
	} {
		assert.EqualError(t, record.Check(autodiff.Batch{X: x, More: []autodiff.Named{c.more}}), c.want)
	}
	twice := autodiff.Batch{X: x, More: []autodiff.Named{{Name: "a", Value: x}, {Name: "a", Value: x}}}
	_, err := record.New(func(x, _ *node) *node { return x.Sum() }, autodiff.NewGraph(tensor.Float64), twice)
	assert.ErrorContains(t, err, `the graph already has an input or parameter named "a"`)
}

func TestCacheOfMore(t *testing.T) {
	built := 0
	c := record.NewCache(func(autodiff.Batch) (int, error) { built++; return built, nil })
	of := func(more ...autodiff.Named) int {
		v, err := c.For(autodiff.Batch{X: x, More: more})
		require.NoError(t, err)
		return v
	}
	a, b := autodiff.Named{Name: "a", Value: targets}, autodiff.Named{Name: "b", Value: targets}
	for range 2 {
		assert.Equal(t, 1, of())
		assert.Equal(t, 2, of(a))
		assert.Equal(t, 3, of(b))
		assert.Equal(t, 4, of(a, b))
		assert.Equal(t, 5, of(autodiff.Named{Name: "a", Value: labels}), "labels and numbers of one shape")
		assert.Equal(t, 6, of(autodiff.Named{Name: "a", Value: x}), "another shape")
		assert.Equal(t, 2, of(autodiff.Named{Name: "a", Value: dense.Wrap([]int{2}, []float64{7, 8})}), "other values")
	}
}
