package autodiff

import "strconv"

// A derivative that is 0 because an op does not look at an element is 0 whatever
// comes in, also an infinity, and 0·∞ is NaN. So Grad does not multiply by masks:
// it keeps beside a cotangent where it may differ from 0, its support, and
// chooses between the cotangent and 0 after the products with the derivatives of
// elementwise ops, which are linear in it:
//
//	vjp(mask ≠ 0 ? u : 0) = mask ≠ 0 ? vjp(u) : 0
//
// A support comes from the ops that choose, whose derivatives say
// mask.Where(dy, 0), and from factors that are constant on the way to what is
// differentiated for.

// A cotangent is the gradient of the result with respect to a node. Its value
// counts on a support; outside it may be anything, such as 0·∞. Where it does not
// count, and where else it is 0 because of what was chosen before, is known.
type cotangent struct {
	value  *Node
	on     *support // where the value counts, nil for everywhere
	known  *support // outside of which the gradient is 0, nil for nowhere
	chosen *Node    // the choice between value and 0, if an op has recorded it
}

// A support says which elements of a cotangent count. Its array is recorded when
// somebody asks; it broadcasts to the cotangent's shape.
type support struct {
	shape  Shape
	build  func() *Node
	array  *Node // 0 exactly outside the support, or the contrary
	invert bool
	branch bool // of a Where in the function that is differentiated
}

// mask returns the array of s.
func (s *support) mask() *Node {
	if s.array == nil {
		s.array = s.build()
	}
	return s.array
}

// of returns x in the support and 0 outside.
func (s *support) of(x *Node) *Node {
	m, zero := s.mask(), x.graph.Scalar(0)
	if s.invert {
		return m.Where(zero, x)
	}
	return m.Where(x, zero)
}

// indicator returns 1 in the support and 0 outside.
func (s *support) indicator() *Node {
	m := s.mask()
	zero := m.graph.Scalar(0)
	if s.invert {
		return m.Equal(zero)
	}
	return m.NotEqual(zero)
}

// constant reports whether s is the same along the axes of which an array that
// is summed to shape keeps one element.
func (s *support) constant(to Shape) bool {
	for k := 1; k <= len(s.shape); k++ {
		if s.shape.fromEnd(k) != 1 && to.fromEnd(k) == 1 {
			return false
		}
	}
	return true
}

// plain returns the gradient as one node.
func (c *cotangent) plain() *Node {
	if c.on == nil {
		return c.value
	}
	if c.chosen == nil {
		c.chosen = c.on.of(c.value)
	}
	c.value, c.on = c.chosen, nil
	return c.value
}

// supports holds the supports of one accumulation, so that equal ones are one.
type supports struct {
	chosen map[identity][2]*support
	both   map[[2]*support]*support
}

func newSupports() supports {
	return supports{map[identity][2]*support{}, map[[2]*support]*support{}}
}

// chosenBy returns the support of what mask chooses.
func (s supports) chosenBy(mask *Node, invert bool) *support {
	id := identify(mask)
	sides, ok := s.chosen[id]
	if !ok {
		sides[0] = &support{shape: mask.shape, array: mask}
		sides[1] = &support{shape: mask.shape, array: mask, invert: true}
		s.chosen[id] = sides
	}
	if invert {
		return sides[1]
	}
	return sides[0]
}

// split takes a gradient that ends with a choice between a value and 0 apart.
func (s supports) split(dx *Node) (value *Node, on *support) {
	if _, ok := dx.op.(where); !ok {
		return dx, nil
	}
	mask, a, b := dx.inputs[0], dx.inputs[1], dx.inputs[2]
	switch {
	case is(b, 0):
		return a, s.chosenBy(mask, false)
	case is(a, 0):
		return b, s.chosenBy(mask, true)
	}
	return dx, nil
}

// intersect returns the support of what lies in a and b.
func (s supports) intersect(a, b *support) *support {
	switch {
	case a == nil || a == b:
		return b
	case b == nil:
		return a
	}
	key := [2]*support{a, b}
	if s.both[key] == nil {
		shape, _ := broadcastShapes(a.shape, b.shape)
		s.both[key] = &support{
			shape: shape, branch: a.branch || b.branch,
			build: func() *Node { return a.of(b.indicator()) },
		}
	}
	return s.both[key]
}

// union returns the support of what lies in a or b.
func union(a, b *support) *support {
	switch {
	case a == nil || b == nil || a.complements(b):
		return nil
	case a == b:
		return a
	}
	shape, _ := broadcastShapes(a.shape, b.shape)
	return &support{
		shape: shape, branch: a.branch || b.branch,
		build: func() *Node { return a.indicator().Max(b.indicator()) },
	}
}

// complements reports whether a and b are the two sides of one choice.
func (a *support) complements(b *support) bool {
	return a != nil && b != nil && a.array != nil && a.array == b.array && a.invert != b.invert
}

// through returns the support of what f, which moves or adds elements, makes of
// an array of the given shape with support s.
func (s *support) through(shape Shape, f func(*Node) *Node, to Shape) *support {
	return &support{
		shape: to, branch: s.branch,
		build: func() *Node { return f(s.indicator().Broadcast(shape...)) },
	}
}

// summed returns the support of the sum of an array of shape from, with support
// s, to another shape; nil where it is not worth looking for.
func (s *support) summed(from, to Shape) *support {
	switch {
	case s == nil:
		return nil
	case !s.constant(to):
		if !s.branch {
			return nil // of a derivative, such as one hot, which has something everywhere
		}
		return s.through(from, func(m *Node) *Node { return m.sumTo(to) }, to)
	case len(s.shape) > len(to):
		short := s.shape[len(s.shape)-len(to):]
		return s.through(s.shape, func(m *Node) *Node { return m.Reshape(short...) }, short)
	}
	return s
}

// An identity tells nodes apart: the same op on the same operands is the same
// value.
type identity struct {
	op       any
	operands string
}

func identify(n *Node) identity {
	var ids []byte
	for _, x := range n.inputs {
		ids = strconv.AppendInt(append(ids, ' '), int64(x.id), 10)
	}
	return identity{identityOf(n.op), string(ids)}
}
