package autodiff_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"
	"pgregory.net/rapid"

	"declive/autodiff"
	"declive/gradcheck"
)

// Sizes of images that leave remainders at every level, channels below and beyond a
// vector, and windows as they stand in networks.
var convolutions = []struct {
	x, w dims
	at   autodiff.Window
}{
	{dims{2, 15, 31, 3}, dims{16, 2, 2, 3}, autodiff.Window{}},
	{dims{3, 15, 13, 16}, dims{24, 3, 3, 16}, autodiff.Window{Pad: 1}}, // by Winograd's algorithm in float32
	{dims{5, 7, 7, 17}, dims{33, 3, 3, 17}, autodiff.Window{Pad: 1}},
	{dims{2, 15, 7, 5}, dims{7, 3, 3, 5}, autodiff.Window{Stride: 2, Pad: 1}},
	{dims{2, 7, 15, 8}, dims{9, 1, 1, 8}, autodiff.Window{}}, // a product of matrices
	{dims{2, 7, 15, 8}, dims{9, 1, 1, 8}, autodiff.Window{Stride: 2}},
	{dims{1, 14, 13, 6}, dims{16, 5, 5, 6}, autodiff.Window{}},
	{dims{1, 3, 1, 2}, dims{4, 3, 2, 2}, autodiff.Window{Pads: [2][2]int{{0, 2}, {1, 0}}, Strides: [2]int{1, 2}}},
	{dims{4, 1, 1, 19}, dims{3, 3, 3, 19}, autodiff.Window{Pad: 1}},
}

// The value, with a bias and an activation, and both gradients: compiled as
// interpreted.
func TestConvolutions(t *testing.T) {
	for _, c := range convolutions {
		for _, dt := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			t.Run(fmt.Sprintf("%v/%v/%+v/%v", c.x, c.w, c.at, dt), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(1, 2))
				g := autodiff.NewGraph(dt)
				x, w, b := g.Input("x", c.x...), g.Input("w", c.w...), g.Input("b", c.w[0])
				y := x.Conv2D(w, c.at).Add(b).ReLU()
				u := g.Input("u", y.Shape()...)
				grads, err := autodiff.GradOf(y, u, x, w, b)
				require.NoError(t, err)
				var feeds []autodiff.Feed
				for _, n := range []*node{x, w, b, u} {
					feeds = append(feeds, n.Feed(uniform(rng, dt, n.Shape())))
				}
				requireAsInterpreted(t, dt, feeds, append(grads, y)...)
			})
		}
	}
}

// requireAsInterpreted compares programs with the interpreter, relative to the
// root of the number of terms: sums of up to 500 products of numbers below 1, whose
// roundings Winograd's algorithm doubles, are off by less than 50 units.
func requireAsInterpreted(t *testing.T, dt tensor.Dtype, feeds []autodiff.Feed, outputs ...*node) {
	t.Helper()
	eps := map[tensor.Dtype]float64{tensor.Float64: 1e-13, tensor.Float32: 1e-4}[dt]
	want, err := autodiff.Interpret(feeds, outputs...)
	require.NoError(t, err)
	for i, got := range run(t, feeds, outputs...) {
		require.Equal(t, want[i].Shape(), got.Shape())
		assert.InDeltaSlice(t, elements(want[i]), elements(got), eps, "output %d, %v", i, outputs[i])
	}
}

// uniform draws an array from ±1.
func uniform(rng *rand.Rand, dt tensor.Dtype, shape dims) *tensor.Dense {
	v := zeros(dt, shape...)
	for i := range shape.Size() {
		set(v, i, 2*rng.Float64()-1)
	}
	return v
}

// Gradients of gradients of gradients are convolutions in other roles.
func TestThirdDerivativesOfConvolutions(t *testing.T) {
	at := autodiff.Window{Strides: [2]int{2, 1}, Pads: [2][2]int{{1, 0}, {0, 2}}}
	f := func(in ...*node) *node {
		y := in[0].Conv2D(in[1], at).Square().Sum()
		for range 2 {
			grads, err := autodiff.Grad(y, in...)
			require.NoError(t, err)
			y = grads[0].Mul(in[0].Exp()).Sum().Add(grads[1].Mul(in[1].Exp()).Sum())
		}
		return y
	}
	rng := rand.New(rand.NewPCG(3, 4))
	in := []*tensor.Dense{uniform(rng, tensor.Float64, dims{2, 5, 3, 2}), uniform(rng, tensor.Float64, dims{3, 2, 4, 2})}
	gradcheck.Op(t, f, in)
}

