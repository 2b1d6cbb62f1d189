package optim

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
	"gorgonia.org/tensor"

	"declive/autodiff"
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
	c, err := o.form.hessian()
	if err != nil {
		return err
	}
	feeds := o.feeds
	for i, n := range c.directions {
		v = dense.Fill(c.values[i], v)
		feeds = append(feeds, n.Feed(c.values[i]))
	}
	o.feeds = feeds[:len(o.feeds)]
	if c.program != nil {
		if _, err := c.program.Run(feeds...); err != nil {
			return fmt.Errorf("optim: HessianProduct: %w", err)
		}
	}
	c.collect(dst)
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

// curvature computes products with the Hessian.
type curvature struct {
	directions []*autodiff.Node  // v, one input for each parameter
	values     []*tensor.Dense   // fed to them
	outputs    []int             // of the program: where each parameter's part is, −1 where it is 0
	program    *autodiff.Program // nil if H is 0
}

func (f *form) hessian() (_ *curvature, err error) {
	defer autodiff.Catch(&err)
	if f.curvature != nil {
		return f.curvature, nil
	}
	c := &curvature{}
	slope := f.graph.Scalar(0) // gᵀ·v
	for i, w := range f.weights {
		v := f.graph.Input("direction of "+w.Name(), w.Shape()...)
		c.directions = append(c.directions, v)
		c.values = append(c.values, dense.Zeros(tensor.Float64, w.Shape()...))
		slope = slope.Add(f.grads[i].Mul(v).Sum())
	}
	if err := c.compile(slope, f.weights); err != nil {
		return nil, err
	}
	f.curvature = c
	return c, nil
}

// compile makes the program for the derivatives of the slope by those weights
// that it depends on.
func (c *curvature) compile(slope *autodiff.Node, weights []*autodiff.Node) error {
	var curved []*autodiff.Node
	for _, w := range weights {
		c.outputs = append(c.outputs, -1)
		if slope.DependsOn(w) {
			c.outputs[len(c.outputs)-1] = len(curved)
			curved = append(curved, w)
		}
	}
	if len(curved) == 0 {
		return nil
	}
	products, err := autodiff.Grad(slope, curved...)
	if err != nil {
		return err
	}
	c.program, err = autodiff.Compile(products[0], products[1:]...)
	return err
}

// collect fills dst with the parts of H·v.
func (c *curvature) collect(dst []float64) {
	clear(dst)
	for i, at := range c.outputs {
		n := c.values[i].Shape().TotalSize()
		if at >= 0 {
			copy(dst[:n], c.program.Output(at).Float64s())
		}
		dst = dst[n:]
	}
}
