package main

import (
	"math"
	"math/big"
)

// precision of the arithmetic that finds coefficients, in bits.
const precision = 400

func parse(s string) *big.Float {
	f, _, err := big.ParseFloat(s, 10, precision, big.ToNearestEven)
	if err != nil {
		panic(err)
	}
	return f
}

func number(x float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(x) }

// series returns the function Σ coefficient(k)·xᵏ, to all the digits that x up
// to 1/2 needs.
func series(coefficient func(k int64) *big.Rat) func(x *big.Float) *big.Float {
	return func(x *big.Float) *big.Float {
		sum := number(0)
		for k := int64(200); k >= 0; k-- {
			c := new(big.Float).SetPrec(precision).SetRat(coefficient(k))
			sum.Mul(sum, x)
			sum.Add(sum, c)
		}
		return sum
	}
}

// fit returns the coefficients, constant term first, of the polynomial of the
// given degree that equals f at the Chebyshev nodes of [lo, hi]. Its largest
// error there is at most a few times the smallest possible for the degree.
func fit(f func(x *big.Float) *big.Float, lo, hi float64, degree int) []float64 {
	n := degree + 1
	x, d := make([]*big.Float, n), make([]*big.Float, n)
	for i := range n {
		c := math.Cos(math.Pi * (float64(i) + 0.5) / float64(n))
		x[i] = number((lo + hi + (hi-lo)*c) / 2)
		d[i] = f(x[i])
	}
	for k := 1; k < n; k++ { // divided differences
		for i := n - 1; i >= k; i-- {
			d[i].Sub(d[i], d[i-1])
			d[i].Quo(d[i], number(0).Sub(x[i], x[i-k]))
		}
	}
	return coefficients(x, d)
}

// coefficients expands d₀ + (t − x₀)(d₁ + (t − x₁)(d₂ + …)) in powers of t.
func coefficients(x, d []*big.Float) []float64 {
	n := len(d)
	p := make([]*big.Float, n)
	for i := range p {
		p[i] = number(0)
	}
	for k := n - 1; k >= 0; k-- {
		for i := n - 1; i >= 0; i-- { // p = p·(t − x_k) + d_k
			p[i].Neg(p[i].Mul(p[i], x[k]))
			if i > 0 {
				p[i].Add(p[i], p[i-1])
			}
		}
		p[0].Add(p[0], d[k])
	}
	c := make([]float64, n)
	for i := range c {
		c[i], _ = p[i].Float64()
	}
	return c
}

// expTail is (eʳ − 1 − r)/r² = Σ rᵏ/(k+2)!
var expTail = series(func(k int64) *big.Rat {
	return new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).MulRange(1, k+2))
})

// logTail is (2·artanh(s) − 2s)/s³ = Σ 2/(2k+3)·zᵏ with z = s².
var logTail = series(func(k int64) *big.Rat { return big.NewRat(2, 2*k+3) })
