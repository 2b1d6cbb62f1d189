package opcheck

import (
	"fmt"
	"hash"
	"hash/fnv"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/internal/values"
)

// A probe is a Gorgonia op that turns an array into the cost Σ w∘y, computed in
// float64, so that no other op of Gorgonia's stands between the one under test
// and what is compared. Its derivative, of the same type, is dy = d·w.
type probe struct {
	w     []float64
	shape tensor.Shape
	back  bool // the derivative
}

var _ G.SDOp = probe{}

func (probe) Arity() int           { return 1 }
func (probe) ReturnsPtr() bool     { return false }
func (probe) CallsExtern() bool    { return false }
func (probe) OverwritesInput() int { return -1 }
func (p probe) String() string     { return fmt.Sprintf("probe{%v, back %t}", p.shape, p.back) }
func (probe) DiffWRT(n int) []bool { return []bool{true} }

func (p probe) Type() hm.Type {
	number := hm.TypeVariable('a')
	var array hm.Type = number
	if p.shape.Dims() > 0 {
		array = G.TensorType{Dims: p.shape.Dims(), Of: number}
	}
	if p.back {
		return hm.NewFnType(number, array)
	}
	return hm.NewFnType(array, number)
}

func (p probe) InferShape(...G.DimSizer) (tensor.Shape, error) {
	if p.back {
		return p.shape.Clone(), nil
	}
	return tensor.ScalarShape(), nil
}

func (p probe) Do(in ...G.Value) (G.Value, error) {
	x, err := values.Elements(in[0])
	if err != nil {
		return nil, err
	}
	dt := in[0].Dtype()
	if p.back {
		dy := make([]float64, len(p.w))
		for i, w := range p.w {
			dy[i] = x[0] * w
		}
		return values.New(dt, p.shape, dy), nil
	}
	if len(x) != len(p.w) {
		return nil, fmt.Errorf("the result has %d elements, its shape is %v", len(x), p.shape)
	}
	sum := 0.0
	for i, w := range p.w {
		sum += w * x[i]
	}
	return values.New(dt, nil, []float64{sum}), nil
}

// SymDiff returns d·w for the incoming gradient d, a number.
func (p probe) SymDiff(_ G.Nodes, _, d *G.Node) (G.Nodes, error) {
	p.back = true
	dy, err := G.ApplyOp(p, d)
	return G.Nodes{dy}, err
}

func (p probe) WriteHash(h hash.Hash) { h.Write([]byte(p.String())) }

func (p probe) Hashcode() uint32 {
	h := fnv.New32a()
	p.WriteHash(h)
	return h.Sum32()
}
