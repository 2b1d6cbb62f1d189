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

// An attribute is an integer, the only kind that is needed.
type attribute struct {
	name  string
	value int64
}

type constant struct {
	name  string
	shape []int
	data  []byte // little-endian
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

// param adds a parameter, unless it is there, under its name, which the graph has no
// other use for.
func (g *graph) param(p *autodiff.Param) (string, error) {
	name := p.Name()
	if name == "x" || name == "scores" || strings.HasPrefix(name, "%") {
		return "", fmt.Errorf("a parameter is named %q, which stands for another value in the graph", name)
	}
	if !slices.ContainsFunc(g.constants, func(c constant) bool { return c.name == name }) {
		g.add(name, p.Shape(), p.Value())
	}
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
	g.constants = append(g.constants, constant{name, shape, data})
}
