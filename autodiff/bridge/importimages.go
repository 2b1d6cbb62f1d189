package bridge

import (
	"fmt"
	"reflect"
	"strings"

	G "gorgonia.org/gorgonia"

	"declive/autodiff"
	"declive/internal/dense"
)

// Gorgonia's images are (batch, channels, height, width) and its filters (out, in,
// rows, columns); ours have the channels last.

func channelsLast(x *autodiff.Node) *autodiff.Node  { return x.Transpose(0, 2, 3, 1) }
func channelsFirst(x *autodiff.Node) *autodiff.Node { return x.Transpose(0, 3, 1, 2) }

// attribute returns a field of an op, of which its name does not tell.
func (im *Imported) attribute(n *G.Node, field string) reflect.Value {
	v := reflect.Indirect(reflect.ValueOf(n.Op()))
	if v.Kind() == reflect.Struct {
		if f := v.FieldByName(field); f.IsValid() {
			return f
		}
	}
	im.refuse(n, fmt.Sprintf("the op has no field %s in this version of Gorgonia", field))
	return v
}

func (im *Imported) integers(n *G.Node, fields ...string) []int {
	out := make([]int, len(fields))
	for i, f := range fields {
		out[i] = int(im.attribute(n, f).Int())
	}
	return out
}

// A sweep is how the windows of a convolution go over images.
type sweep struct {
	rows, columns int
	dilation      [2]int
	at            autodiff.Window
}

// sweep returns what an im2col or a col2im does.
func (im *Imported) sweep(n *G.Node) sweep {
	a := im.integers(n, "h", "w", "padH", "padW", "strideH", "strideW", "dilationH", "dilationW")
	return sweep{a[0], a[1], [2]int{a[6], a[7]}, autodiff.Window{
		Pads: [2][2]int{{a[2], a[2]}, {a[3], a[3]}}, Strides: [2]int{a[4], a[5]},
	}}
}

func (s sweep) close() bool { return s.dilation == [2]int{1, 1} }

// convolution records what Conv2d and its derivatives are made of,
//
//	y  = im2col(x)·wᵀ    dw = dyᵀ·im2col(x)    dx = col2im(dy·w)
//
// as convolutions and their derivatives, and an im2col or col2im elsewhere as one with
// filters of a single 1. It returns nil for an op of something else.
func (im *Imported) convolution(n *G.Node, name string) *autodiff.Node {
	in := im.index.children(n)
	switch {
	case strings.HasPrefix(name, "im2col"):
		return im.patches(n, channelsLast(im.node(in[0])), im.sweep(n))
	case strings.HasPrefix(name, "col2im"):
		return im.gathered(n, in[0])
	case name == "A × Bᵀ":
		if p, w := im.patchesOf(in[0]), im.filters(in[1]); p != nil && w != nil {
			y := im.images(p).Conv2D(channelsLast(im.node(w)), im.sweep(p).at)
			return y.Reshape(n.Shape()...)
		}
	case name == "Aᵀ × B":
		if p := im.patchesOf(in[1]); p != nil {
			return im.filterGradient(n, p, im.node(in[0]))
		}
	}
	return nil
}

// images returns what an im2col takes.
func (im *Imported) images(p *G.Node) *autodiff.Node {
	return channelsLast(im.node(im.index.children(p)[0]))
}

// patchesOf returns the im2col without dilation that n is a reshape of, or nil.
func (im *Imported) patchesOf(n *G.Node) *G.Node {
	if !isReshape(n) {
		return nil
	}
	p := im.index.children(n)[0]
	if p.Op() == nil || !strings.HasPrefix(p.Op().String(), "im2col") || !im.sweep(p).close() {
		return nil
	}
	return p
}

// filters returns the filters that n is a reshape of, or nil.
func (im *Imported) filters(n *G.Node) *G.Node {
	if !isReshape(n) {
		return nil
	}
	if w := im.index.children(n)[0]; w.Dims() == 4 {
		return w
	}
	return nil
}

func isReshape(n *G.Node) bool {
	return n.Op() != nil && strings.HasPrefix(n.Op().String(), "Reshape")
}

// filterGradient records dw of the convolution with the patches p, as a row for each
// filter.
func (im *Imported) filterGradient(n, p *G.Node, dy *autodiff.Node) *autodiff.Node {
	s, x, out := im.sweep(p), im.images(p), n.Shape()[0]
	w := im.zeros(out, s.rows, s.columns, x.Shape()[3])
	y := x.Conv2D(w, s.at)
	return channelsFirst(derivative(y, dy.Reshape(y.Shape()...), w)).Reshape(n.Shape()...)
}

// gathered records the derivative of patches, of which from is the cotangent.
func (im *Imported) gathered(n, from *G.Node) *autodiff.Node {
	s, shape := im.sweep(n), n.Shape()
	x := im.zeros(shape[0], shape[2], shape[3], shape[1])
	if dy, w := im.product(from); w != nil && s.close() {
		y := x.Conv2D(channelsLast(im.node(w)), s.at)
		return channelsFirst(derivative(y, im.node(dy).Reshape(y.Shape()...), x))
	}
	return channelsFirst(derivative(im.patches(n, x, s), im.node(from), x))
}

// product returns dy and the filters of a reshape of dy·w.
func (im *Imported) product(n *G.Node) (dy, w *G.Node) {
	if !isReshape(n) {
		return nil, nil
	}
	m := im.index.children(n)[0]
	if m.Op() == nil || m.Op().String() != "A × B" {
		return nil, nil
	}
	in := im.index.children(m)
	return in[0], im.filters(in[1])
}

// patches records an im2col of images: for each window a row of its pixels in the
// first channel, then in the second, and so on.
func (im *Imported) patches(n *G.Node, x *autodiff.Node, s sweep) *autodiff.Node {
	channels := x.Shape()[3]
	rows, columns := (s.rows-1)*s.dilation[0]+1, (s.columns-1)*s.dilation[1]+1
	one := make([]float64, channels*s.rows*s.columns*rows*columns*channels)
	i := 0
	for c := range channels {
		for r := range s.rows {
			for q := range s.columns {
				one[((i*rows+r*s.dilation[0])*columns+q*s.dilation[1])*channels+c] = 1
				i++
			}
		}
	}
	return x.Conv2D(im.Graph.Constant(dense.New(im.dtype, []int{i, rows, columns, channels}, one)), s.at)
}

// pool records a maximum pool, or with three operands, x, y and dy, its derivative.
func (im *Imported) pool(n *G.Node) *autodiff.Node {
	in := im.index.children(n)
	a := im.integers(n, "h", "w", "padNorth", "padSouth", "padWest", "padEast", "strideH", "strideW")
	if a[2] != a[3] || a[4] != a[5] {
		im.refuse(n, "with unequal padding Gorgonia begins with the other side's")
	}
	x := channelsLast(im.node(in[0]))
	y := x.MaxPool2D(a[0], a[1], autodiff.Window{Pads: [2][2]int{{a[2], a[3]}, {a[4], a[5]}}, Strides: [2]int{a[6], a[7]}})
	if len(in) == 3 {
		return channelsFirst(derivative(y, channelsLast(im.node(in[2])), x))
	}
	return channelsFirst(y)
}

// derivative returns that of Σ u·y by x.
func derivative(y, u, x *autodiff.Node) *autodiff.Node {
	d, err := autodiff.Grad(y.Mul(u).Sum(), x)
	check(err)
	return d[0]
}

// zeros returns an array to differentiate by, where the derivative does not depend on
// its values.
func (im *Imported) zeros(shape ...int) *autodiff.Node { return im.Graph.Scalar(0).Broadcast(shape...) }