// A convolution is the definition's sum, written here for one element at a time.
func TestConvolutionEqualsItsDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := func(name string, least, most int) int { return rapid.IntRange(least, most).Draw(t, name) }
		n, h, w, c, k := size("n", 1, 2), size("h", 1, 7), size("w", 1, 7), size("c", 1, 4), size("k", 1, 5)
		r, s := size("r", 1, 3), size("s", 1, 3)
		stride := [2]int{size("stride of rows", 1, 3), size("stride of columns", 1, 3)}
		pads := [2][2]int{{r - 1, size("below", 0, 2)}, {s - 1, size("right", 0, 2)}}
		rng := rand.New(rand.NewPCG(5, 6))
		xs, ws := uniform(rng, tensor.Float64, dims{n, h, w, c}), uniform(rng, tensor.Float64, dims{k, r, s, c})
		g := autodiff.NewGraph(tensor.Float64)
		y := g.Constant(xs).Conv2D(g.Constant(ws), autodiff.Window{Strides: stride, Pads: pads})
		got, err := autodiff.Interpret(nil, y)
		require.NoError(t, err)
		oh, ow := y.Shape()[1], y.Shape()[2]
		require.Equal(t, (h+pads[0][0]+pads[0][1]-r)/stride[0]+1, oh)
		require.Equal(t, (w+pads[1][0]+pads[1][1]-s)/stride[1]+1, ow)
		for e, v := range elements(got[0]) {
			image, i, j, out := e/(oh*ow*k), e/(ow*k)%oh, e/k%ow, e%k
			want := 0.0
			for tap := range r * s * c {
				p, q := i*stride[0]+tap/(s*c)-pads[0][0], j*stride[1]+tap/c%s-pads[1][0]
				if p >= 0 && p < h && q >= 0 && q < w {
					want += elements(xs)[((image*h+p)*w+q)*c+tap%c] * elements(ws)[out*r*s*c+tap]
				}
			}
			require.InDelta(t, want, v, 1e-14)
		}
	})
}

// Errors name what does not fit.
func TestConvolutionsThatDoNotFit(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Input("x", 2, 5, 4, 6)
	for want, record := range map[string]func(){
		"6 channels of the images, but weights for 3; groups of channels are not supported": func() { x.Conv2D(g.Input("a", 4, 3, 3, 3), autodiff.Window{}) },
		"window 6×2 is larger than the 5×4 image":                                           func() { x.Conv2D(g.Input("b", 4, 6, 2, 6), autodiff.Window{}) },
		"operands must be images (batch, height, width, channels)":                          func() { x.Sum(0).Conv2D(g.Input("c", 4, 3, 3, 6), autodiff.Window{}) },
		"stride 2 and strides [1 2]: give one of them":                                      func() { x.Conv2D(x, autodiff.Window{Stride: 2, Strides: [2]int{1, 2}}) },
	} {
		var err error
		func() {
			defer autodiff.Catch(&err)
			record()
		}()
		assert.ErrorContains(t, err, want)
		assert.ErrorContains(t, err, "Conv2D at convolution_test.go")
	}
}

// Bias and activation are part of a convolution's instruction, a window of one pixel
// is a product of matrices, and a run allocates nothing.
func TestConvolutionInstructions(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	g := autodiff.NewGraph(tensor.Float32)
	x := g.Input("x", 3, 9, 8, 16)
	param := func(name string, shape ...int) *node {
		return g.Param(autodiff.NewParam(name, uniform(rng, tensor.Float32, shape)))
	}
	w, v := param("w", 18, 3, 3, 16), param("v", 5, 1, 1, 18)
	y := x.Conv2D(w, autodiff.Window{Pad: 1}).Add(param("b", 18)).ReLU()
	y = y.Conv2D(v, autodiff.Window{}).Add(param("c", 5)).Tanh()
	grads, err := autodiff.Grad(y.Square().Mean(), w, v)
	require.NoError(t, err)
	p, err := autodiff.Compile(y, grads...)
	require.NoError(t, err)
	assert.Contains(t, p.String(), "Conv2D+Add+ReLU")
	assert.Contains(t, p.String(), "MatMul+Add ")
	assert.NotContains(t, p.String(), "Conv2DData", "nobody asks for the gradient of the images")
	feed := x.Feed(uniform(rng, tensor.Float32, x.Shape()))
	_, err = p.Run(feed)
	require.NoError(t, err)
	assert.Zero(t, testing.AllocsPerRun(10, func() { _, _ = p.Run(feed) }))
}

