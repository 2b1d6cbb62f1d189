package conv

import "declive/internal/kernel"

// Winograd's algorithm F(4,3) computes four results of a sum over three taps from
// six products. A line d of six data, a line g of three weights and the line y of
// four results are related by
//
//	y = Aᵀ[(G·g) ⊙ (Bᵀ·d)]
//
// where the matrices evaluate polynomials at the points 0, ±a, ±b and ∞:
//
//	Bᵀd = (a²b²d₀ − (a²+b²)d₂ + d₄,  t₁ + a·t₂,  t₁ − a·t₂,  t₃ + b·t₄,  t₃ − b·t₄,  a²b²d₁ − (a²+b²)d₃ + d₅)
//	      t₁ = d₄ − b²d₂,  t₂ = d₃ − b²d₁,  t₃ = d₄ − a²d₂,  t₄ = d₃ − a²d₁
//	G·g = (g₀/(a²b²),  p·(g₀ ± a·g₁ + a²g₂),  q·(g₀ ± b·g₁ + b²g₂),  g₂)
//	      p = 1/(2a²(a²−b²)),  q = 1/(2b²(b²−a²))
//	Aᵀm = (m₀ + s₁ + s₃,  a·s₂ + b·s₄,  a²s₁ + b²s₃,  a³s₂ + b³s₄ + m₅)
//	      s₁, s₂ = m₁ ± m₂,  s₃, s₄ = m₃ ± m₄
//
// In two dimensions each is applied to columns and to rows. As y is linear in d, g
// and y, transposed matrices give the gradients:
//
//	dg = Gᵀ[(Bᵀ·d) ⊙ (A·dy)]
//
// With a = 3/4 and b = 3/2 all constants of A and B are exact in binary, and the
// rounding errors are half of those of the usual points 1 and 2. After A. Lavin and
// S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2016; for the
// choice of points see S. A. Alam, A. Anderson, B. Barabasz and D. Gregg, "Winograd
// Convolution for Deep Neural Networks: Efficient Point Selection", 2022.
const (
	pointA, pointB   = 3. / 4, 3. / 2
	squareA, squareB = pointA * pointA, pointB * pointB
	cubeA, cubeB     = squareA * pointA, squareB * pointB
	factorP          = 1 / (2 * squareA * (squareA - squareB))
	factorQ          = 1 / (2 * squareB * (squareB - squareA))

	tileSide  = 4                     // results of a tile along an axis
	patchSide = 6                     // data of a tile along an axis
	numParts  = patchSide * patchSide // components of a transformed tile
)

// A form is one of the transforms of two-dimensional blocks.
type form uint8

const (
	dataForm     form = iota // Bᵀ·d·B, 6×6 to 6×6
	resultForm               // Aᵀ·m·A, 6×6 to 4×4, plus bias, at least floor
	gradientForm             // A·dy·Aᵀ, 4×4 to 6×6
	weightForm               // G·g·Gᵀ, 3×3 to 6×6
	sumForm                  // Gᵀ·s·G, 6×6 to 3×3
	numForms
)

// sides holds the sizes of the blocks of each form.
var sides = [numForms]struct{ in, out int }{{6, 6}, {6, 4}, {4, 6}, {3, 6}, {6, 3}}

// A transform applies a form to blocks side by side, whose elements are vectors of
// channels, one vector of channels after the other. Distances are in elements.
type transform[F kernel.Float] struct {
	src, dst       []F
	rowSrc, colSrc int // from row to row and from column to column
	rowDst, colDst int
	channels       int // a multiple of the lanes of a vector, one after the other
	blocks         int // at least 1
	nextSrc        int // from block to block
	nextDst        int
	bias           []F // of the result
	floor          F
	scratch        []F // for blocks of vectors
	args           transformArgs[F]
}

// run applies the form.
func (t *transform[F]) run(ks *kernels[F], f form) {
	if !t.assembly(ks, f) {
		t.generic(f)
	}
}

