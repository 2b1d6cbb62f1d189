//go:build mpi

package mpi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"unsafe"

	"gorgonia.org/tensor"

	"declive/dist"
	"declive/internal/dense"
)

// A reduction is a sum of memory that stays where it is while the sum proceeds: one of
// MPI's own where that is short or there are many ranks, else an exchange.
type reduction struct {
	*comm
	request
	memory unsafe.Pointer // nil for none
	call   dist.Call
	done   bool
	pins   runtime.Pinner

	exchange *exchange // nil for MPI's own
}

func (c *comm) AllReduce(x *tensor.Dense) (dist.Reduction, error) {
	if x == nil {
		return nil, errors.New("mpi: AllReduce: the tensor is nil")
	}
	if reason := dense.Numbers(x); reason != "" {
		return nil, fmt.Errorf("mpi: AllReduce: %s", reason)
	}
	n := x.Shape().TotalSize()
	if n > math.MaxInt32/8 {
		return nil, fmt.Errorf("mpi: AllReduce: the tensor has %d elements, want at most %d in one sum", n, math.MaxInt32/8)
	}
	r := &reduction{comm: c, done: true, call: dist.Call{Kind: dist.Reduces, Length: n, Double: x.Dtype() == tensor.Float64}}
	switch {
	case n == 0:
	case r.call.Double:
		r.memory = unsafe.Pointer(&x.Float64s()[0])
		r.exchange = newExchange(c, x.Float64s())
	default:
		r.memory = unsafe.Pointer(&x.Float32s()[0])
		r.exchange = newExchange(c, x.Float32s())
	}
	if r.request = newRequest(1); r.exchange != nil {
		r.request = r.exchange.request
	}
	return r, nil
}

func (r *reduction) Start() (err error) {
	if r.call, err = r.next(r.call); err != nil {
		return err
	}
	if r.memory == nil {
		return nil
	}
	r.pins.Pin(r.memory)
	r.done = false
	if r.exchange != nil {
		return r.exchange.start(r.call.Number)
	}
	return r.sum(r.memory, r.call.Length, r.call.Double)
}

func (r *reduction) Poll() error {
	if r.done {
		return nil
	}
	done, err := r.test()
	if done {
		r.done = true
		r.pins.Unpin()
	}
	return err
}

// test moves the sum on.
func (r *reduction) test() (bool, error) {
	if r.exchange != nil {
		return r.exchange.test()
	}
	return r.request.test()
}

func (r *reduction) Wait(ctx context.Context) error {
	if r.done {
		return nil
	}
	if err := r.wait(ctx, r.call, r); err != nil {
		return err
	}
	r.done = true
	r.pins.Unpin()
	return nil
}
