// Package domain says how arrays lie in a loop over rows and columns.
package domain

import (
	"fmt"

	"declive/autodiff/internal/shape"
)

// A Domain is what a loop runs over: rows times columns, the last axis of its
// arrays being the columns and all others together the rows. The rows come in
// blocks of equal length, so that an array may have one element or one row for a
// whole block, or the same rows in every block.
type Domain struct{ Rows, Cols, Block int }

// Of returns the domain of all elements of an array, with blocks of one row.
func Of(s shape.Shape) Domain {
	if len(s) == 0 {
		return Domain{1, 1, 1}
	}
	last := len(s) - 1
	return Domain{s[:last].Size(), s[last], 1}
}

// WithBlocks returns d, the domain of an array of shape to, with the blocks in which an
// operand of shape s that is broadcast to it can be read, and true if it needs some:
// unless they are larger than a tile, which holds whole blocks.
func (d Domain) WithBlocks(s, to shape.Shape) (Domain, bool) {
	block, _, runs := repeated(s, to)
	if runs != 2 || d.Cols <= 1 || block*d.Cols > Tile {
		return d, false
	}
	d.Block = block
	return d, true
}

// String returns the rows and columns, with the rows of a block between them if
// those are more than one.
func (d Domain) String() string {
	if d.Block > 1 {
		return fmt.Sprintf("%d×%d×%d", d.Blocks(), d.Block, d.Cols)
	}
	return fmt.Sprintf("%d×%d", d.Rows, d.Cols)
}

// Size returns the number of elements.
func (d Domain) Size() int { return d.Rows * d.Cols }

// Blocks returns the number of blocks.
func (d Domain) Blocks() int {
	if d.Block == 0 { // of arrays without elements
		return 0
	}
	return d.Rows / d.Block
}

// A Place says how the elements of an array lie in a domain: by what they
// differ.
type Place uint8

const (
	ByBlock Place = 1 << iota
	ByRow         // of a block
	ByCol
)

const (
	Full     = ByBlock | ByRow | ByCol // one for each row and column
	PerRow   = ByBlock | ByRow         // one for each row
	PerCol   = ByCol                   // one for each column
	BlockRow = ByBlock | ByCol         // one for each block and column
	PerBlock = ByBlock                 // one for each block
	PerLoop  = Place(0)                // a scalar
)

// Extent returns the number of elements of an array in so many blocks.
func (d Domain) Extent(at Place, blocks int) int {
	size := 1
	if at&ByBlock != 0 {
		size = blocks
	}
	if at&ByRow != 0 {
		size *= d.Block
	}
	if at&ByCol != 0 {
		size *= d.Cols
	}
	return size
}

// Place returns how an array of shape s that a loop over d computes lies there,
// and false if it lies in none of the named ways.
func (d Domain) Place(s shape.Shape) (Place, bool) {
	e := Of(s)
	at := ByCol
	switch {
	case e.Size() == 1 && d.Size() != 1:
		return PerLoop, true
	case e.Cols == 1:
		at = 0
	case e.Cols != d.Cols:
		return 0, false
	}
	switch {
	case e.Rows == d.Rows:
		return at | PerRow, true
	case e.Rows == 1:
		return at, true
	case e.Rows*d.Block == d.Rows:
		return at | PerBlock, true
	}
	return 0, false
}

// PlaceIn is Place for an operand of an op that broadcasts it to a shape: it may
// be repeated in every block, too.
func (d Domain) PlaceIn(s, to shape.Shape) (Place, bool) {
	switch block, at, runs := repeated(s, to); runs {
	case 0, 1:
		return d.Place(s)
	case 2:
		return at, block == d.Block
	}
	return 0, false
}

// repeated follows the axes in front of the last of an array of shape s that is
// broadcast to a shape. They fall into runs along which it differs or is
// repeated. Of two runs, the second makes the rows of a block, and the array has
// the place at.
func repeated(s, to shape.Shape) (block int, at Place, runs int) {
	block = 1
	differs := false
	for axis := len(to) - 2; axis >= 0; axis-- {
		if to[axis] == 1 {
			continue
		}
		own := axis - len(to) + len(s)
		now := own >= 0 && s[own] != 1
		if runs == 0 || now != differs {
			runs++
		}
		differs = now
		switch {
		case runs == 1:
			block *= to[axis]
			if differs {
				at |= ByRow
			}
		case differs:
			at |= ByBlock
		}
	}
	if len(s) > 0 && s[len(s)-1] != 1 {
		at |= ByCol
	}
	return block, at, runs
}

// Join returns a domain in which both d's and e's arrays lie, if there is one.
func (d Domain) Join(e Domain) (Domain, bool) {
	if d.holds(e) {
		return d, true
	}
	return e, e.holds(d)
}

// holds reports whether e's arrays lie in d: the two are equal, but for blocks
// that e lacks, or e is a column of d or has one row for each of its blocks.
func (d Domain) holds(e Domain) bool {
	switch {
	case d == e:
		return true
	case e.Block != 1 || e.Cols != d.Cols && e.Cols != 1:
		return false
	case e.Rows == d.Rows && e.Cols == d.Cols:
		return true
	case e.Rows == d.Rows:
		return d.Rows > 1 || d.Cols <= Tile
	}
	return d.Block > 1 && e.Rows == d.Blocks()
}

// Tile is how many elements of an array a fused loop works on at a time: with
// a handful of arrays they stay in the nearest cache.
const Tile = 4096
