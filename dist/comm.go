package dist

import (
	"context"
	"fmt"
	"time"

	"gorgonia.org/tensor"

	"declive/internal/dense"
)

// A Comm is one rank's end of what joins the ranks, a communicator. All methods but
// Rank and Size are collective: every rank makes the same calls in the same order,
// from one goroutine. A context without a deadline gets [Patience]; a call that its
// context ends has failed for all.
type Comm interface {
	// Rank returns the number of this rank, from 0 on.
	Rank() int

	// Size returns how many ranks there are.
	Size() int

	// AllReduce prepares a sum over all ranks, to be used again and again:
	//
	//	x ← Σ x over the ranks, in an order that the number of ranks fixes
	//
	// x has the same length and precision on each. It is an error if x is no tensor of
	// float32 or float64 as it was made.
	AllReduce(x *tensor.Dense) (Reduction, error)

	// Broadcast fills data on every rank with that of the rank root. Its length is the
	// same on each.
	Broadcast(ctx context.Context, data []byte, root int) error

	// Barrier returns when all ranks have called it.
	Barrier(ctx context.Context) error

	// Abort ends the calls of all ranks, and, where they are processes, the
	// processes, with a status that is not 0. It is not collective.
	Abort(reason error)

	// Close ends the use of the Comm, when all ranks have called it, which may take
	// them some time: rank 0 may still be writing files.
	Close() error
}

// A Reduction is a sum over all ranks that does not keep the caller waiting. Between
// Start and the end of Wait its tensor is not to be touched.
type Reduction interface {
	// Start begins, and returns.
	Start() error

	// Poll moves on what can go on, and returns. Between two long computations it
	// lets the sum proceed beside them.
	Poll() error

	// Wait returns when the tensor holds the sum.
	Wait(ctx context.Context) error
}

// Patience is how long a call waits for the other ranks where its context has no
// deadline. A program that is stopped as a whole does not lose it.
const Patience = 3 * time.Second

// Closing is the patience of [Comm.Close], and of whatever lets rank 0 alone work.
const Closing = 10 * time.Minute

// A LostError reports ranks that did not come to a collective call, or came to
// another one.
type LostError struct {
	Ranks []int         // those that are missing
	Other map[int]Call  // what others have called instead
	Call  Call          // that waits for them
	After time.Duration // it has waited for so long
}

// Error names the ranks and the call.
func (e *LostError) Error() string {
	text := fmt.Sprintf("dist: %v: after %.1f s", e.Call, e.After.Seconds())
	if len(e.Ranks) > 0 {
		text += fmt.Sprintf(" %s not come", ranksHave(e.Ranks))
	}
	for _, rank := range sorted(e.Other) {
		text += fmt.Sprintf(", rank %d is at %v", rank, e.Other[rank])
	}
	return text
}

// A Call is a collective call, as it must be the same on all ranks.
type Call struct {
	Number int    // 1, 2, … since the Comm was made
	Kind   string // all-reduce, broadcast, barrier
	Length int    // elements, of a broadcast bytes
	Double bool   // float64
	Root   int    // of a broadcast
}

// String names the call in a few words.
func (c Call) String() string {
	switch c.Kind {
	case Reduces:
		precision := "float32"
		if c.Double {
			precision = "float64"
		}
		return fmt.Sprintf("call %d, all-reduce of %d %s", c.Number, c.Length, precision)
	case Broadcasts:
		return fmt.Sprintf("call %d, broadcast of %d bytes from rank %d", c.Number, c.Length, c.Root)
	}
	return fmt.Sprintf("call %d, %s", c.Number, c.Kind)
}

// The kinds of calls.
const (
	Reduces    = "all-reduce"
	Broadcasts = "broadcast"
	Barriers   = "barrier"
)

// Sum replaces x by its sum over all ranks, and waits for it.
func Sum(ctx context.Context, c Comm, x *tensor.Dense) error {
	r, err := c.AllReduce(x)
	if err != nil {
		return err
	}
	if err := r.Start(); err != nil {
		return err
	}
	return r.Wait(ctx)
}

// Mean replaces x by its mean over all ranks, and waits for it.
//
//	x ← 1/k Σ x    for k ranks
func Mean(ctx context.Context, c Comm, x *tensor.Dense) error {
	if err := Sum(ctx, c, x); err != nil {
		return err
	}
	for i := range x.Shape().TotalSize() {
		dense.SetElement(x, i, dense.Element(x, i)/float64(c.Size()))
	}
	return nil
}

// BroadcastTensor fills a tensor of numbers on every rank with that of the rank root.
func BroadcastTensor(ctx context.Context, c Comm, x *tensor.Dense, root int) error {
	data, err := bytesOf("BroadcastTensor", x)
	if err != nil {
		return err
	}
	return c.Broadcast(ctx, data, root)
}

// bytesOf returns the memory of a tensor as bytes.
func bytesOf(caller string, x *tensor.Dense) ([]byte, error) {
	if reason := unusable(x); reason != "" {
		return nil, fmt.Errorf("dist: %s: %s", caller, reason)
	}
	if x.Dtype() == tensor.Float32 {
		return dense.Bytes(x.Float32s()), nil
	}
	return dense.Bytes(x.Float64s()), nil
}

// unusable says why x is no memory for numbers, or "".
func unusable(x *tensor.Dense) string {
	if x == nil {
		return "the tensor is nil"
	}
	return dense.Numbers(x)
}
