package part

import (
	"context"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/dist"
	"declive/internal/dense"
	"declive/internal/record"
)

// Whole returns on all ranks the batch of which each has a part.
func Whole(c dist.Comm, b autodiff.Batch) (autodiff.Batch, error) {
	n := record.Size(b)
	all := []float64{float64(n)}
	if err := Sum(c, all); err != nil {
		return b, err
	}
	var whole autodiff.Batch
	var err error
	if whole.X, err = join(c, b.X, n, int(all[0])); err != nil {
		return b, err
	}
	if whole.Y, err = join(c, b.Y, n, int(all[0])); err != nil {
		return b, err
	}
	for _, m := range b.More {
		v, err := join(c, m.Value, n, int(all[0]))
		if err != nil {
			return b, err
		}
		whole.More = append(whole.More, autodiff.Named{Name: m.Name, Value: v})
	}
	return whole, nil
}

// join returns a tensor of which this rank has n rows and all together have all, or v
// itself if it is not divided.
func join(c dist.Comm, v *tensor.Dense, n, all int) (*tensor.Dense, error) {
	if yes, err := All(c, divided(v, n)); !yes || err != nil {
		return v, err
	}
	shape := v.Shape().Clone()
	shape[0] = all
	whole := tensor.New(tensor.WithShape(shape...), tensor.Of(v.Dtype()))
	for rank := range c.Size() {
		data := memory(rows(whole, First(all, rank, c.Size()), First(all, rank+1, c.Size())))
		if rank == c.Rank() {
			copy(data, memory(v))
		}
		if err := c.Broadcast(context.Background(), data, rank); err != nil {
			return nil, err
		}
	}
	return whole, nil
}

func memory(v *tensor.Dense) []byte {
	switch v.Dtype() {
	case tensor.Int:
		return dense.Bytes(v.Ints())
	case tensor.Float32:
		return dense.Bytes(v.Float32s())
	}
	return dense.Bytes(v.Float64s())
}
