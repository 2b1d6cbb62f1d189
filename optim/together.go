package optim

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/dist"
	"declive/internal/dense"
	"declive/internal/record"
	"declive/optim/internal/part"
)

// Divided is [Data] that yields a part of every minibatch without the rest, so that a
// rank gathers no examples of others. Of other data each rank takes its rows.
type Divided interface {
	Data

	// MinibatchesPart returns the rows ⌈part·n/parts⌉ to ⌈(part+1)·n/parts⌉ − 1 of
	// every batch of Minibatches, which has n rows; that may be none. It draws from rng
	// in this call alone.
	MinibatchesPart(size int, rng *rand.Rand, part, parts int) iter.Seq[autodiff.Batch]
}

// batches returns the batches of the plan, where there are ranks this one's part of
// each, which may be without examples.
func (f *fit) batches(data Data) (iter.Seq[autodiff.Batch], error) {
	if f.ranks != nil {
		return f.ranks.batches(data, f.plan)
	}
	return wholeBatches(data, f.plan)
}

// wholeBatches returns the batches of a plan.
func wholeBatches(data Data, plan Plan) (iter.Seq[autodiff.Batch], error) {
	batches, err := some(data, data.Minibatches(plan.BatchSize, plan.Rand))
	if err != nil {
		return nil, err
	}
	return Accumulate(batches, max(plan.Accumulate, 1)), nil
}

// some is an error if data has no sequence of batches.
func some(data Data, batches iter.Seq[autodiff.Batch]) (iter.Seq[autodiff.Batch], error) {
	if batches == nil {
		return nil, fmt.Errorf("optim: Fit: %T.Minibatches returned nil, want a sequence", data)
	}
	return batches, nil
}

// batches returns the parts of one rank. Accumulated batches of Divided data are larger
// ones.
func (r *ranks) batches(data Data, plan Plan) (batches iter.Seq[autodiff.Batch], err error) {
	rank, n := r.comm.Rank(), r.comm.Size()
	size := plan.BatchSize * max(plan.Accumulate, 1)
	if size < 1 || size > data.Len() {
		size = data.Len()
	}
	if size < n {
		return nil, fmt.Errorf("optim: Fit: batches of %d examples for %d ranks, want at least one for each", size, n)
	}
	drawn := uint64(0)
	if divided, ok := data.(Divided); ok {
		batches, err = some(data, divided.MinibatchesPart(size, plan.Rand, rank, n))
		if plan.Rand != nil {
			drawn = plan.Rand.Uint64() // shows whether all have the same
		}
	} else if batches, err = wholeBatches(data, plan); err == nil {
		batches = part.Of(batches, rank, n)
	}
	if err != nil {
		return nil, err
	}
	err = part.Same(r.comm, "data, batches or random numbers", uint64(data.Len()), uint64(size), drawn)
	if err != nil {
		err = fmt.Errorf("optim: Fit: %w; make Data and Plan alike on all, with the same seed", err)
	}
	return batches, err
}

// size returns the number of examples of the batch of the last step, on all ranks
// together.
func (f *fit) size(b autodiff.Batch) int {
	if f.ranks == nil {
		return record.Size(b)
	}
	return int(f.ranks.status.examples)
}

// wish lets the next step tell all ranks what this one wants to do after it.
func (f *fit) wish(ctx context.Context) {
	if f.ranks != nil {
		f.ranks.ending, f.ranks.due = ctx.Err() != nil, f.plan.Saver.Due(f.steps+1)
	}
}

// wanted reports after a step whether it is time to save, and returns the error of ctx
// if that is done: the same on all ranks.
func (f *fit) wanted(ctx context.Context) (due bool, done error) {
	if f.ranks == nil {
		return f.plan.Saver != nil && f.plan.Saver.Due(f.steps), ctx.Err()
	}
	if f.ranks.status.ending > 0 {
		done = ended(ctx)
	}
	return f.ranks.status.due > 0, done
}

