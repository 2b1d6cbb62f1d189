package main

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// hessianVector returns the case of the product of a model's Hessian, at its
// initial weights, with one vector for each parameter: the gradient of the
// gradient's product with the vectors. The numbers to compare are the loss and
// v·Hv.
func hessianVector(make maker) func(tensor.Dtype) (*job, error) {
	return func(dt tensor.Dtype) (_ *job, err error) {
		defer autodiff.Catch(&err)
		m := make(dt)
		g := autodiff.NewGraph(dt)
		x, y := leaves(g, m.batch)
		loss := m.loss(x, y)
		params := nodes(g, m.params)
		grads, err := autodiff.Grad(loss, params...)
		if err != nil {
			return nil, err
		}
		feeds := []autodiff.Feed{x.Feed(m.batch.X), y.Feed(m.batch.Y)}
		slope := g.Scalar(0)
		vectors := directionsOf(m.params)
		for i, v := range vectors {
			n := g.Input(fmt.Sprintf("v%d", i), v.Shape()...)
			feeds = append(feeds, n.Feed(v))
			slope = slope.Add(grads[i].Mul(n).Sum())
		}
		hv, err := autodiff.Grad(slope, params...)
		if err != nil {
			return nil, err
		}
		program, err := autodiff.Compile(loss, hv...)
		if err != nil {
			return nil, err
		}
		return productJob(program, feeds, vectors), nil
	}
}

func productJob(p *autodiff.Program, feeds []autodiff.Feed, vectors []*tensor.Dense) *job {
	step := func() error { _, err := p.Run(feeds...); return err }
	return &job{
		losses: func() (float64, *float64, error) {
			out, err := p.Run(feeds...)
			if err != nil {
				return 0, nil, err
			}
			sum := 0.0
			for i, v := range vectors {
				sum += dot(v, out.Value(i+1))
			}
			return out.Scalar(0), &sum, nil
		},
		step:    step,
		units:   1,
		samples: 11,
	}
}

// directionsOf returns the vectors, in the layout of the parameters: a matrix is
// the transpose of its stream.
func directionsOf(params []*autodiff.Param) []*tensor.Dense {
	out := make([]*tensor.Dense, len(params))
	for i, p := range params {
		s, shape := directions+uint64(i), p.Shape()
		if len(shape) == 2 {
			out[i] = transposed(p.Precision(), s, 1, shape[0], shape[1])
		} else {
			out[i] = uniform(p.Precision(), s, 1, shape...)
		}
	}
	return out
}

// dot returns the sum of products of elements, in float64.
func dot(a, b *tensor.Dense) float64 {
	sum := 0.0
	if a.Dtype() == tensor.Float64 {
		for i, v := range a.Float64s() {
			sum += v * b.Float64s()[i]
		}
		return sum
	}
	for i, v := range a.Float32s() {
		sum += float64(v) * float64(b.Float32s()[i])
	}
	return sum
}
