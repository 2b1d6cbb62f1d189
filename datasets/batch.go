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
// or the targets, (n, …) in the precision of X. Y is nil if d has neither.
//
// It is an error if there are no indices or one is not from 0 to Len − 1.
func (d *Dataset) Batch(indices ...int) (autodiff.Batch, error) {
	rows, err := d.rowsOf(indices)
	if err != nil {
		return autodiff.Batch{}, fmt.Errorf("datasets: Batch: %w", err)
	}
	return d.batch(rows)
}

// All returns all examples in their order as one batch of new tensors, which
// takes four or eight bytes for every feature of every example. It is an error
// if there are none.
func (d *Dataset) All() (autodiff.Batch, error) { return d.batch(d.index) }

func (d *Dataset) batch(rows []int) (autodiff.Batch, error) {
	if len(rows) == 0 {
		return autodiff.Batch{}, errors.New("datasets: a batch needs at least one example")
	}
	b := d.room(len(rows))
	newGatherer(d, newScene(d, false)).fill(b, rows)
	return b, nil
}

// room returns a batch of n examples that a gatherer may fill any number of
// times. The bias column is set here once: filling leaves it alone.
func (d *Dataset) room(n int) autodiff.Batch {
	b := autodiff.Batch{X: d.floats(n, d.Features())}
	if d.bias {
		setBias(b.X, d.Features())
	}
	switch {
	case d.labels != nil:
		b.Y = tensor.New(tensor.WithShape(n), tensor.WithBacking(make([]int, n)))
	case d.targets != nil:
		b.Y = d.floats(append([]int{n}, d.targetShape...)...)
	}
	return b
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
	scene  *scene // or nil: examples are as they are
	batch  autodiff.Batch
	rows   []int
	inPart int                // rows of a part, but for the last
	some   func(from, to int) // g.gather, bound once
	ahead  pool.Ahead
}

func newGatherer(d *Dataset, s *scene) *gatherer {
	g := &gatherer{data: d, scene: s}
	g.some = g.gather
	return g
}

// together is the number of rows that are copied side by side.
const together = 8

// partSize is about the number of elements from which it pays to let another
// core gather them.
const partSize = 1 << 15

// cutRows returns how many of n examples make a part: all of them, or a half, a
// quarter and so on, but a multiple of as many as are copied together.
func (g *gatherer) cutRows(n int) int {
	for n > together && n*g.data.Features() >= 2*partSize {
		n = (n + 1) / 2
	}
	return (n + together - 1) / together * together
}

// fill writes the given stored rows to b, which has room for as many.
func (g *gatherer) fill(b autodiff.Batch, rows []int) {
	g.batch, g.rows, g.inPart = b, rows, g.cutRows(len(rows))
	pool.DoRuns(g.parts(), g.some)
}

// start lets free cores fill b as fill does, which ahead can finish or stop.
func (g *gatherer) start(b autodiff.Batch, rows []int) {
	g.batch, g.rows, g.inPart = b, rows, together
	g.ahead.Start(g.parts(), g.some)
}

func (g *gatherer) parts() int { return (len(g.rows) + g.inPart - 1) / g.inPart }

// gather fills parts from to to−1 of the batch.
func (g *gatherer) gather(from, to int) {
	d := g.data
	from, to = from*g.inPart, min(to*g.inPart, len(g.rows))
	rows := g.rows[from:to]
	if d.double {
		g.gather64(g.batch.X.Float64s()[from*d.Features():], rows)
	} else {
		g.gather32(g.batch.X.Float32s()[from*d.Features():], rows)
	}
	size := d.targetShape.Size()
	switch {
	case d.labels != nil:
		y := g.batch.Y.Ints()[from:to]
		for i, row := range rows {
			y[i] = d.labels[row]
		}
	case d.targets != nil && d.double:
		gatherTargets(g.batch.Y.Float64s()[from*size:], d.targets, rows, size)
	case d.targets != nil:
		gatherTargets(g.batch.Y.Float32s()[from*size:], d.targets, rows, size)
	}
}

func (g *gatherer) gather32(x []float32, rows []int) {
	d := g.data
	if m, ok := d.store.(mover); ok && g.scene != nil {
		m.move32(g.scene, x, d.Features(), rows, &d.affine)
		return
	}
	d.store.gather32(x, d.Features(), rows, &d.affine)
}

func (g *gatherer) gather64(x []float64, rows []int) {
	d := g.data
	if m, ok := d.store.(mover); ok && g.scene != nil {
		m.move64(g.scene, x, d.Features(), rows, &d.affine)
		return
	}
	d.store.gather64(x, d.Features(), rows, &d.affine)
}

// gatherTargets writes the targets of the given rows, size for each, to y.
func gatherTargets[F float](y []F, targets []float64, rows []int, size int) {
	for i, row := range rows {
		convert(y[i*size:(i+1)*size], targets[row*size:(row+1)*size])
	}
}
