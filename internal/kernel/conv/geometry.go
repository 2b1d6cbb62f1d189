package conv

import (
	"fmt"
	"math"
)

// Windows say where windows of R×S pixels lie on N images of shape (H, W, C): that
// of result (i, j) begins at row i·Stride[0]−Before[0] and column
// j·Stride[1]−Before[1]. Before and After are the rows and columns outside the
// image, above and below, left and right.
type Windows struct {
	N, H, W, C    int
	R, S          int
	Stride        [2]int
	Before, After [2]int
}

// Out returns the number of rows and columns of results. Rows and columns of the
// image that do not fill a stride are left out.
func (g Windows) Out() (oh, ow int) {
	oh = (g.H+g.Before[0]+g.After[0]-g.R)/g.Stride[0] + 1
	ow = (g.W+g.Before[1]+g.After[1]-g.S)/g.Stride[1] + 1
	return oh, ow
}

// Reason returns the reason why there are no such windows, "" if there are.
func (g Windows) Reason() string {
	switch {
	case min(g.N, g.H, g.W, g.C) < 0:
		return fmt.Sprintf("negative size among N=%d H=%d W=%d C=%d", g.N, g.H, g.W, g.C)
	case min(g.R, g.S) < 1:
		return fmt.Sprintf("window %d×%d is empty", g.R, g.S)
	case min(g.Stride[0], g.Stride[1]) < 1:
		return fmt.Sprintf("strides %v, want at least 1", g.Stride)
	case min(g.Before[0], g.Before[1], g.After[0], g.After[1]) < 0:
		return fmt.Sprintf("negative padding %v, %v", g.Before, g.After)
	case g.H+g.Before[0]+g.After[0] < g.R || g.W+g.Before[1]+g.After[1] < g.S:
		return fmt.Sprintf("window %d×%d is larger than the %d×%d image with padding %v, %v", g.R, g.S, g.H, g.W, g.Before, g.After)
	}
	return g.tooLarge(g.C)
}

// tooLarge returns why tables of offsets cannot reach the pixels of a window, in
// images of some channels.
func (g Windows) tooLarge(channels int) string {
	width := g.W + g.Before[1] + g.After[1]
	if float64(g.R)*float64(width)*float64(channels) > math.MaxInt32 {
		return fmt.Sprintf("more than 2³¹ elements in %d rows of %d pixels of %d channels", g.R, width, channels)
	}
	return ""
}

// A Geometry is the shape of a convolution of images x with weights w of shape
// (K, R, S, C), which gives N images y of shape (oh, ow, K):
//
//	y[n, i, j, k] = Σ x[n, i·Stride[0]+r−Before[0], j·Stride[1]+s−Before[1], c] · w[k, r, s, c]
//
// over r < R, s < S and c < C, with zeros outside the images.
type Geometry struct {
	Windows
	K int
}

// Flops is the number of multiplications and additions of the formula, zeros
// around the image included.
func (g Geometry) Flops() float64 {
	oh, ow := g.Out()
	return 2 * float64(g.N*oh*ow) * float64(g.depth()*g.K)
}

// depth is the number of weights of one channel of y.
func (g Geometry) depth() int { return g.R * g.S * g.C }

// lengths returns the number of elements of x, w and y.
func (g Geometry) lengths() (x, w, y int) {
	oh, ow := g.Out()
	return g.N * g.H * g.W * g.C, g.K * g.depth(), g.N * oh * ow * g.K
}

// Reason returns the reason why there is no such convolution, "" if there is.
func (g Geometry) Reason() string {
	if reason := g.Windows.Reason(); reason != "" {
		return reason
	}
	switch {
	case g.K < 0:
		return fmt.Sprintf("negative number of channels K=%d", g.K)
	case float64(g.depth())*float64(g.K) > math.MaxInt32:
		return fmt.Sprintf("more than 2³¹ weights: %d×%d×%d×%d", g.K, g.R, g.S, g.C)
	}
	return g.tooLarge(g.K)
}

// A Role is one of the three operands of the form
//
//	T(x, w, dy) = Σ dy·y(x, w),
//
// linear in each, whose derivatives by them are the three products that a
// convolution and its gradients need. The derivative of a role by one of its
// operands is another role, so that the set is closed:
//
//	role           operands   result       by the first, given u   by the second
//	Forward        x, w       dT/d(dy)     Data(u, w)              Weights(x, u)
//	Data           dy, w      dT/dx        Forward(u, w)           Weights(u, dy)
//	Weights        x, dy      dT/dw        Data(dy, u)             Forward(x, u)
type Role uint8

// The roles.
const (
	Forward Role = iota // y of x and w
	Data                // the gradient of x, of dy and w
	Weights             // the gradient of w, of x and dy
)

// String returns the name of the role, in lower case.
func (r Role) String() string { return [...]string{"forward", "data", "weights"}[r] }

// operands returns the lengths of the operands and of the result of a role.
func (g Geometry) operands(role Role) (a, b, c int) {
	x, w, y := g.lengths()
	switch role {
	case Data:
		return y, w, x
	case Weights:
		return x, y, w
	}
	return x, w, y
}

// channels returns the length of the last axis of a role's result.
func (g Geometry) channels(role Role) int {
	if role == Forward {
		return g.K
	}
	return g.C
}
