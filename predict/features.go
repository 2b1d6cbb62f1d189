package predict

import (
	"fmt"
	"strconv"

	"gorgonia.org/tensor"

	"declive/internal/dense"
)

// prepare fills input with its examples from the start of x, transformed.
func (p *Predictor) prepare(input *tensor.Dense, x []float64) {
	if p.precision == tensor.Float32 {
		prepare(p, input.Float32s(), x)
		return
	}
	prepare(p, input.Float64s(), x)
}

func prepare[F dense.Float](p *Predictor, to []F, x []float64) {
	shift, scale := p.model.Transform.Shift, p.model.Transform.Scale
	switch {
	case empty(p.model.Transform):
		for i, v := range x[:len(to)] {
			to[i] = F(v)
		}
	case len(shift) == 1 && len(scale) == 1:
		for i, v := range x[:len(to)] {
			to[i] = F((v - shift[0]) * scale[0])
		}
	default:
		for i, v := range x[:len(to)] {
			j := i % p.features
			to[i] = F((v - shift[min(j, len(shift)-1)]) * scale[min(j, len(scale)-1)])
		}
	}
}

// explain returns the error of a run, in terms of the raw features where one of
// them is the reason.
func (p *Predictor) explain(err error, input *tensor.Dense, x []float64, from int) error {
	i := dense.FirstNonFinite(input)
	if i < 0 || i >= input.Shape().TotalSize() {
		return err
	}
	example, j := from+i/p.features, i%p.features
	name := strconv.Itoa(j)
	if p.model.Features != nil {
		name += ", " + p.model.Features[j] + ","
	}
	if dense.Finite(x[i]) {
		return fmt.Errorf("example %d: feature %s is %v, in the model's %v and after its transform %v", example, name, x[i], p.precision, dense.Element(input, i))
	}
	return fmt.Errorf("example %d: feature %s is %v, want a finite number", example, name, x[i])
}
