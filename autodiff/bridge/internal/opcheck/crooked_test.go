package opcheck

import (
	"hash"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A bent op is the identity with a derivative that is wrong by 0.1 %.
type bent struct{ probe }

// crooked applies bent.
func crooked(x *G.Node) (*G.Node, error) {
	return G.ApplyOp(bent{probe{shape: x.Shape().Clone()}}, x)
}

func (bent) String() string                                   { return "bent" }
func (b bent) InferShape(...G.DimSizer) (tensor.Shape, error) { return b.shape.Clone(), nil }
func (bent) Do(in ...G.Value) (G.Value, error)                { return G.CloneValue(in[0]) }
func (bent) WriteHash(h hash.Hash)                            { h.Write([]byte("bent")) }
func (bent) Hashcode() uint32                                 { return 7 }
func (b bent) SymDiff(_ G.Nodes, _, dy *G.Node) (G.Nodes, error) {
	dx, err := G.HadamardProd(dy, number(dy, 1.001))
	return G.Nodes{dx}, err
}

func (b bent) Type() hm.Type {
	a := hm.TypeVariable('a')
	if b.shape.Dims() == 0 {
		return hm.NewFnType(a, a)
	}
	t := G.TensorType{Dims: b.shape.Dims(), Of: a}
	return hm.NewFnType(t, t)
}
