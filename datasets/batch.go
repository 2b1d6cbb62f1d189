package datasets

import (
	"errors"
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/pool"
)

// Batch returns the examples with the given indices, in that order, as new
// tensors: X of shape (n, Features) and Y either the classes, (n) of type Int,
// or the targets, (n, …) in the precision of X. Y is nil if d has neither. More
// holds what was added under a name, see [Dataset.WithValues].
//
// It is an error if there are no indices or one is not from 0 to Len − 1.
func (d *Dataset) Batch(indices ...int) (autodiff.Batch, error) {
	if err := d.made("Batch"); err != nil {
		return autodiff.Batch{}, err
	}
	rows, err := d.rowsOf(indices)
	if err != nil {
		return autodiff.Batch{}, fmt.Errorf("datasets: Batch: %w", err)
	}
	return d.batch(rows)
}

// All returns all examples in their order as one batch of new tensors, which
// takes four or eight bytes for every feature of every example. It is an error
// if there are none.
func (d *Dataset) All() (autodiff.Batch, error) {
	if err := d.made("All"); err != nil {
		return autodiff.Batch{}, err
	}
	return d.batch(d.index)
}

func (d *Dataset) batch(rows []int) (autodiff.Batch, error) {
	if len(rows) == 0 {
		return autodiff.Batch{}, errors.New("datasets: a batch needs at least one example")
	}
	b := d.room(len(rows))
	newGatherer(d, false).fill(b, rows)
	return b, nil
}

// room returns a batch of n examples that a gatherer may fill any number of
// times.
func (d *Dataset) room(n int) autodiff.Batch {
	b := autodiff.Batch{X: d.roomForX(n)}
	switch {
	case d.labels != nil:
		b.Y = indices(n)
	case d.targets != nil:
		b.Y = d.floats(append([]int{n}, d.targetShape...)...)
	}
	for _, f := range d.more {
		b.More = append(b.More, autodiff.Named{Name: f.name, Value: f.room(d, n)})
	}
	return b
}

// roomForX sets the column of biases once: filling leaves it alone.
func (d *Dataset) roomForX(n int) *tensor.Dense {
	x := d.floats(n, d.Features())
	if d.bias {
		setBias(x, d.Features())
	}
	return x
}

func indices(n int) *tensor.Dense {
	return tensor.New(tensor.WithShape(n), tensor.WithBacking(make([]int, n)))
}

// floats returns a tensor of zeros in the precision of d's batches.
func (d *Dataset) floats(shape ...int) *tensor.Dense {
	dt := tensor.Float32
	if d.double {
		dt = tensor.Float64
	}
	return dense.Zeros(dt, shape...)
}

// setBias sets the last of the columns of x to 1.
func setBias(x *tensor.Dense, columns int) {
	if x.Dtype() == tensor.Float64 {
		setLast(x.Float64s(), columns)
		return
	}
	setLast(x.Float32s(), columns)
}

func setLast[F float](x []F, columns int) {
	for i := columns - 1; i < len(x); i += columns {
		x[i] = 1
	}
}

// A gatherer fills batches without allocating: large ones on all cores, and on
// cores that are free ahead of time.
type gatherer struct {
	data   *Dataset
	sights []sights // of X, then of each further input
	batch  autodiff.Batch
	rows   []int
	inPart int                // rows of a part, but for the last
	some   func(from, to int) // g.gather, bound once
	ahead  pool.Ahead
}

// sights are where one of the arrays of features in a batch comes from.
type sights struct {
	data  *Dataset
	scene *scene // or nil: examples are as they are
	to    int    // 0 for X, else the number of the value in More, from 1
	rows  []int  // stored rows of data
}

// newGatherer returns a gatherer of d's batches, which may be those that an
// augmentation is for.
func newGatherer(d *Dataset, augmented bool) *gatherer {
	g := &gatherer{data: d, sights: []sights{{data: d, scene: newScene(d, augmented)}}}
	for i, f := range d.more {
		if f.input != nil {
			in := *f.input
			in.double = d.double
			g.sights = append(g.sights, sights{data: &in, scene: newScene(&in, augmented), to: i + 1})
		}
	}
	g.some = g.gather
	return g
}