// line applies a form in one dimension, in place.
func line[F kernel.Float](f form, d *[patchSide]F) {
	switch f {
	case dataForm:
		dataLine(d)
	case resultForm:
		resultLine(d)
	case gradientForm:
		gradientLine(d)
	case weightForm:
		weightLine(d)
	case sumForm:
		sumLine(d)
	}
}

// generic is the definition of the transforms.
func (t *transform[F]) generic(f form) {
	for n := range t.blocks {
		for c := range t.channels {
			t.channel(f, t.src[n*t.nextSrc+c:], t.dst[n*t.nextDst+c:], c)
		}
	}
}

// channel transforms a channel of a block.
func (t *transform[F]) channel(f form, src, dst []F, c int) {
	in, out := sides[f].in, sides[f].out
	var block [patchSide][patchSide]F // columns transformed
	for j := range in {
		var d [patchSide]F
		for i := range in {
			d[i] = src[i*t.rowSrc+j*t.colSrc]
		}
		line(f, &d)
		for i := range out {
			block[i][j] = d[i]
		}
	}
	for i := range out {
		d := &block[i]
		line(f, d)
		for j, v := range d[:out] {
			if f == resultForm {
				v = max(v+t.bias[c], t.floor)
			}
			dst[i*t.rowDst+j*t.colDst] = v
		}
	}
}

// dataLine is Bᵀd.
func dataLine[F kernel.Float](d *[patchSide]F) {
	t1, t2 := d[4]-squareB*d[2], d[3]-squareB*d[1]
	t3, t4 := d[4]-squareA*d[2], d[3]-squareA*d[1]
	*d = [patchSide]F{
		squareA*squareB*d[0] - (squareA+squareB)*d[2] + d[4],
		t1 + pointA*t2, t1 - pointA*t2,
		t3 + pointB*t4, t3 - pointB*t4,
		squareA*squareB*d[1] - (squareA+squareB)*d[3] + d[5],
	}
}

// resultLine is Aᵀm.
func resultLine[F kernel.Float](m *[patchSide]F) {
	s1, s2, s3, s4 := m[1]+m[2], m[1]-m[2], m[3]+m[4], m[3]-m[4]
	m[0] += s1 + s3
	m[1] = pointA*s2 + pointB*s4
	m[2] = squareA*s1 + squareB*s3
	m[3] = cubeA*s2 + cubeB*s4 + m[5]
}

// gradientLine is A·y.
func gradientLine[F kernel.Float](y *[patchSide]F) {
	evenA, oddA := y[0]+squareA*y[2], pointA*y[1]+cubeA*y[3]
	evenB, oddB := y[0]+squareB*y[2], pointB*y[1]+cubeB*y[3]
	*y = [patchSide]F{y[0], evenA + oddA, evenA - oddA, evenB + oddB, evenB - oddB, y[3]}
}

// weightLine is G·g.
func weightLine[F kernel.Float](g *[patchSide]F) {
	evenA, oddA := factorP*g[0]+factorP*squareA*g[2], factorP*pointA*g[1]
	evenB, oddB := factorQ*g[0]+factorQ*squareB*g[2], factorQ*pointB*g[1]
	*g = [patchSide]F{g[0] / (squareA * squareB), evenA + oddA, evenA - oddA, evenB + oddB, evenB - oddB, g[2]}
}

// sumLine is Gᵀs.
func sumLine[F kernel.Float](s *[patchSide]F) {
	plusA, minusA, plusB, minusB := s[1]+s[2], s[1]-s[2], s[3]+s[4], s[3]-s[4]
	s[0] = s[0]/(squareA*squareB) + factorP*plusA + factorQ*plusB
	s[1] = factorP*pointA*minusA + factorQ*pointB*minusB
	s[2] = factorP*squareA*plusA + factorQ*squareB*plusB + s[5]
}
