package curvature

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"

	"declive/internal/dense"
	"declive/internal/setting"
)

// A Kind says what a point is to the loss around it.
type Kind int

const (
	Sloped  Kind = iota // the gradient is not zero: no stationary point
	Minimum             // the loss rises in every direction
	Maximum             // the loss falls in every direction
	Saddle              // it rises in some and falls in others
	Flat                // some curvature is zero, and second derivatives do not decide
)

// String returns the kind in lower case.
func (k Kind) String() string {
	names := [...]string{"sloped", "minimum", "maximum", "saddle", "flat"}
	if k < 0 || int(k) >= len(names) {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return names[k]
}

// Criteria say what counts as zero for [Classify], and how it looks.
type Criteria struct {
	Gradient  float64 // largest length of a gradient of zero; 0 stands for 1e-6
	Curvature float64 // largest |λ| of an eigenvalue of zero, for each unit of the largest |λ| or of 1; 0 stands for 1e-6

	// Exact is the largest Dim for which all eigenvalues are computed; 0 stands
	// for 200. Beyond, the extreme ones are approximated by so many Steps of
	// Lanczos, 0 stands for 60, from a direction that Rand draws.
	Exact int
	Steps int
	Rand  *rand.Rand
}

// check refuses criteria that have no meaning.
func (c Criteria) check() error {
	if err := setting.NotNegative("curvature: Criteria: Gradient", c.Gradient); err != nil {
		return err
	}
	if err := setting.NotNegative("curvature: Criteria: Curvature", c.Curvature); err != nil {
		return err
	}
	if c.Exact < 0 || c.Steps < 0 {
		return fmt.Errorf("curvature: Criteria: Exact is %d and Steps is %d, want 0 for the standard or more", c.Exact, c.Steps)
	}
	return nil
}

// A StationaryPoint is a point's kind with the numbers that decided it.
type StationaryPoint struct {
	Kind            Kind
	Loss            float64
	GradientNorm    float64
	Lowest, Highest Eigenpair // of the Hessian
	Zero            float64   // largest |λ| that was taken for zero

	// Eigenvalues are all of them, ascending, or nil if only the extremes were
	// approximated.
	Eigenvalues []float64
}

// String returns the kind and its numbers in one line.
func (p StationaryPoint) String() string {
	return fmt.Sprintf("%v: loss %.6g, gradient %.3g, curvature from %.6g to %.6g, zero up to %.3g",
		p.Kind, p.Loss, p.GradientNorm, p.Lowest.Value, p.Highest.Value, p.Zero)
}

// Classify says what the objective's present point is: by the length of the
// gradient whether it is stationary, and by the lowest and the highest
// eigenvalue of the Hessian, λ₁ and λₙ, with z the largest that counts as zero,
// what kind of stationary point it is:
//
//	minimum λ₁ > z    maximum λₙ < −z    saddle λ₁ < −z and λₙ > z    else flat
//
// It changes nothing. An approximate eigenvalue has to be farther from zero than
// its residual, too; but that the lowest of all was found, no finite number of
// steps can prove.
func Classify(o *Objective, c Criteria) (StationaryPoint, error) {
	loss, g, err := o.slope("Classify")
	if err != nil {
		return StationaryPoint{}, err
	}
	if err := c.check(); err != nil {
		return StationaryPoint{}, err
	}
	p := StationaryPoint{Loss: loss, GradientNorm: floats.Norm(g, 2)}
	if !dense.Finite(p.Loss) || !dense.Finite(g...) {
		return p, fmt.Errorf("curvature: Classify: loss %v or gradient %v is not finite", p.Loss, p.GradientNorm)
	}
	if err := p.curvature(o, c); err != nil {
		return p, err
	}
	scale := max(1, math.Abs(p.Lowest.Value), math.Abs(p.Highest.Value))
	p.Zero = max(cmp.Or(c.Curvature, 1e-6)*scale, p.Lowest.Residual, p.Highest.Residual)
	p.Kind = p.kind(cmp.Or(c.Gradient, 1e-6))
	return p, nil
}

// curvature finds the eigenvalues.
func (p *StationaryPoint) curvature(o *Objective, c Criteria) (err error) {
	if o.dim > cmp.Or(c.Exact, 200) {
		p.Lowest, p.Highest, err = o.ExtremeEigenpairs(cmp.Or(c.Steps, 60), c.Rand)
		return err
	}
	h, err := o.Hessian()
	if err != nil {
		return err
	}
	values, vectors, err := eigen(h)
	if err != nil {
		return err
	}
	column := func(j int) Eigenpair {
		v := make([]float64, o.dim)
		for i := range v {
			v[i] = vectors.At(i, j)
		}
		return Eigenpair{Value: values[j], Vector: v}
	}
	p.Eigenvalues, p.Lowest, p.Highest = values, column(0), column(o.dim-1)
	return nil
}

func (p *StationaryPoint) kind(gradient float64) Kind {
	low, high := p.Lowest.Value, p.Highest.Value
	switch {
	case p.GradientNorm > gradient:
		return Sloped
	case low > p.Zero:
		return Minimum
	case high < -p.Zero:
		return Maximum
	case low < -p.Zero && high > p.Zero:
		return Saddle
	}
	return Flat
}
