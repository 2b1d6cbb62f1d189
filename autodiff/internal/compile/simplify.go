package compile

import (
	"math"
	"strconv"

	"declive/autodiff/internal/shape"
)

// A Builder records what is compiled, simplified on the way: each method returns a
// node of the result, which may be a simpler one, or one that was recorded before.
// Operands must fit: whoever records has checked them.
type Builder struct {
	graph   *graph
	float32 bool // the precision, else float64
	rules   bool // rewrite rules and common subexpressions are on
	known   map[identity]*Node
}

func newBuilder(float32 bool, rules bool) *Builder {
	const few = 64 // nodes of a small model, for which the table need not grow
	return &Builder{&graph{}, float32, rules, make(map[identity]*Node, few)}
}

// Recording simplifies: it merges common subexpressions, folds scalar constants and
// drops ops that change nothing; rewrite tries the rules.
//
// What a rule may change: the rounding of a result, and the sign of a zero where
// a + 0 becomes a and a sum of −x the negative of a sum. What it may not: make a
// result NaN, infinite or 0 that is another number. So constants are joined only where that is a
// normal number of the precision, and a division by a constant becomes a
// product only where the reciprocal is exact.

// An identity tells nodes apart: the same op on the same operands is the same
// value.
type identity struct {
	op       any
	operands [3]int32
	more     string // the shape of leaves and views, and further operands
}

// make returns the node of an op, simplified, or one that exists already.
func (b *Builder) make(o op, in ...*Node) *Node {
	if b.rules {
		if y := b.rewrite(o, in); y != nil {
			return y
		}
	}
	to := o.shape(in)
	if _, ok := o.(elementwise); ok {
		b.materialise(in, to)
	}
	return b.intern(o, in, to)
}

// rewrite returns something simpler that equals the op, or nil.
func (b *Builder) rewrite(o op, in []*Node) *Node {
	if e, ok := o.(elementwise); ok {
		if y := b.fold(e, in); y != nil {
			return y
		}
		if y := b.unbroadcast(o, in); y != nil {
			return y
		}
		if y := b.sinkBroadcast(o, in); y != nil {
			return y
		}
		if y := b.sinkReshape(o, in); y != nil {
			return y
		}
		return b.arithmetic(o, in)
	}
	return b.view(o, in)
}

// intern returns the node of an op as it is, or one that exists already.
func (b *Builder) intern(o op, in []*Node, s shape.Shape) *Node {
	id := identify(o, in, s)
	if n := b.known[id]; n != nil && b.rules {
		return n
	}
	n := b.graph.add(o, in, s)
	b.known[id] = n
	return n
}

// identify returns what tells a node apart. An op that does not compare by itself
// has a key.
func identify(o op, in []*Node, s shape.Shape) identity {
	id := identity{op: o, operands: [3]int32{-1, -1, -1}}
	if k, ok := o.(interface{ key() any }); ok {
		id.op = k.key()
	}
	switch o.(type) {
	case input, labels, reshape, broadcast:
		id.more = s.String()
	}
	var rest []byte // of the operands
	for i, x := range in {
		if i < len(id.operands) {
			id.operands[i] = int32(x.id)
		} else {
			rest = strconv.AppendInt(append(rest, ' '), int64(x.id), 10)
		}
	}
	if len(rest) > 0 {
		id.more += string(rest)
	}
	return id
}

// round returns v as a number of the precision.
func (b *Builder) round(v float64) float64 {
	if b.float32 {
		return float64(float32(v))
	}
	return v
}

// normal reports whether c is a number of full precision: neither 0, subnormal,
// infinite nor NaN.
func (b *Builder) normal(c float64) bool {
	least, most := 0x1p-1022, math.MaxFloat64
	if b.float32 {
		least, most = 0x1p-126, math.MaxFloat32
	}
	c = math.Abs(b.round(c))
	return c >= least && c <= most
}

// fold computes an op on scalar constants, rounded as the interpreter does.
func (b *Builder) fold(o elementwise, in []*Node) *Node {
	for _, x := range in {
		if _, ok := scalarConstant(x); !ok {
			return nil
		}
	}
	at := make([]float64, len(in))
	for i, x := range in {
		at[i], _ = scalarConstant(x)
	}
	return b.Scalar(o.value(at))
}
