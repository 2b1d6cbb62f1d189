package conv

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/internal/kernel"
	"declive/internal/kernel/kerneltest"
	"declive/internal/kernel/vec"
)

// The matrices of F(4,3) as Toom and Cook have them: with the points p, products
// of all x − q but x − p in the rows of Bᵀ, powers of p divided by the product of
// all p − q in those of G, and powers of p in the columns of Aᵀ.
var (
	points     = [5]float64{0, pointA, -pointA, pointB, -pointB}
	matrixB    = toomCookData()
	matrixG    = toomCookWeights()
	matrixA    = toomCookResults()
	matrixBAbs = abs(matrixB)
	matrixGAbs = abs(matrixG)
	matrixAAbs = abs(matrixA)
)

// toomCookData is Bᵀ.
func toomCookData() (m [][]float64) {
	for i := range 6 {
		poly := []float64{1}
		for j, q := range points {
			if j == i {
				continue
			}
			next := make([]float64, len(poly)+1) // poly·(x − q)
			for d, v := range poly {
				next[d+1] += v
				next[d] -= q * v
			}
			poly = next
		}
		m = append(m, append(poly, make([]float64, 6-len(poly))...))
	}
	return m
}

// toomCookWeights is G.
func toomCookWeights() (m [][]float64) {
	for i, p := range points {
		n := 1.0
		for j, q := range points {
			if j != i {
				n *= p - q
			}
		}
		m = append(m, []float64{1 / n, p / n, p * p / n})
	}
	return append(m, []float64{0, 0, 1})
}

// toomCookResults is A.
func toomCookResults() (m [][]float64) {
	for _, p := range points {
		m = append(m, []float64{1, p, p * p, p * p * p})
	}
	return append(m, []float64{0, 0, 0, 1})
}

func abs(m [][]float64) [][]float64 {
	var a [][]float64
	for _, row := range m {
		var r []float64
		for _, v := range row {
			r = append(r, math.Abs(v))
		}
		a = append(a, r)
	}
	return a
}

func transposed(m [][]float64) [][]float64 {
	t := make([][]float64, len(m[0]))
	for j := range t {
		for i := range m {
			t[j] = append(t[j], m[i][j])
		}
	}
	return t
}

// sandwich is m·x·mᵀ.
func sandwich(m, x [][]float64) [][]float64 {
	y := make([][]float64, len(m))
	for i := range y {
		y[i] = make([]float64, len(m))
		for j := range y[i] {
			for p := range x {
				for q := range x[p] {
					y[i][j] += m[i][p] * x[p][q] * m[j][q]
				}
			}
		}
	}
	return y
}

// winogradMagnitude is, for each element of a result, the sum of the magnitudes
// of all terms that F(4,3) adds on the way to it: its formula with absolute
// values of matrices and operands.
func winogradMagnitude(g Geometry, role Role, a, b []float64) []float64 {
	_, _, n := g.operands(role)
	result := make([]float64, n)
	oh, ow := g.Out()
	if role == Weights {
		g.eachWinogradTile(oh, ow, func(n, i, j int) {
			g.addWeightMagnitudes(result, n, i, j, a, b)
		})
		return result
	}
	src, dst, weight := image{a, g.H, g.W, g.C}, image{result, oh, ow, g.K}, func(q, k, r, s int) float64 {
		return math.Abs(b[((k*3+r)*3+s)*g.C+q])
	}
	top, left := g.Before[0], g.Before[1]
	if role == Data {
		src, dst = image{a, oh, ow, g.K}, image{result, g.H, g.W, g.C}
		top, left = 2-top, 2-left
		weight = func(q, k, r, s int) float64 { return math.Abs(b[((q*3+2-r)*3+2-s)*g.C+k]) }
	}
	u := map[[2]int][][]float64{}
	for q := range src.c {
		for k := range dst.c {
			u[[2]int{q, k}] = sandwich(matrixGAbs, matrixOf(3, func(r, s int) float64 { return weight(q, k, r, s) }))
		}
	}
	g.eachWinogradTile(dst.h, dst.w, func(n, i, j int) {
		for k := range dst.c {
			m := zeros(6)
			for q := range src.c {
				v := sandwich(matrixBAbs, matrixOf(6, func(r, s int) float64 { return src.at(n, i+r-top, j+s-left, q) }))
				addProducts(m, v, u[[2]int{q, k}])
			}
			for r, row := range sandwich(transposed(matrixAAbs), m) {
				for s, v := range row {
					dst.set(n, i+r, j+s, k, v)
				}
			}
		}
	})
	return result
}

