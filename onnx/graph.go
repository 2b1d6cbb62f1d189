package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// Types of elements, as onnx.proto numbers them.
const (
	elementFloat  = 1
	elementInt64  = 7
	elementDouble = 11
)

// A graph is one of ONNX in the making: nodes in the order in which they run, and the
// constants that they read.
type graph struct {
	element   uint64
	nodes     []node
	constants []constant
}

type node struct {
	op         string
	in         []string
	out        string
	attributes []attribute
}

// An attribute is an integer or, where there is one, a list of them.
type attribute struct {
	name  string
	value int
	list  []int
}

type constant struct {
	name    string
	element uint64
	shape   []int
	data    []byte // little-endian
}

// node adds an operator and returns the name of its result.
func (g *graph) node(op string, in ...string) string { return g.nodeWith(op, nil, in...) }

func (g *graph) nodeWith(op string, attributes []attribute, in ...string) string {
	out := fmt.Sprintf("%%%d", len(g.nodes)+1)
	g.nodes = append(g.nodes, node{op, in, out, attributes})
	return out
}

// rename gives the result of the last node a name; a graph that returns its input
// gets a node that does nothing.
func (g *graph) rename(result, name string) {
	if len(g.nodes) == 0 {
		g.node("Identity", result)
	}
	g.nodes[len(g.nodes)-1].out = name
}

// constant adds numbers of the graph's precision. Names of ours begin with a percent
// sign, so that they meet no parameter's.
func (g *graph) constant(name string, shape []int, v []float64) string {
	dt := tensor.Float32
	if g.element == elementDouble {
		dt = tensor.Float64
	}
	g.add("%"+name, shape, dense.New(dt, shape, v))
	return "%" + name
}

// unnamed adds numbers whose name nobody needs.
func (g *graph) unnamed(shape []int, v []float64) string {
	return g.constant(fmt.Sprintf("constant/%d", len(g.constants)), shape, v)
}

// number adds one number, unless it is there.
func (g *graph) number(v float64) string {
	name := fmt.Sprintf("number/%v", v)
	if g.has("%" + name) {
		return "%" + name
	}
	return g.constant(name, []int{1}, []float64{v})
}

// integers adds a list such as a shape.
func (g *graph) integers(v ...int) string {
	c := constant{fmt.Sprintf("%%constant/%d", len(g.constants)), elementInt64, []int{len(v)}, nil}
	for _, i := range v {
		c.data = binary.LittleEndian.AppendUint64(c.data, uint64(i))
	}
	g.constants = append(g.constants, c)
	return c.name
}

func (g *graph) has(name string) bool {
	return slices.ContainsFunc(g.constants, func(c constant) bool { return c.name == name })
}

// param adds a parameter, unless it is there, under its name, which the graph has no
// other use for. Weights of images become of shape (out, in, rows, columns).
func (g *graph) param(p *autodiff.Param) (string, error) {
	name := p.Name()
	if name == "x" || name == "scores" || strings.HasPrefix(name, "%") {
		return "", fmt.Errorf("a parameter is named %q, which stands for another value in the graph", name)
	}
	if g.has(name) {
		return name, nil
	}
	v := p.Value()
	if len(p.Shape()) == 4 {
		turned, err := tensor.Transpose(v, toONNX...)
		if err != nil {
			return "", fmt.Errorf("parameter %q: %w", name, err)
		}
		v = turned.(*tensor.Dense)
	}
	g.add(name, v.Shape(), v)
	return name, nil
}

func (g *graph) add(name string, shape []int, v *tensor.Dense) {
	var data []byte
	if v.Dtype() == tensor.Float64 {
		for _, x := range v.Float64s() {
			data = binary.LittleEndian.AppendUint64(data, math.Float64bits(x))
		}
	} else {
		for _, x := range v.Float32s() {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(x))
		}
	}
	g.constants = append(g.constants, constant{name, g.element, shape, data})
}
