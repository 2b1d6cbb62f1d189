package onnx

import (
	"maps"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// The versions of the operators, and of the format that goes with them.
const (
	operators = 17
	format    = 8
)

// A message is a protocol buffer in the making. Its fields have the numbers of
// onnx.proto, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, whose names for
// the messages stand above the functions.
type message []byte

func (m *message) integer(field protowire.Number, v uint64) {
	*m = protowire.AppendTag(*m, field, protowire.VarintType)
	*m = protowire.AppendVarint(*m, v)
}

func (m *message) bytes(field protowire.Number, v []byte) {
	*m = protowire.AppendTag(*m, field, protowire.BytesType)
	*m = protowire.AppendBytes(*m, v)
}

func (m *message) text(field protowire.Number, v string) { m.bytes(field, []byte(v)) }

// ModelProto: of examples of a shape, with a number of scores for each.
func (g *graph) file(shape []int, scores int, metadata map[string]string) []byte {
	var m, set message
	m.integer(1, format)
	m.text(2, "declive")
	m.bytes(7, g.graph(shape, scores))
	set.text(1, "") // the standard operators
	set.integer(2, operators)
	m.bytes(8, set)
	for _, key := range slices.Sorted(maps.Keys(metadata)) {
		var entry message
		entry.text(1, key)
		entry.text(2, metadata[key])
		m.bytes(14, entry)
	}
	return m
}

// GraphProto
func (g *graph) graph(shape []int, scores int) message {
	var m message
	for _, n := range g.nodes {
		m.bytes(1, n.wire())
	}
	m.text(2, "model")
	for _, c := range g.constants {
		m.bytes(5, c.wire())
	}
	m.bytes(11, g.value("x", shape))
	m.bytes(12, g.value("scores", []int{scores}))
	return m
}

// NodeProto
func (n node) wire() message {
	var m message
	for _, name := range n.in {
		m.text(1, name)
	}
	m.text(2, n.out)
	m.text(4, n.op)
	for _, a := range n.attributes {
		m.bytes(5, a.wire())
	}
	return m
}

// AttributeProto
func (a attribute) wire() message {
	const integer, integers = 2, 7 // the types
	var m message
	m.text(1, a.name)
	if a.list == nil {
		m.integer(3, uint64(a.value))
		m.integer(20, integer)
		return m
	}
	for _, v := range a.list {
		m.integer(8, uint64(v))
	}
	m.integer(20, integers)
	return m
}

// TensorProto
func (c constant) wire() message {
	var m message
	for _, d := range c.shape {
		m.integer(1, uint64(d))
	}
	m.integer(2, c.element)
	m.text(8, c.name)
	m.bytes(9, c.data)
	return m
}

// ValueInfoProto: an array with a row for each example, of which there may be any
// number.
func (g *graph) value(name string, row []int) message {
	var m, array, kind, shape, batch message
	batch.text(2, "batch")
	shape.bytes(1, batch)
	for _, d := range row {
		var length message
		length.integer(1, uint64(d))
		shape.bytes(1, length)
	}
	array.integer(1, g.element)
	array.bytes(2, shape)
	kind.bytes(1, array)
	m.text(1, name)
	m.bytes(2, kind)
	return m
}
