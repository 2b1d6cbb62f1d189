//go:build mpi

package mpi

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"declive/dist"
)

// Join makes this process one of the ranks that its launcher has started; without one
// it is the only rank. A process joins once. What Go calls GOMAXPROCS is the number of
// cores that the launcher has bound the process to: see [dist.Places].
func Join() (dist.Comm, error) {
	e, err := newEngine()
	if err != nil {
		return nil, err
	}
	return &comm{engine: e, once: newRequest(1)}, nil
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
