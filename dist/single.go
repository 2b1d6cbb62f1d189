package dist

import (
	"context"
	"fmt"

	"gorgonia.org/tensor"
)

// Single returns the only rank of one process.
func Single() Comm { return single{} }

type single struct{}

func (single) Rank() int    { return 0 }
func (single) Size() int    { return 1 }
func (single) Abort(error)  {}
func (single) Close() error { return nil }

func (single) AllReduce(x *tensor.Dense) (Reduction, error) {
	if reason := unusable(x); reason != "" {
		return nil, fmt.Errorf("dist: AllReduce: %s", reason)
	}
	return itself{}, nil
}

func (single) Broadcast(ctx context.Context, _ []byte, root int) error {
	if root != 0 {
		return noRoot(root, 1)
	}
	return ctx.Err()
}

func (single) Barrier(ctx context.Context) error { return ctx.Err() }

// noRoot is the error of a broadcast from a rank that there is not.
func noRoot(root, size int) error {
	return fmt.Errorf("dist: Broadcast: the rank root is %d, want 0 to %d", root, size-1)
}

// itself is a sum over one rank.
type itself struct{}

func (itself) Start() error                   { return nil }
func (itself) Poll() error                    { return nil }
func (itself) Wait(ctx context.Context) error { return ctx.Err() }