// A NaN or an infinity in any pixel is an error of the run, whether a convolution
// that is looked at instead sees the pixel or not.
func TestConvolutionsGuardImages(t *testing.T) {
	for _, at := range []autodiff.Window{{}, {Stride: 2}, {Stride: 3}, {Stride: 2, Pad: 1}} {
		for _, dt := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			rng := rand.New(rand.NewPCG(9, 10))
			g := autodiff.NewGraph(dt)
			x := g.Input("x", 2, 6, 5, 16)
			w := g.Param(autodiff.NewParam("w", uniform(rng, dt, dims{16, 3, 3, 16})))
			y := x.Conv2D(w, at)
			if at.Stride == 3 {
				y = x.Conv2D(g.Param(autodiff.NewParam("v", uniform(rng, dt, dims{1, 2, 2, 16}))), at)
			}
			p, err := autodiff.Compile(y)
			require.NoError(t, err)
			for i := range x.Shape().Size() {
				for _, bad := range []float64{nan, inf} {
					v := uniform(rng, dt, x.Shape())
					_, err = p.Run(x.Feed(v))
					require.NoError(t, err)
					set(v, i, bad)
					_, err = p.Run(x.Feed(v))
					require.Error(t, err, "%+v, element %d", at, i)
				}
			}
		}
	}
}

// Pools on odd sizes, with remainders and ties: the value, the gradient and the
// gradient of that, compiled as interpreted.
func TestPools(t *testing.T) {
	for _, c := range []struct {
		x             dims
		rows, columns int
		at            autodiff.Window
	}{
		{dims{2, 31, 15, 17}, 2, 2, autodiff.Window{Stride: 2}},
		{dims{3, 15, 7, 5}, 3, 3, autodiff.Window{Stride: 2, Pad: 1}},
		{dims{1, 7, 3, 8}, 2, 3, autodiff.Window{Pads: [2][2]int{{0, 1}, {2, 0}}}},
		{dims{4, 3, 1, 33}, 3, 1, autodiff.Window{}},
		{dims{2, 16, 17, 1}, 16, 16, autodiff.Window{}},
	} {
		for _, dt := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			t.Run(fmt.Sprintf("%v/%d×%d/%+v/%v", c.x, c.rows, c.columns, c.at, dt), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(1, 2))
				g := autodiff.NewGraph(dt)
				x := g.Input("x", c.x...)
				y := x.MaxPool2D(c.rows, c.columns, c.at)
				u := g.Input("u", y.Shape()...)
				dx, err := autodiff.GradOf(y, u, x)
				require.NoError(t, err)
				v := g.Input("v", c.x...)
				back, err := autodiff.GradOf(dx[0], v, u)
				require.NoError(t, err)
				digits := zeros(dt, c.x...)
				for i := range c.x.Size() {
					set(digits, i, float64(rng.IntN(3)))
				}
				for _, image := range []*tensor.Dense{uniform(rng, dt, c.x), digits} {
					feeds := []autodiff.Feed{x.Feed(image), u.Feed(uniform(rng, dt, u.Shape())), v.Feed(uniform(rng, dt, c.x))}
					requireAsInterpreted(t, dt, feeds, y, dx[0], back[0])
				}
			})
		}
	}
}

// A gradient takes the places that the pool of the value has noted.
func TestPoolsShareTheirPlaces(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float32)
	x, w := g.Input("x", 2, 16, 16, 3), g.Input("w", 24, 3, 3, 3)
	y := x.Conv2D(w, autodiff.Window{Pad: 1})
	grads, err := autodiff.Grad(y.MaxPool2D(2, 2, autodiff.Window{Stride: 2}).Exp().Mean(), w)
	require.NoError(t, err)
	p, err := autodiff.Compile(grads[0])
	require.NoError(t, err)
	assert.Equal(t, 1, strings.Count(p.String(), "MaxPool2D →"), "%v", p)
}

// A pool is NaN where one element of its window is, in programs as in the interpreter, for vectors of channels and less.
func TestMaxPoolKeepsNaN(t *testing.T) {
	for _, dt := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		for _, channels := range []int{3, 40} {
			g := autodiff.NewGraph(dt)
			x := g.Input("x", 2, 7, 5, channels)
			h := x.Log() // NaN below 0
			y := h.MaxPool2D(3, 2, autodiff.Window{Strides: [2]int{2, 1}, Pads: [2][2]int{{1, 1}, {}}})
			dh, err := autodiff.Grad(y.Sum(), h)
			require.NoError(t, err)
			rng := rand.New(rand.NewPCG(5, 6))
			v := zeros(dt, 2, 7, 5, channels)
			for i := range x.Shape().Size() {
				set(v, i, float64(rng.IntN(12)-1))
			}
			feeds := []autodiff.Feed{x.Feed(v)}
			want, err := autodiff.Interpret(feeds, y, dh[0])
			require.NoError(t, err)
			got := run(t, feeds, y, dh[0])
			nans := 0
			for k := range want {
				for i, w := range elements(want[k]) {
					e := elements(got[k])[i]
					require.True(t, math.Abs(e-w) < 1e-6 || e == w || math.IsNaN(e) && math.IsNaN(w), "output %d, element %d: %v, want %v", k, i, e, w)
					if math.IsNaN(w) {
						nans++
					}
				}
			}
			require.Greater(t, nans, 10)
		}
	}
}