// setEpoch says which epoch the batches are for.
func (g *gatherer) setEpoch(number uint64) {
	for _, s := range g.sights {
		if s.scene != nil {
			s.scene.epoch = number
		}
	}
}

// together is the number of rows that are copied side by side.
const together = 8

// partSize is about the number of elements from which it pays to let another
// core gather them.
const partSize = 1 << 15

// cutRows returns how many of n examples make a part: all of them, or a half, a
// quarter and so on, but a multiple of as many as are copied together.
func (g *gatherer) cutRows(n int) int {
	for n > together && n*g.data.columns() >= 2*partSize {
		n = (n + 1) / 2
	}
	return (n + together - 1) / together * together
}

// fill writes the given stored rows to b, which has room for as many.
func (g *gatherer) fill(b autodiff.Batch, rows []int) {
	g.set(b, rows, max(1, g.cutRows(len(rows))))
	pool.DoRuns(g.parts(), g.some)
}

// start lets free cores fill b as fill does, which ahead can finish or stop.
func (g *gatherer) start(b autodiff.Batch, rows []int) {
	g.set(b, rows, together)
	g.ahead.Start(g.parts(), g.some)
}

func (g *gatherer) set(b autodiff.Batch, rows []int, inPart int) {
	g.batch, g.rows, g.inPart = b, rows, inPart
	g.sights[0].rows = rows
	for i := range g.sights[1:] {
		s := &g.sights[i+1]
		s.rows = s.rows[:0]
		for _, row := range rows {
			s.rows = append(s.rows, g.data.more[s.to-1].rows[row])
		}
	}
}

func (g *gatherer) parts() int { return (len(g.rows) + g.inPart - 1) / g.inPart }

// gather fills parts from to to−1 of the batch.
func (g *gatherer) gather(from, to int) {
	d := g.data
	from, to = from*g.inPart, min(to*g.inPart, len(g.rows))
	for i := range g.sights {
		s := &g.sights[i]
		if s.to == 0 {
			s.gather(g.batch.X, from, to)
		} else {
			s.gather(g.batch.More[s.to-1].Value, from, to)
		}
	}
	switch {
	case d.labels != nil:
		gatherIndices(g.batch.Y, d.labels, g.rows, from, to)
	case d.targets != nil:
		gatherTargets(g.batch.Y, d.targets, d.targetShape.Size(), g.rows, from, to)
	}
	for i, f := range d.more {
		switch value := g.batch.More[i].Value; {
		case f.indices != nil:
			gatherIndices(value, f.indices, g.rows, from, to)
		case f.values != nil:
			gatherTargets(value, f.values, f.shape.Size(), g.rows, from, to)
		}
	}
}

// gather writes the features of rows from to to−1 of the batch to x.
func (s *sights) gather(x *tensor.Dense, from, to int) {
	d, ld := s.data, s.data.Features()
	rows, m := s.rows[from:to], mover(nil)
	if s.scene != nil {
		m = d.store.(mover)
	}
	switch {
	case m != nil && d.double:
		m.move64(s.scene, x.Float64s()[from*ld:], ld, rows, &d.affine)
	case m != nil:
		m.move32(s.scene, x.Float32s()[from*ld:], ld, rows, &d.affine)
	case d.double:
		d.store.gather64(x.Float64s()[from*ld:], ld, rows, &d.affine)
	default:
		d.store.gather32(x.Float32s()[from*ld:], ld, rows, &d.affine)
	}
}

// gatherIndices writes the indices of rows from to to−1 to y.
func gatherIndices(y *tensor.Dense, all, rows []int, from, to int) {
	out := y.Ints()
	for i := from; i < to; i++ {
		out[i] = all[rows[i]]
	}
}

// gatherTargets writes the numbers of rows from to to−1, size for each, to y.
func gatherTargets(y *tensor.Dense, all []float64, size int, rows []int, from, to int) {
	if y.Dtype() == tensor.Float64 {
		gatherNumbers(y.Float64s(), all, size, rows, from, to)
		return
	}
	gatherNumbers(y.Float32s(), all, size, rows, from, to)
}

func gatherNumbers[F float](y []F, all []float64, size int, rows []int, from, to int) {
	for i := from; i < to; i++ {
		convert(y[i*size:(i+1)*size], all[rows[i]*size:(rows[i]+1)*size])
	}
}
