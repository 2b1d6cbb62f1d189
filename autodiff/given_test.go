package autodiff_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
)

func TestTraining(t *testing.T) {
	assert.False(t, autodiff.NewGraph(tensor.Float32).Training(), "a graph judges unless it is made to train")
	g := autodiff.NewTrainingGraph(tensor.Float32)
	assert.True(t, g.Training())
	assert.Equal(t, tensor.Float32, g.Precision())
}

func TestGiven(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	given := func(name string) (n *node, err error) {
		defer autodiff.Catch(&err)
		return g.Given(name), nil
	}
	_, err := given("mask")
	assert.ErrorContains(t, err, `the graph has no input named "mask"; it has none`)
	mask, classes := g.Input("mask", 2, 3), g.Labels("classes", 2)
	g.Param(autodiff.NewParam("w", zeros(tensor.Float64, 3)))
	for name, want := range map[string]*node{"mask": mask, "classes": classes} {
		n, err := given(name)
		require.NoError(t, err)
		assert.Same(t, want, n)
	}
	_, err = given("w")
	assert.ErrorContains(t, err, `the graph has no input named "w"; it has classes, mask`)
}

func TestAssigned(t *testing.T) {
	p, q := autodiff.NewParam("p", zeros(tensor.Float64, 3)), autodiff.NewParam("q", zeros(tensor.Float64, 2))
	g := autodiff.NewGraph(tensor.Float64)
	a := g.Assign(q, g.Input("x", 2))
	b := g.Assign(p, g.Param(p).Neg())
	var params []*autodiff.Param
	var nodes []*node
	for p, n := range g.Assigned() {
		params, nodes = append(params, p), append(nodes, n)
	}
	assert.Equal(t, []*autodiff.Param{q, p}, params)
	assert.Equal(t, []*node{a, b}, nodes)
	for p := range g.Assigned() {
		assert.Same(t, q, p)
		break
	}
}
