// Package bucket sums arrays over all ranks while others are still being computed.
//
// A large array is summed where it lies. Small ones are copied into buckets, because a
// message costs its time however short it is. Which array is in which bucket follows
// from their order and sizes alone, and the sums begin in that order on every rank, as
// collective calls must, whatever the order in which arrays become ready.
package bucket

import (
	"context"
	"errors"
	"unsafe"

	"gorgonia.org/tensor"

	"declive/dist"
	"declive/internal/dense"
)

// Elements from which an array is summed where it lies, and up to which small ones
// share a bucket: 64 KiB and 1 MiB of float32.
const (
	large = 1 << 14
	full  = 1 << 18
)

// Sums are sums over ranks of the same arrays again and again.
type Sums struct {
	own     []*tensor.Dense // the arrays
	sums    []*tensor.Dense // where their sums are: they themselves, or a piece of a bucket
	in      []*bucket       // of each array
	buckets []*bucket       // in the order in which they are started

	given   []bool // in this round
	started int    // buckets
	failure error
}

// A bucket is one sum.
type bucket struct {
	memory *tensor.Dense
	sum    dist.Reduction
	arrays int // in it
	left   int // not given in this round
}

// New returns sums of arrays of one precision, in the order in which they are likely to
// become ready.
func New(c dist.Comm, arrays []*tensor.Dense) (*Sums, error) {
	s := &Sums{own: arrays, given: make([]bool, len(arrays)), in: make([]*bucket, len(arrays)), sums: make([]*tensor.Dense, len(arrays))}
	s.place()
	for _, b := range s.buckets {
		var err error
		if b.sum, err = c.AllReduce(b.memory); err != nil {
			return nil, err
		}
	}
	s.begin()
	return s, nil
}

// place decides which arrays share a bucket.
func (s *Sums) place() {
	var open []int // arrays of the bucket that is being filled
	elements := 0
	closeBucket := func() {
		s.share(open, elements)
		open, elements = nil, 0
	}
	users := map[unsafe.Pointer]int{}
	for _, x := range s.own {
		users[address(x)]++
	}
	for i, x := range s.own {
		n := x.Shape().TotalSize()
		if n >= large {
			s.sums[i] = x
			if users[address(x)] > 1 { // equal arrays are one
				s.sums[i] = dense.Zeros(x.Dtype(), x.Shape()...)
			}
			s.in[i] = &bucket{memory: s.sums[i], arrays: 1}
			s.buckets = append(s.buckets, s.in[i])
			continue
		}
		if open, elements = append(open, i), elements+n; elements >= full {
			closeBucket()
		}
	}
	closeBucket()
}

// share makes a bucket for some arrays.
func (s *Sums) share(arrays []int, elements int) {
	if len(arrays) == 0 {
		return
	}
	b := &bucket{memory: dense.Zeros(s.own[arrays[0]].Dtype(), elements), arrays: len(arrays)}
	at := 0
	for _, i := range arrays {
		shape := s.own[i].Shape().Clone()
		n := shape.TotalSize()
		if b.memory.Dtype() == tensor.Float32 {
			s.sums[i] = dense.Wrap(shape, b.memory.Float32s()[at:at+n:at+n])
		} else {
			s.sums[i] = dense.Wrap(shape, b.memory.Float64s()[at:at+n:at+n])
		}
		s.in[i] = b
		at += n
	}
	s.buckets = append(s.buckets, b)
}

// Sum returns the memory in which the i-th array's sum is after [Sums.Wait].
func (s *Sums) Sum(i int) *tensor.Dense { return s.sums[i] }

// begin prepares a round.
func (s *Sums) begin() {
	clear(s.given)
	s.started = 0
	for _, b := range s.buckets {
		b.left = b.arrays
	}
}

// Give takes the i-th array, which is complete, and starts what can be started. A sum
// that cannot is an error of Wait.
func (s *Sums) Give(i int) {
	if s.given[i] {
		return
	}
	s.given[i] = true
	if s.sums[i] != s.own[i] {
		dense.Assign(s.sums[i], s.own[i])
	}
	s.in[i].left--
	for s.started < len(s.buckets) && s.buckets[s.started].left == 0 {
		s.note(s.buckets[s.started].sum.Start())
		s.started++
	}
}

// Poll moves on what has been started.
func (s *Sums) Poll() {
	for _, b := range s.buckets[:s.started] {
		s.note(b.sum.Poll())
	}
}

func (s *Sums) note(err error) {
	if s.failure == nil {
		s.failure = err
	}
}

// Clear makes this rank's part of all arrays that are not given 0.
func (s *Sums) Clear() {
	for i, x := range s.own {
		if !s.given[i] {
			x.Zero()
		}
	}
}

// Wait gives what has not been given, and returns when all sums are there.
func (s *Sums) Wait() error {
	for i := range s.own {
		s.Give(i)
	}
	defer s.begin()
	if s.failure != nil {
		return s.failure
	}
	var err error
	for _, b := range s.buckets {
		err = errors.Join(err, b.sum.Wait(context.Background()))
		if err != nil {
			return err
		}
	}
	return nil
}

// address returns where the elements of x lie.
func address(x *tensor.Dense) unsafe.Pointer {
	if x.Dtype() == tensor.Float32 {
		return unsafe.Pointer(unsafe.SliceData(x.Float32s()))
	}
	return unsafe.Pointer(unsafe.SliceData(x.Float64s()))
}
