package curvature

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"declive/internal/dense"
)

// HessianProduct fills dst with H·v, where H is the matrix of second
// derivatives at the present weights, without forming H (Pearlmutter, Fast exact
// multiplication by the Hessian, 1994): with the gradient g,
//
//	H·v = ∂(gᵀ·v)/∂w    v held constant
//
// which costs a few gradients. It is an error if dst or v is not as long as Dim.
func (o *Objective) HessianProduct(dst, v []float64) error {
	if err := o.check("HessianProduct", dst, v); err != nil {
		return err
	}
	p, err := o.present.hessian()
	if err != nil {
		return err
	}
	feeds := o.feeds
	for i, n := range p.directions {
		v = dense.Fill(p.values[i], v)
		feeds = append(feeds, n.Feed(p.values[i]))
	}
	o.feeds = feeds[:len(o.feeds)]
	if p.program != nil {
		if _, err := p.program.Run(feeds...); err != nil {
			return fmt.Errorf("curvature: HessianProduct: %w", err)
		}
	}
	p.collect(dst)
	return nil
}

// Hessian returns the matrix of second derivatives at the present weights, a
// product with a unit vector for every column: for small models. Its two
// triangles, equal but for rounding, are averaged.
func (o *Objective) Hessian() (*mat.SymDense, error) {
	if err := o.check("Hessian"); err != nil {
		return nil, err
	}
	columns := make([][]float64, o.dim)
	unit := make([]float64, o.dim)
	for j := range columns {
		columns[j] = make([]float64, o.dim)
		unit[j] = 1
		if err := o.HessianProduct(columns[j], unit); err != nil {
			return nil, err
		}
		unit[j] = 0
	}
	h := mat.NewSymDense(o.dim, nil)
	for i := range o.dim {
		for j := range i + 1 {
			h.SetSym(i, j, (columns[i][j]+columns[j][i])/2)
		}
	}
	return h, nil
}
