package curvature

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"declive/internal/dense"
)

// An Eigenpair is an approximate eigenvalue of the Hessian with its vector of
// length 1. Within Residual = ‖H·v − λ·v‖ of the value there is a true one.
type Eigenpair struct {
	Value    float64
	Residual float64
	Vector   []float64
}

// ExtremeEigenpairs returns approximations of the lowest and the highest
// eigenvalue of the Hessian at the present weights, by so many steps of the
// method of Lanczos from a random direction (Lanczos, An iteration method for
// the solution of the eigenvalue problem of linear differential and integral
// operators, 1950), with full reorthogonalisation. Each step takes a product
// with the Hessian and keeps a vector; some tens of them usually suffice for the
// extremes, and Dim steps always.
//
// It is an error if steps is below 1 or if a product is not finite.
func (o *Objective) ExtremeEigenpairs(steps int, rng *rand.Rand) (lowest, highest Eigenpair, err error) {
	if err := o.check("ExtremeEigenpairs"); err != nil {
		return lowest, highest, err
	}
	if steps < 1 || rng == nil {
		return lowest, highest, fmt.Errorf("curvature: ExtremeEigenpairs: %d steps from generator %v, want at least one and a generator", steps, rng)
	}
	start := make([]float64, o.dim)
	for i := range start {
		start[i] = rng.NormFloat64()
	}
	k, err := lanczos(o.HessianProduct, start, steps)
	if err != nil {
		return lowest, highest, err
	}
	values, vectors, err := k.eigen()
	if err != nil {
		return lowest, highest, err
	}
	last := len(values) - 1
	return k.pair(values[0], vectors.ColView(0)), k.pair(values[last], vectors.ColView(last)), nil
}

// A krylov is an orthonormal basis v₁ … vₖ of the space spanned by b, H·b, H²·b,
// …, in which H is the tridiagonal matrix
//
//	VᵀHV = T    T[i, i] = αᵢ   T[i, i+1] = T[i+1, i] = βᵢ
//
// and H·vₖ leaves the space by a vector of length βₖ.
type krylov struct {
	basis       [][]float64
	alpha, beta []float64 // equally long
}

// lanczos builds a Krylov space of at most steps dimensions, fewer if the space
// is invariant, from a start that is not zero.
func lanczos(product func(dst, v []float64) error, start []float64, steps int) (*krylov, error) {
	k := &krylov{}
	next := append([]float64(nil), start...)
	norm := floats.Norm(next, 2)
	if norm == 0 {
		return nil, errors.New("curvature: Lanczos: the first direction is zero")
	}
	for range min(steps, len(start)) {
		divide(next, norm)
		v := append([]float64(nil), next...)
		k.basis = append(k.basis, v)
		if err := product(next, v); err != nil {
			return nil, err
		}
		k.alpha = append(k.alpha, floats.Dot(v, next))
		norm = k.orthogonalise(next)
		if !dense.Finite(norm) {
			return nil, fmt.Errorf("curvature: Lanczos: product %d with the Hessian is not finite", len(k.basis))
		}
		k.beta = append(k.beta, norm)
		if norm <= k.rounding() {
			break
		}
	}
	return k, nil
}

// divide divides x by its length, whose reciprocal may not be a number with all
// digits.
func divide(x []float64, length float64) {
	const smallest = 0x1p-1022 // with all digits
	if r := 1 / length; r >= smallest && dense.Finite(r) {
		floats.Scale(r, x)
		return
	}
	for i := range x {
		x[i] /= length
	}
}

// orthogonalise takes from x what it has of the basis, twice, since the first
// time leaves rounding errors where most is taken (Parlett, The symmetric
// eigenvalue problem, 1980, section 6.9), and returns the length of the rest.
func (k *krylov) orthogonalise(x []float64) float64 {
	for range 2 {
		for _, v := range k.basis {
			floats.AddScaled(x, -floats.Dot(v, x), v)
		}
	}
	return floats.Norm(x, 2)
}

// rounding returns the length below which a rest is rounding error of products
// as large as those seen.
func (k *krylov) rounding() float64 {
	largest := 0.0
	for i, a := range k.alpha {
		largest = max(largest, math.Abs(a))
		if i+1 < len(k.alpha) {
			largest = max(largest, k.beta[i])
		}
	}
	return largest * float64(len(k.basis[0])) * 0x1p-52
}

// eigen returns the eigenvalues of T, ascending, and its vectors as columns.
func (k *krylov) eigen() ([]float64, *mat.Dense, error) {
	n := len(k.alpha)
	t := mat.NewSymDense(n, nil)
	for i, a := range k.alpha {
		t.SetSym(i, i, a)
		if i+1 < n {
			t.SetSym(i, i+1, k.beta[i])
		}
	}
	return eigen(t)
}

// eigen returns the eigenvalues of a, ascending, and its vectors as columns.
func eigen(a *mat.SymDense) ([]float64, *mat.Dense, error) {
	var e mat.EigenSym
	if !e.Factorize(a, true) {
		return nil, nil, errors.New("curvature: the eigenvalues of the Hessian do not converge")
	}
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	return e.Values(nil), &vectors, nil
}

// pair returns the eigenpair of H that a value and vector of T stand for.
func (k *krylov) pair(value float64, y mat.Vector) Eigenpair {
	last := len(k.alpha) - 1
	return Eigenpair{
		Value:    value,
		Residual: k.beta[last] * math.Abs(y.AtVec(last)),
		Vector:   k.combine(y),
	}
}

// combine returns V·y.
func (k *krylov) combine(y mat.Vector) []float64 {
	x := make([]float64, len(k.basis[0]))
	for i, v := range k.basis {
		floats.AddScaled(x, y.AtVec(i), v)
	}
	return x
}