// over returns the error of ctx if it is done on any rank.
func (f *fit) over(ctx context.Context) error {
	if f.ranks == nil {
		return ctx.Err()
	}
	goes, err := part.All(f.ranks.comm, ctx.Err() == nil)
	if goes || err != nil {
		return err
	}
	return ended(ctx)
}

// ended returns the error of a context that is done on this rank or on another.
func ended(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return context.Canceled
}

// agree returns an error on all ranks if there is one on any.
func (f *fit) agree(err error) error {
	if f.ranks == nil {
		return err
	}
	stop := errors.Is(err, ErrStop)
	bad := part.One(err != nil && !stop)
	counts := []float64{part.One(stop), bad, bad * float64(f.ranks.comm.Rank())}
	if failed := part.Sum(f.ranks.comm, counts); failed != nil {
		return errors.Join(err, failed)
	}
	switch {
	case bad > 0:
		return err
	case counts[1] > 0:
		return fmt.Errorf("optim: Fit: %w", failure(counts[1], counts[2]))
	case counts[0] > 0:
		return ErrStop
	}
	return nil
}

// digest returns a checksum of the bytes of a batch, on all ranks that of the whole.
func (f *fit) digest(b autodiff.Batch) (string, error) {
	if f.ranks == nil {
		return digest(b), nil
	}
	whole, err := part.Whole(f.ranks.comm, b)
	return digest(whole), err
}

// of returns the plan of one of the ranks: files and the terminal are rank 0's.
func (r *ranks) of(plan Plan) Plan {
	if r == nil {
		return plan
	}
	plan.Saver = &commonSaver{plan.Saver, r.comm}
	if r.comm.Rank() > 0 {
		plan.Log, plan.Progress = nil, nil
	}
	return plan
}

// A commonSaver is rank 0's, which lets the others have what it finds.
type commonSaver struct {
	first Saver // nil for none; not used on other ranks
	comm  dist.Comm
}

func (c *commonSaver) mine() bool { return c.first != nil && c.comm.Rank() == 0 }

func (c *commonSaver) Due(steps int) bool { return c.mine() && c.first.Due(steps) }

func (c *commonSaver) Save(s *State) error {
	if !c.mine() {
		return nil
	}
	return c.first.Save(s)
}

func (c *commonSaver) Latest() (s *State, err error) {
	if c.mine() {
		s, err = c.first.Latest()
	}
	h := new(header)
	if c.comm.Rank() == 0 {
		h = headerOf(s, err)
	}
	if failed := part.Value(c.comm, h); failed != nil {
		return nil, errors.Join(err, failed)
	}
	switch {
	case err != nil || h.Absent:
		return nil, err
	case h.Failed:
		return nil, errors.New("optim: Fit: rank 0 cannot read the saved state")
	case c.comm.Rank() > 0:
		s = h.state()
	}
	for _, v := range s.Values {
		if err := dist.BroadcastTensor(context.Background(), c.comm, v.Value, 0); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// A header tells of a state all but the values of its tensors.
type header struct {
	Failed, Absent bool
	State          State // without values
	Values         []valueHeader
}

type valueHeader struct {
	Name   string
	Shape  []int
	Double bool
}

func headerOf(s *State, err error) *header {
	h := &header{Failed: err != nil, Absent: err == nil && s == nil}
	if err == nil && s != nil {
		h.State = *s
		h.State.Values = nil
		for _, v := range s.Values {
			h.Values = append(h.Values, valueHeader{v.Name, v.Value.Shape(), v.Value.Dtype() == tensor.Float64})
		}
	}
	return h
}

// state returns the state with room for its values.
func (h *header) state() *State {
	s := h.State
	for _, v := range h.Values {
		precision := tensor.Float32
		if v.Double {
			precision = tensor.Float64
		}
		s.Values = append(s.Values, autodiff.Named{Name: v.Name, Value: dense.Zeros(precision, v.Shape...)})
	}
	return &s
}