// addWeightMagnitudes adds the terms of one tile.
func (g Geometry) addWeightMagnitudes(result []float64, n, i, j int, a, b []float64) {
	oh, ow := g.Out()
	x, dy := image{a, g.H, g.W, g.C}, image{b, oh, ow, g.K}
	for c := range g.C {
		v := sandwich(matrixBAbs, matrixOf(6, func(r, s int) float64 { return x.at(n, i+r-g.Before[0], j+s-g.Before[1], c) }))
		for k := range g.K {
			m := zeros(6)
			addProducts(m, v, sandwich(matrixAAbs, matrixOf(4, func(r, s int) float64 { return dy.at(n, i+r, j+s, k) })))
			for r, row := range sandwich(transposed(matrixGAbs), m) {
				for s, v := range row {
					result[((k*3+r)*3+s)*g.C+c] += v
				}
			}
		}
	}
}

func (g Geometry) eachWinogradTile(h, w int, f func(n, i, j int)) {
	for n := range g.N {
		for i := 0; i < h; i += 4 {
			for j := 0; j < w; j += 4 {
				f(n, i, j)
			}
		}
	}
}

// An image is an array of images with nothing around them.
type image struct {
	data    []float64
	h, w, c int
}

func (m image) inside(i, j int) bool { return i >= 0 && i < m.h && j >= 0 && j < m.w }

func (m image) at(n, i, j, c int) float64 {
	if !m.inside(i, j) {
		return 0
	}
	return math.Abs(m.data[((n*m.h+i)*m.w+j)*m.c+c])
}

func (m image) set(n, i, j, c int, v float64) {
	if m.inside(i, j) {
		m.data[((n*m.h+i)*m.w+j)*m.c+c] = v
	}
}

func matrixOf(n int, f func(i, j int) float64) [][]float64 {
	b := zeros(n)
	for i := range b {
		for j := range b[i] {
			b[i][j] = f(i, j)
		}
	}
	return b
}

func zeros(n int) [][]float64 {
	b := make([][]float64, n)
	for i := range b {
		b[i] = make([]float64, n)
	}
	return b
}

func addProducts(sum, x, y [][]float64) {
	for i := range sum {
		for j := range sum[i] {
			sum[i][j] += x[i][j] * y[i][j]
		}
	}
}

// Winograd's way errs by the roundings of its terms: at most five along each axis
// of each of the three transforms, and those of the products and of the bias.
func TestWinograd(t *testing.T) {
	var cases []winogradCase
	for i, g := range sample(winogradGeometries) {
		for _, role := range roles {
			cases = append(cases, newWinogradCase(g, role, activationOf(i, role)))
		}
	}
	kerneltest.EachISA(t, func(t *testing.T) {
		for _, c := range cases {
			testWinograd[float32](t, c)
			testWinograd[float64](t, c)
		}
	})
}

// A winogradCase is a product with what it has to give, and with the magnitude of
// what is added on the way.
type winogradCase struct {
	Geometry
	role            Role
	act             vec.UnaryOp
	want, magnitude []float64
}

func newWinogradCase(g Geometry, role Role, act vec.UnaryOp) winogradCase {
	o := newOperands[float64](g, role)
	want, _ := o.want(g, role, act)
	return winogradCase{g, role, act, want, winogradMagnitude(g, role, o.a, o.b)}
}

func testWinograd[F kernel.Float](t *testing.T, c winogradCase) {
	t.Helper()
	o := newOperands[F](c.Geometry, c.role) // the same numbers, rounded
	o.run(newPlan[F](c.Geometry, c.role, winograd), c.act)
	eps := kerneltest.ULP[F](1)
	roundings := float64(c.terms(c.role) + 2*(10+10+10) + 4)
	for i, want := range c.want {
		bias := 0.0
		if o.bias != nil {
			bias = math.Abs(float64(o.bias[i%len(o.bias)]))
		}
		bound := roundings*eps*(c.magnitude[i]+bias) + 2.6*eps
		if d := math.Abs(want - float64(o.c[i])); !(d <= bound) {
			t.Fatalf("%v of %+v at %d = %v, want %v ± %v", c.role, c.Geometry, i, o.c[i], want, bound)
		}
	}
}

