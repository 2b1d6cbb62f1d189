package curvature

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/record"
)

// A recorded loss is what is compiled for batches of one form.
type recorded struct {
	*record.Loss
	weights, grads []*autodiff.Node
	lossOnly       *autodiff.Program // the loss; nil until it is asked for
	slope          *autodiff.Program // the loss and its gradient
	product        *product          // with the Hessian; nil until it is asked for
}

func (o *Objective) newRecorded(b autodiff.Batch) (r *recorded, err error) {
	defer autodiff.Catch(&err)
	l, err := record.New(o.loss, autodiff.NewGraph(tensor.Float64), b)
	if err != nil {
		return nil, fmt.Errorf("curvature: %w", err)
	}
	r = &recorded{Loss: l, weights: l.Params(o.params)}
	if r.grads, err = autodiff.Grad(r.Value, r.weights...); err != nil {
		return nil, err
	}
	r.slope, err = autodiff.Compile(r.Value, r.grads...)
	return r, err
}

// lossProgram returns the program of the loss alone.
func (r *recorded) lossProgram() (_ *autodiff.Program, err error) {
	if r.lossOnly == nil {
		r.lossOnly, err = autodiff.Compile(r.Value)
	}
	return r.lossOnly, err
}

// A product computes H·v.
type product struct {
	directions []*autodiff.Node  // v, one input for each parameter
	values     []*tensor.Dense   // fed to them
	outputs    []int             // of the program: where each parameter's part is, −1 where it is 0
	program    *autodiff.Program // nil if H is 0
}

// hessian returns the product, and compiles it at the first call.
func (r *recorded) hessian() (_ *product, err error) {
	defer autodiff.Catch(&err)
	if r.product != nil {
		return r.product, nil
	}
	p := &product{}
	slope := r.Graph.Scalar(0) // gᵀ·v
	for i, w := range r.weights {
		v := r.Graph.Input("direction of "+w.Name(), w.Shape()...)
		p.directions = append(p.directions, v)
		p.values = append(p.values, dense.Zeros(tensor.Float64, w.Shape()...))
		slope = slope.Add(r.grads[i].Mul(v).Sum())
	}
	if err := p.compile(slope, r.weights); err != nil {
		return nil, err
	}
	r.product = p
	return p, nil
}

// compile makes the program for the derivatives of the slope by those weights
// that it depends on.
func (p *product) compile(slope *autodiff.Node, weights []*autodiff.Node) error {
	var curved []*autodiff.Node
	for _, w := range weights {
		p.outputs = append(p.outputs, -1)
		if slope.DependsOn(w) {
			p.outputs[len(p.outputs)-1] = len(curved)
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
	p.program, err = autodiff.Compile(products[0], products[1:]...)
	return err
}

// collect fills dst with the parts of H·v.
func (p *product) collect(dst []float64) {
	clear(dst)
	for i, at := range p.outputs {
		n := p.values[i].Shape().TotalSize()
		if at >= 0 {
			copy(dst[:n], p.program.Output(at).Float64s())
		}
		dst = dst[n:]
	}
}
