package curvature

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"declive/internal/dense"
	"declive/internal/setting"
)

// Newton jumps to the stationary point of the parabola that has the loss's
// slope and curvature, for small models:
//
//	step = −(H + δ·I)⁻¹·g
//
// Near a minimum that doubles the number of right digits at every step. But it
// moves against the gradient only where the curvature is positive: a saddle or a
// maximum attracts it. See [SaddleFreeNewton].
type Newton struct {
	Damping float64 // δ; 0 for none
}

// SaddleFreeNewton divides by the absolute values of the curvatures, so that it
// goes down in every direction, as far as the curvature allows (Dauphin et al.,
// Identifying and attacking the saddle point problem in high-dimensional
// non-convex optimization, arXiv 1406.2572):
//
//	step = −(|H| + δ·I)⁻¹·g    |H| = V·|Λ|·Vᵀ for H = V·Λ·Vᵀ
//
// A point whose gradient is exactly zero is not left.
type SaddleFreeNewton struct {
	// Krylov is the number of dimensions, spanned by g, H·g, H²·g, …, in which
	// the step is looked for: for models too large for their Hessian, as in
	// section 5 of the paper. 0 takes the whole space and the exact Hessian.
	Krylov int

	// Damping is δ. 0 tries 1, 0.1, … 10⁻⁶, as the paper does, and takes the one
	// that leads to the lowest loss; if none leads below the present one, the
	// step of δ = 1 is halved until it does.
	Damping float64
}

var (
	_ Method = Newton{}
	_ Method = SaddleFreeNewton{}
)

// Direction returns −(H + δ·I)⁻¹·g. It is an error if that matrix is singular.
func (m Newton) Direction(o *Objective) (float64, []float64, error) {
	if err := setting.NotNegative("curvature: Newton: Damping", m.Damping); err != nil {
		return 0, nil, err
	}
	loss, g, err := o.slope("Newton")
	if err != nil || !dense.Finite(loss) || !dense.Finite(g...) {
		return loss, g, err
	}
	h, err := o.Hessian()
	if err != nil {
		return loss, nil, err
	}
	for i := range o.dim {
		h.SetSym(i, i, h.At(i, i)+m.Damping)
	}
	var step mat.VecDense
	if err := step.SolveVec(h, mat.NewVecDense(o.dim, g)); err != nil {
		return loss, nil, fmt.Errorf("the Hessian is singular: %w; use Damping", err)
	}
	floats.Scale(-1, step.RawVector().Data)
	return loss, step.RawVector().Data, nil
}

// Direction returns −(|H| + δ·I)⁻¹·g.
func (m SaddleFreeNewton) Direction(o *Objective) (float64, []float64, error) {
	if err := setting.NotNegative("curvature: SaddleFreeNewton: Damping", m.Damping); err != nil {
		return 0, nil, err
	}
	if m.Krylov < 0 {
		return 0, nil, fmt.Errorf("curvature: SaddleFreeNewton: Krylov is %d, want 0 or more", m.Krylov)
	}
	loss, g, err := o.slope("SaddleFreeNewton")
	if err != nil || !dense.Finite(loss) || !dense.Finite(g...) || floats.Norm(g, 2) == 0 {
		return loss, g, err
	}
	e, err := m.axes(o, g)
	if err != nil {
		return loss, nil, err
	}
	if m.Damping > 0 {
		return loss, e.step(m.Damping), nil
	}
	step, err := e.search(o, loss)
	return loss, step, err
}

// principal holds the gradient in axes along which the curvature is known.
type principal struct {
	curvature []float64
	slope     []float64                       // the gradient along each axis
	back      func(along []float64) []float64 // to weights
}

// axes returns the principal axes of the Hessian, or of what of it lies in a
// Krylov space.
func (m SaddleFreeNewton) axes(o *Objective, g []float64) (*principal, error) {
	if m.Krylov > 0 {
		return krylovAxes(o, g, m.Krylov)
	}
	h, err := o.Hessian()
	if err != nil {
		return nil, err
	}
	values, vectors, err := eigen(h)
	if err != nil {
		return nil, err
	}
	slope := mat.NewVecDense(o.dim, nil)
	slope.MulVec(vectors.T(), mat.NewVecDense(o.dim, g))
	return &principal{values, slope.RawVector().Data, func(along []float64) []float64 {
		x := mat.NewVecDense(o.dim, nil)
		x.MulVec(vectors, mat.NewVecDense(len(along), along))
		return x.RawVector().Data
	}}, nil
}

// krylovAxes uses that g is the first basis vector times its length, so that
// its components are the first elements of T's eigenvectors.
func krylovAxes(o *Objective, g []float64, steps int) (*principal, error) {
	k, err := lanczos(o.HessianProduct, g, steps)
	if err != nil {
		return nil, err
	}
	values, vectors, err := k.eigen()
	if err != nil {
		return nil, err
	}
	slope := make([]float64, len(values))
	mat.Row(slope, 0, vectors)
	floats.Scale(floats.Norm(g, 2), slope)
	return &principal{values, slope, func(along []float64) []float64 {
		var y mat.VecDense
		y.MulVec(vectors, mat.NewVecDense(len(along), along))
		return k.combine(&y)
	}}, nil
}

// step returns −(|H| + δ·I)⁻¹·g.
func (e *principal) step(damping float64) []float64 {
	along := make([]float64, len(e.slope))
	for i, s := range e.slope {
		along[i] = -s / (math.Abs(e.curvature[i]) + damping)
	}
	return e.back(along)
}

// search returns the step of the damping that leads to the lowest loss.
func (e *principal) search(o *Objective, loss float64) (best []float64, err error) {
	w := o.Point()
	defer func() { err = errors.Join(err, o.Move(w)) }()
	lowest := loss
	for damping := 1.0; damping > 0.5e-6; damping /= 10 {
		step := e.step(damping)
		value, err := lossAt(o, w, step)
		if err != nil {
			return nil, err
		}
		if value < lowest {
			lowest, best = value, step
		}
	}
	if best != nil {
		return best, nil
	}
	return shorten(o, w, e.step(1), loss)
}

// shorten halves a step until it leads below the loss, or to nothing.
func shorten(o *Objective, w, step []float64, loss float64) ([]float64, error) {
	for range 52 {
		floats.Scale(0.5, step)
		value, err := lossAt(o, w, step)
		if err != nil || value < loss {
			return step, err
		}
	}
	clear(step)
	return step, nil
}

// lossAt returns the loss at w + step.
func lossAt(o *Objective, w, step []float64) (float64, error) {
	if err := o.Move(floats.AddTo(make([]float64, len(w)), w, step)); err != nil {
		return 0, err
	}
	return o.Loss()
}
