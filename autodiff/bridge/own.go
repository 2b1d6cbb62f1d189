package bridge

import (
	"fmt"
	"hash"
	"hash/fnv"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// An ownOp is a Gorgonia op that copies its operand into another shape. It is
// here for two reasons. Gorgonia's Reshape shares memory with its operand, and
// its tape machine may then compute in place in the one while the other is still
// read. And Gorgonia has no op that stops a derivative.
type ownOp struct {
	from, to tensor.Shape
	stop     bool // no derivative passes
}

var _ G.SDOp = ownOp{}

func (ownOp) Arity() int             { return 1 }
func (ownOp) ReturnsPtr() bool       { return false }
func (ownOp) CallsExtern() bool      { return false }
func (ownOp) OverwritesInput() int   { return -1 }
func (o ownOp) String() string       { return fmt.Sprintf("Copy{%v to %v, stop %t}", o.from, o.to, o.stop) }
func (o ownOp) DiffWRT(n int) []bool { return []bool{!o.stop} }
func (o ownOp) Type() hm.Type        { return hm.NewFnType(typeOf(o.from), typeOf(o.to)) }

func typeOf(s tensor.Shape) hm.Type {
	a := hm.TypeVariable('a')
	if s.Dims() == 0 {
		return a
	}
	return G.TensorType{Dims: s.Dims(), Of: a}
}

func (o ownOp) InferShape(...G.DimSizer) (tensor.Shape, error) { return o.to.Clone(), nil }

func (o ownOp) Do(in ...G.Value) (G.Value, error) {
	v, err := G.CloneValue(in[0])
	if t, ok := v.(tensor.Tensor); ok && err == nil {
		err = t.Reshape(o.to...)
	}
	return v, err
}

// SymDiff returns the gradient in the operand's shape.
func (o ownOp) SymDiff(_ G.Nodes, _, dy *G.Node) (G.Nodes, error) {
	dx, err := G.ApplyOp(ownOp{from: o.to, to: o.from}, dy)
	return G.Nodes{dx}, err
}

func (o ownOp) WriteHash(h hash.Hash) { h.Write([]byte(o.String())) }

func (o ownOp) Hashcode() uint32 {
	h := fnv.New32a()
	o.WriteHash(h)
	return h.Sum32()
}
