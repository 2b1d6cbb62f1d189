package lanes

import (
	"slices"

	"declive/autodiff"
)

// convolution records a convolution of which little moves:
//
//	w[k, r, s, c] moves:     channel k of y += (w′ − w)·(channel c of x, shifted by r and s)
//	channel c of x moves:    y += the convolution of (x′ − x)[…, c] with w[…, c]
//
// where the second has all channels of y, but one of x.
func (b *builder) convolution(n *autodiff.Node) lane {
	x, w := n.Inputs()[0], n.Inputs()[1]
	lx, lw := b.known[x], b.known[w]
	switch {
	case lx.reach == fixed && lw.reach == element:
		return b.update(n, !lw.flipped, b.shifted(n, lw.flipped).Mul(b.change(w)))
	case lx.reach == column && lx.cols == x.Shape()[3] && lw.reach == fixed:
		return lane{reach: whole, node: b.base(n).Add(b.thin(n))}
	}
	return lane{}
}

// shifted returns, of the images of a convolution, what each lane's weight is
// multiplied by: a channel that begins at the weight's place in a window.
func (b *builder) shifted(n *autodiff.Node, flipped bool) *autodiff.Node {
	x, w, y, a := n.Inputs()[0], n.Inputs()[1].Shape(), n.Shape(), n.Attributes()
	data, height, width := b.padded(x, a[2:6])
	g := &gather{data: data, colStep: 1, count: y[0] * y[1] * y[2]}
	for row := range g.count {
		image, i, j := row/(y[1]*y[2]), row/y[2]%y[1], row%y[2]
		g.places = append(g.places, ((image*height+i*a[0])*width+j*a[1])*w[3])
	}
	for tap := range w[1] * w[2] * w[3] {
		r, s, c := tap/(w[2]*w[3]), tap/w[3]%w[2], tap%w[3]
		g.taps = append(g.taps, (r*width+s)*w[3]+c)
	}
	return b.add(g, flipped, g.count, b.lanes)
}

// padded returns images with zeros around them: above, left, below and right.
func (b *builder) padded(x *autodiff.Node, pads []int) (data []float64, height, width int) {
	s, from := x.Shape(), b.data(x)
	height, width = pads[0]+s[1]+pads[2], pads[1]+s[2]+pads[3]
	data = make([]float64, s[0]*height*width*s[3])
	line := s[2] * s[3]
	for i := range s[0] * s[1] {
		at := (i/s[1]*height+pads[0]+i%s[1])*width + pads[1]
		copy(data[at*s[3]:], from[i*line:(i+1)*line])
	}
	return data, height, width
}

// thin returns the convolution of what moved in one channel of the images, which may
// be another one in each lane.
func (b *builder) thin(n *autodiff.Node) *autodiff.Node {
	x, w := n.Inputs()[0], n.Inputs()[1]
	l, sx, sw := b.known[x], shapeOf(x), shapeOf(w)
	weights := b.columnOf(w, w.Shape(), lane{reach: column, flipped: l.flipped, cols: l.cols})
	return b.laneByLane(n, []*autodiff.Node{
		b.change(x).Reshape(append(sx[:3], 1, b.lanes)...),
		weights.Reshape(append(sw[:3], 1, b.lanes)...),
	}, []bool{true, true})
}

// channels records a pool or a norm that takes every channel by itself: lanes stand
// in the place of channels.
func (b *builder) channels(n *autodiff.Node) lane {
	x := n.Inputs()[0]
	l, s := b.known[x], shapeOf(x)
	last := len(s) - 1
	if l.reach != column || l.cols != s[last] || n.Op() == "Normalize" && slices.Contains(n.Attributes(), last) {
		return lane{}
	}
	l.node = b.to.Repeat(n, l.node.Reshape(append(s[:last], b.lanes)...)).Reshape(-1, b.lanes)
	return l
}