// winogradGeometries have results of all remainders of a tile's side, and channels
// that are divided into ranges.
var winogradGeometries = []Geometry{
	square(2, 15, 5, 9, 3, 1, 1),
	square(1, 31, 3, 8, 3, 1, 1),
	square(2, 5, 3, 257, 3, 1, 1),
	square(3, 7, 17, 6, 3, 1, 1),
	square(4, 3, 20, 35, 3, 1, 1),
	square(1, 5, 258, 4, 3, 1, 1),
	square(5, 1, 18, 33, 3, 1, 1),
	square(33, 4, 2, 16, 3, 1, 1),
	{Windows{N: 1, H: 9, W: 30, C: 6, R: 3, S: 3, Stride: [2]int{1, 1}, Before: [2]int{2, 0}, After: [2]int{0, 1}}, 4},
	{Windows{N: 2, H: 6, W: 8, C: 4, R: 3, S: 3, Stride: [2]int{1, 1}, Before: [2]int{3, 4}, After: [2]int{4, 3}}, 5},
}

// The transforms are those of Toom and Cook. An element of a transformed block
// errs by at most five roundings along each axis, relative to the magnitudes that
// it sums, and by those of a bias.
func TestTransforms(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		testTransforms[float32](t)
		testTransforms[float64](t)
	})
}

func testTransforms[F kernel.Float](t *testing.T) {
	ks := kernelsInUse[F]()
	matrices := [numForms][][]float64{
		dataForm: matrixB, resultForm: transposed(matrixA), gradientForm: matrixA,
		weightForm: matrixG, sumForm: transposed(matrixG),
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for f, m := range matrices {
		in, out, channels := sides[f].in, sides[f].out, 3*ks.lanes
		const blocks = 700 // more than one call takes
		src, bias := random[F](rng, blocks*in*in*channels), random[F](rng, channels)
		tr := transform[F]{
			src: src, rowSrc: in * channels, colSrc: channels, nextSrc: in * in * channels,
			dst: make([]F, blocks*out*out*channels), rowDst: channels, colDst: out * channels, nextDst: out * out * channels, // transposed
			blocks: blocks, channels: channels, bias: bias, floor: -0.5, scratch: make([]F, numParts*ks.lanes),
		}
		tr.run(ks, form(f))
		for n := 0; n < blocks; n += blocks - 1 {
			for c := range channels {
				x := matrixOf(in, func(i, j int) float64 { return float64(src[((n*in+i)*in+j)*channels+c]) })
				want, magnitude := sandwich(m, x), sandwich(abs(m), abs(x))
				for i := range out {
					for j := range out {
						want, got := want[i][j], float64(tr.dst[((n*out+j)*out+i)*channels+c])
						if form(f) == resultForm {
							want = max(want+float64(bias[c]), -0.5)
						}
						assert.InDelta(t, want, got, 12*kerneltest.ULP[F](1)*(magnitude[i][j]+1), "form %d, block %d, channel %d at (%d, %d)", f, n, c, i, j)
					}
				}
			}
		}
	}
}

// Rounding errors of F(4,3) are two to three times those of the direct sum, root mean
// square, for operands that are uniform in ±1.
func TestWinogradErrors(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		g := square(1, 15, 64, 16, 3, 1, 1)
		for _, role := range roles {
			rms := func(by algorithm) (sum float64) {
				o := newOperands[float32](g, role)
				exact, _ := o.want(g, role, vec.Copy) // of the rounded operands
				o.run(newPlan[float32](g, role, by), vec.Copy)
				for i := range exact {
					sum += (float64(o.c[i]) - exact[i]) * (float64(o.c[i]) - exact[i])
				}
				return math.Sqrt(sum)
			}
			assert.Less(t, rms(winograd)/rms(directly), 4.0, "%v", role)
		}
	})
}

// What is not finite reaches every result that it belongs to.
func TestNotFinite(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		for _, g := range []Geometry{square(2, 9, 17, 20, 3, 1, 1), square(2, 11, 5, 9, 3, 2, 1)} {
			for _, by := range algorithms(g) {
				for _, bad := range []float64{math.NaN(), math.Inf(1)} {
					for _, role := range roles {
						testNotFinite(t, g, role, by, float32(bad))
					}
				}
			}
		}
	})
}

func testNotFinite(t *testing.T, g Geometry, role Role, by algorithm, bad float32) {
	for _, first := range []bool{true, false} {
		o := newOperands[float32](g, role)
		x, at := o.a, 2*len(o.a)/5
		if !first {
			x, at = o.b, 2*len(o.b)/5
		}
		x[at] = bad
		o.run(newPlan[float32](g, role, by), vec.Copy)
		want, _ := o.want(g, role, vec.Copy)
		for i, w := range want {
			if !finite(w) {
				require.False(t, finite(float64(o.c[i])), "%v of %+v: %v at %d of an operand, %v at %d", role, g, bad, at, o.c[i], i)
			}
		}
	}
}

func finite(x float64) bool { return x-x == 0 }
