package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/setting"
)

// Whitening returns the initialiser of a first convolution, of windows of size×size
// pixels, that takes from images what neighbouring pixels have in common (Page, How to
// Train Your ResNet, 2018; Jordan, arXiv 2404.00498). On such images its outputs are
// not correlated, and all are about equally large:
//
//	M = mean p·pᵀ    M·v = λ·v    w = v/√(λ + ε), then −v/√(λ + ε)
//
// over the patches p of images of shape (n, height, width, channels). A layer has up
// to size·size·channels vectors v, those with the largest λ first, and after them as
// many negatives, which an activation treats in another way. ε keeps those small that
// are mostly noise.
//
// Nothing is drawn. It panics with an [*autodiff.Error] if there are no such patches,
// if a pixel is not finite or if ε is not positive. NewParam panics for a layer of
// other windows, of an odd number of outputs or of too many.
func Whitening(images *tensor.Dense, size int, epsilon float64) Init {
	moments := patchMoments(images, size)
	if err := setting.Positive("epsilon", epsilon); err != nil {
		autodiff.Fail("nn.Whitening", err.Error())
	}
	lambdas, vectors := eigen(moments)
	return func(w []float64, fanIn, _ int, _ *rand.Rand) {
		if fanIn != len(vectors) {
			autodiff.Fail("nn.NewParam", fmt.Sprintf("Whitening of %d numbers a patch for a layer that sees %d", len(vectors), fanIn))
		}
		half := len(w) / fanIn / 2
		if len(w) != 2*half*fanIn || half > fanIn {
			autodiff.Fail("nn.NewParam", fmt.Sprintf("Whitening for %d outputs, want an even number up to %d", len(w)/fanIn, 2*fanIn))
		}
		for i := range half {
			scale := 1 / math.Sqrt(max(lambdas[i], 0)+epsilon) // a λ of 0 may be rounded below
			for j, v := range vectors[i] {
				w[i*fanIn+j], w[(half+i)*fanIn+j] = v*scale, -v*scale
			}
		}
	}
}

// patchMoments returns the mean of p·pᵀ over all patches of images.
func patchMoments(images *tensor.Dense, size int) [][]float64 {
	const name = "nn.Whitening"
	if images == nil || images.Dims() != 4 || images.Dtype() != tensor.Float32 && images.Dtype() != tensor.Float64 {
		autodiff.Fail(name, "want numbers of the shape (n, height, width, channels)")
	}
	s := autodiff.Shape(images.Shape())
	if size < 1 || s.Size() == 0 || size > s[1] || size > s[2] {
		autodiff.Fail(name, fmt.Sprintf("the images have no patches of %d×%d pixels", size, size), s)
	}
	if at := dense.FirstNonFinite(images); at >= 0 {
		autodiff.Fail(name, fmt.Sprintf("element %d is %v", at, dense.Element(images, at)), s)
	}
	if images.Dtype() == tensor.Float32 {
		return momentsOf(images.Float32s(), s, size)
	}
	return momentsOf(images.Float64s(), s, size)
}

func momentsOf[F dense.Float](pixels []F, s autodiff.Shape, size int) [][]float64 {
	height, width, line := s[1], s[2], s[2]*s[3]
	along := size * s[3] // numbers of a row of a patch
	sums, patch := square(size*along), make([]float64, size*along)
	for n := range s[0] {
		image := pixels[n*height*line:][:height*line]
		for y := range height - size + 1 {
			for x := range width - size + 1 {
				for r := range size {
					for i, v := range image[(y+r)*line+x*s[3]:][:along] {
						patch[r*along+i] = float64(v)
					}
				}
				addOuter(sums, patch)
			}
		}
	}
	count := float64(s[0] * (height - size + 1) * (width - size + 1))
	for i, row := range sums {
		for j := range row[:i+1] {
			row[j] /= count
			sums[j][i] = row[j]
		}
	}
	return sums
}

// addOuter adds p·pᵀ to the lower triangle of m.
func addOuter(m [][]float64, p []float64) {
	for i, a := range p {
		row := m[i][:i+1]
		for j := range row {
			row[j] += float64(a * p[j])
		}
	}
}

// eigen returns the eigenvalues of a symmetric matrix, which it overwrites, the
// largest first, and their vectors of length 1 as rows. Jacobi's rotations make the
// matrix diagonal; products are not fused with sums, so that every processor finds the
// same bits. The largest element of a vector is positive.
func eigen(a [][]float64) (values []float64, vectors [][]float64) {
	n := len(a)
	v := square(n)
	for i := range v {
		v[i][i] = 1
	}
	const sweeps = 50 // a matrix needs about 10
	for i := 0; i < sweeps && !diagonal(a); i++ {
		for p := range n {
			for q := p + 1; q < n; q++ {
				rotate(a, v, p, q)
			}
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		if a[i][i] > a[j][j] {
			return -1
		}
		return 1
	})
	for _, i := range order {
		values, vectors = append(values, a[i][i]), append(vectors, upright(v[i]))
	}
	return values, vectors
}

// diagonal reports whether every element beside the diagonal is negligible.
func diagonal(a [][]float64) bool {
	for i, row := range a {
		for j := range i {
			if !negligible(row[j], row[i], a[j][j]) {
				return false
			}
		}
	}
	return true
}

// negligible reports whether x is lost in rounding beside p and q on the diagonal.
func negligible(x, p, q float64) bool {
	return math.Abs(x) <= 1e-15*math.Sqrt(math.Abs(p))*math.Sqrt(math.Abs(q)) || math.Abs(x) < 1e-300
}

// rotate turns a and the vectors v in the plane of p and q, by the angle that makes
// a[p][q] zero.
func rotate(a, v [][]float64, p, q int) {
	if negligible(a[p][q], a[p][p], a[q][q]) {
		a[p][q], a[q][p] = 0, 0
		return
	}
	theta := (a[q][q] - a[p][p]) / (2 * a[p][q])
	t := math.Copysign(1, theta) / (math.Abs(theta) + math.Hypot(theta, 1))
	c := 1 / math.Hypot(t, 1)
	s := t * c
	turn := func(x, y *float64) { *x, *y = float64(c**x)-float64(s**y), float64(s**x)+float64(c**y) }
	for k := range a {
		turn(&a[k][p], &a[k][q])
	}
	for k := range a {
		turn(&a[p][k], &a[q][k])
		turn(&v[p][k], &v[q][k])
	}
	a[p][q], a[q][p] = 0, 0
}

// upright returns v or −v.
func upright(v []float64) []float64 {
	largest := 0.0
	for _, x := range v {
		if math.Abs(x) > math.Abs(largest) {
			largest = x
		}
	}
	if largest < 0 {
		for i := range v {
			v[i] = -v[i]
		}
	}
	return v
}

// square returns an n×n matrix of zeros.
func square(n int) [][]float64 {
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = make([]float64, n)
	}
	return rows
}
