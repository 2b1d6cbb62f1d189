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

// Join makes this process one of the ranks that its launcher has started; without one
// it is the only rank. A process joins once. What Go calls GOMAXPROCS is the number of
// cores that the launcher has bound the process to: see [dist.Places].
func Join() (dist.Comm, error) {
	e, err := newEngine()
	if err != nil {
		return nil, err
	}
	return &comm{engine: e, once: newRequest()}, nil
}

// A comm is a [dist.Comm].
type comm struct {
	*engine
	once   request // of the calls that are not sums
	calls  int     // made so far
	broken error   // why no call is made any more
}

func (c *comm) Rank() int { return c.rank }
func (c *comm) Size() int { return c.size }

func (c *comm) Abort(error) { c.abort(1) }

func (c *comm) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), dist.Closing)
	defer cancel()
	if err := c.Barrier(ctx); err != nil {
		return err
	}
	c.broken = errors.New("mpi: the Comm is closed")
	return c.finish()
}

func (c *comm) Barrier(ctx context.Context) error {
	call, err := c.next(dist.Call{Kind: dist.Barriers})
	if err != nil {
		return err
	}
	if err := c.once.barrier(); err != nil {
		return err
	}
	return c.wait(ctx, call, c.once)
}

func (c *comm) Broadcast(ctx context.Context, data []byte, root int) error {
	if root < 0 || root >= c.size {
		return fmt.Errorf("mpi: Broadcast: the rank root is %d, want 0 to %d", root, c.size-1)
	}
	for len(data) > longest { // MPI counts with an int of C
		if err := c.Broadcast(ctx, data[:longest], root); err != nil {
			return err
		}
		data = data[longest:]
	}
	call, err := c.next(dist.Call{Kind: dist.Broadcasts, Length: len(data), Root: root})
	if err != nil || len(data) == 0 {
		return err
	}
	var pins runtime.Pinner
	defer pins.Unpin()
	pins.Pin(&data[0])
	if err := c.once.broadcast(unsafe.Pointer(&data[0]), len(data), root); err != nil {
		return err
	}
	return c.wait(ctx, call, c.once)
}

const longest = 1 << 30

// next counts a call.
func (c *comm) next(call dist.Call) (dist.Call, error) {
	if c.broken != nil {
		return call, c.broken
	}
	c.calls++
	call.Number = c.calls
	return call, nil
}

// A reduction is a sum of memory that stays where it is while the sum proceeds.
type reduction struct {
	*comm
	request
	memory unsafe.Pointer // nil for none
	call   dist.Call
	done   bool
	pins   runtime.Pinner
}

func (c *comm) AllReduce(x *tensor.Dense) (dist.Reduction, error) {
	if x == nil {
		return nil, errors.New("mpi: AllReduce: the tensor is nil")
	}
	if reason := dense.Numbers(x); reason != "" {
		return nil, fmt.Errorf("mpi: AllReduce: %s", reason)
	}
	n := x.Shape().TotalSize()
	if n > math.MaxInt32 {
		return nil, fmt.Errorf("mpi: AllReduce: the tensor has %d elements, want at most %d in one sum", n, math.MaxInt32)
	}
	r := &reduction{comm: c, request: newRequest(), done: true, call: dist.Call{Kind: dist.Reduces, Length: n, Double: x.Dtype() == tensor.Float64}}
	switch {
	case n == 0:
	case r.call.Double:
		r.memory = unsafe.Pointer(&x.Float64s()[0])
	default:
		r.memory = unsafe.Pointer(&x.Float32s()[0])
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
	return r.sum(r.memory, r.call.Length, r.call.Double)
}

func (r *reduction) Poll() error {
	if r.done {
		return nil
	}
	done, err := r.test()
	if done {
		r.finished()
	}
	return err
}

func (r *reduction) Wait(ctx context.Context) error {
	if r.done {
		return nil
	}
	err := r.wait(ctx, r.call, r.request)
	if err == nil {
		r.finished()
	}
	return err
}

func (r *reduction) finished() {
	r.done = true
	r.pins.Unpin()
}
