package main

import (
	"math"
	"math/rand/v2"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/losses"
)

const (
	tries         = 100  // random weights in a step
	tryScale      = 1e-4 // their standard deviation
	searchClasses = 10
	tryColumns    = tries * searchClasses
)

// A search evaluates the hinge loss of many random classifiers at once: their
// weights are one matrix, so that each block of rows is read once for all.
type search struct {
	blocks  []autodiff.Batch
	weights *tensor.Dense // (tries·10, features)
	x, y, w *autodiff.Node
	program *autodiff.Program
	total   [tries]float64 // losses of the last evaluation
	best    float64        // lowest loss of all that were drawn
}

// randomSearch returns the case of drawing random weights, keeping the best. A
// step draws and evaluates 100, and time is for one. The numbers to compare are
// the loss of known weights and the best of those drawn, which depends on the
// generator.
func randomSearch(rows int) func(tensor.Dtype) (*job, error) {
	return func(dt tensor.Dtype) (*job, error) {
		s, err := newSearch(dt, rows, 3073)
		if err != nil {
			return nil, err
		}
		rng := rand.New(rand.NewPCG(1, 2))
		return &job{
			losses:  s.losses,
			step:    func() error { return s.draw(rng) },
			units:   tries,
			samples: 5,
			long:    true,
		}, nil
	}
}

func newSearch(dt tensor.Dtype, rows, features int) (_ *search, err error) {
	defer autodiff.Catch(&err)
	s := &search{weights: tensor.New(tensor.Of(dt), tensor.WithShape(tryColumns, features)), best: math.Inf(1)}
	x, y := uniform(dt, inputs, 1, rows, features), classes(rows, searchClasses)
	size := blockOf(rows)
	for at := 0; at < rows; at += size {
		s.blocks = append(s.blocks, rowsOf(x, y, at, at+size))
	}
	g := autodiff.NewGraph(dt)
	s.x, s.y, s.w = g.Input("x", size, features), g.Labels("y", size), g.Input("W", tryColumns, features)
	scores := s.x.MatMul(s.w.T())
	var each []*autodiff.Node
	for k := range tries {
		each = append(each, losses.MulticlassHinge(scores.Slice(1, k*searchClasses, (k+1)*searchClasses), s.y))
	}
	s.program, err = autodiff.Compile(each[0], each[1:]...)
	return s, err
}

// blockOf returns the largest divisor of rows that is at most 1000.
func blockOf(rows int) int {
	for size := min(rows, 1000); ; size-- {
		if rows%size == 0 {
			return size
		}
	}
}

// rowsOf returns examples from up to to, sharing their memory.
func rowsOf(x, y *tensor.Dense, from, to int) autodiff.Batch {
	features := x.Shape()[1]
	return autodiff.Batch{
		X: tensor.New(tensor.WithShape(to-from, features), tensor.WithBacking(x.Float32s()[from*features:to*features])),
		Y: tensor.New(tensor.WithShape(to-from), tensor.WithBacking(y.Ints()[from:to])),
	}
}

// evaluate sets total to the losses of all classifiers on all rows.
func (s *search) evaluate() error {
	clear(s.total[:])
	for _, b := range s.blocks {
		out, err := s.program.Run(s.x.Feed(b.X), s.y.Feed(b.Y), s.w.Feed(s.weights))
		if err != nil {
			return err
		}
		for k := range s.total {
			s.total[k] += out.Scalar(k) / float64(len(s.blocks))
		}
	}
	return nil
}

// draw evaluates new random classifiers.
func (s *search) draw(rng *rand.Rand) error {
	w := s.weights.Float32s()
	for i := range w {
		w[i] = float32(tryScale * rng.NormFloat64())
	}
	err := s.evaluate()
	s.best = min(s.best, slices.Min(s.total[:]))
	return err
}

// losses evaluates one classifier whose weights are given by formula.
func (s *search) losses() (first float64, best *float64, err error) {
	features := s.weights.Shape()[1]
	w := s.weights.Float32s()[:searchClasses*features]
	for i := range w {
		w[i] = float32(tryScale * normal(weights, i%features*searchClasses+i/features))
	}
	err = s.evaluate()
	if !math.IsInf(s.best, 1) {
		best = &s.best
	}
	return s.total[0], best, err
}