// Normalising over all axes but the channels takes loops over the elements for both
// statistics and for the value, and for the gradient: for the sums of dy and with the
// value, and for itself. It leaves nothing in memory but the value and the gradient.
func TestNormalizeTakesFewLoops(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float32)
	x, dy := g.Input("x", 20, 31, 31, 8), g.Input("dy", 20, 31, 31, 8)
	y := x.Normalize(1e-5, 0, 1, 2)
	grads, err := autodiff.GradOf(y, dy, x)
	require.NoError(t, err)
	p, err := autodiff.Compile(y, grads...)
	require.NoError(t, err)
	assert.Equal(t, 4, strings.Count(p.String(), "loop 19220×8"), "%v", p)
}

// What follows a normalisation, and its gradient, leave one large value in memory each:
// what the norm makes of x is computed again from x by the loops of the gradient.
func TestNormalizedIsComputedAgain(t *testing.T) {
	for dt, eps := range map[tensor.Dtype]float64{tensor.Float64: 1e-9, tensor.Float32: 2e-3} {
		g := autodiff.NewGraph(dt)
		x, b := g.Input("x", 5, 13, 12, 8), g.Input("b", 8)
		y := x.Conv2D(g.Input("w", 8, 1, 2, 8), autodiff.Window{}) // 5·13·11 rows
		h := y.Normalize(1e-5, 0, 1, 2).Add(b).GELU()
		loss := h.Reshape(-1, 8).MatMul(g.Input("v", 8, 8)).Square().Sum()
		var xs []*node
		for _, n := range g.Nodes() {
			if n.Op() == "Input" {
				xs = append(xs, n)
			}
		}
		grads, err := autodiff.Grad(loss, xs...)
		require.NoError(t, err)
		p, err := autodiff.Compile(loss, grads...)
		require.NoError(t, err)
		assert.NotRegexp(t, `loop 715×8: Sub\+Mul\+Add\+GELU → %\d+\(.*→`, p.String())
		assert.Regexp(t, `loop 715×8: Sub\+Mul\+Add\+GELU → `, p.String())
		var feeds []autodiff.Feed
		rng := rand.New(rand.NewPCG(1, 2))
		for _, n := range xs {
			v := zeros(dt, n.Shape()...)
			for i := range n.Shape().Size() {
				set(v, i, rng.NormFloat64()+3)
			}
			feeds = append(feeds, n.Feed(v))
		}
		outputs := append([]*node{loss}, grads...)
		want, err := autodiff.Interpret(feeds, outputs...)
		require.NoError(t, err)
		for range 2 {
			got, err := p.Run(feeds...)
			require.NoError(t, err)
			for i := range outputs {
				w, most := elements(want[i]), 0.0
				for _, v := range w {
					most = max(most, math.Abs(v))
				}
				for j, v := range elements(got.Value(i)) {
					require.InDelta(t, w[j], v, eps*most, "output %d, element %d in %v", i, j, dt) // some hundred roundings of float32
				}
			}
		}
	}
}

// A variance of columns far from 0, in an order that keeps like rows together, has its
// digits: the mean of the first rows is far from that of all.
func TestVarianceFarFromZero(t *testing.T) {
	for _, shift := range []float64{0, 1000, 1e6} {
		const rows, cols = 5000, 7
		g := autodiff.NewGraph(tensor.Float32)
		x := g.Input("x", rows, cols)
		v := zeros(tensor.Float32, rows, cols)
		var mean, square [cols]float64
		rng := rand.New(rand.NewPCG(3, 4))
		for i := range rows * cols {
			e := float64(float32(shift + float64(i/(rows*cols/4))*100 + rng.NormFloat64()))
			set(v, i, e)
			mean[i%cols] += e / rows
		}
		for i, e := range elements(v) {
			d := e - mean[i%cols]
			square[i%cols] += d * d / rows
		}
		p, err := autodiff.Compile(x.Variance(0))
		require.NoError(t, err)
		require.Contains(t, p.String(), "Spread")
		out, err := p.Run(x.Feed(v))
		require.NoError(t, err)
		// Distances from a mean are off by half a unit of the mean, 0.03 for 1e6 and some
		// 100: runs of rows add 256 squares one after the other.
		for j, e := range elements(out.Value(0)) {
			require.InEpsilon(t, square[j], e, 1e-4, "column %d, shift %v", j, shift)
		}
	}
}
