package autodiff

import "fmt"

// A domain is the loop that an instruction runs over: rows times columns, the
// last axis of its arrays being the columns and all others together the rows.
// The rows come in blocks of equal length, so that an array may have one
// element or one row for a whole block, or the same rows in every block.
type domain struct{ rows, cols, block int }

// domainOf returns the loop over all elements of an array, with blocks of one
// row.
func domainOf(s Shape) domain {
	if len(s) == 0 {
		return domain{1, 1, 1}
	}
	last := len(s) - 1
	return domain{s[:last].Size(), s[last], 1}
}

// loopOf returns the loop of an op that broadcasts its operands to a shape. Its
// blocks are those in which the first operand that needs blocks can be read,
// unless they are larger than a tile, which holds whole blocks.
func loopOf(in []*Node, to Shape) domain {
	d := domainOf(to)
	for _, x := range in {
		if block, _, runs := repeated(x.shape, to); runs == 2 && d.cols > 1 && block*d.cols <= tile {
			d.block = block
			break
		}
	}
	return d
}

// String returns the rows and columns, with the rows of a block between them if
// those are more than one.
func (d domain) String() string {
	if d.block > 1 {
		return fmt.Sprintf("%d×%d×%d", d.blocks(), d.block, d.cols)
	}
	return fmt.Sprintf("%d×%d", d.rows, d.cols)
}

func (d domain) size() int { return d.rows * d.cols }

func (d domain) blocks() int {
	if d.block == 0 { // of arrays without elements
		return 0
	}
	return d.rows / d.block
}

// A place says how the elements of an array lie in a domain: by what they
// differ.
type place uint8

const (
	byBlock place = 1 << iota
	byRow         // of a block
	byCol
)

const (
	full     = byBlock | byRow | byCol // one for each row and column
	perRow   = byBlock | byRow         // one for each row
	perCol   = byCol                   // one for each column
	blockRow = byBlock | byCol         // one for each block and column
	perBlock = byBlock                 // one for each block
	perLoop  = place(0)                // a scalar
)

// extent returns the number of elements of an array in so many blocks.
func (d domain) extent(at place, blocks int) int {
	size := 1
	if at&byBlock != 0 {
		size = blocks
	}
	if at&byRow != 0 {
		size *= d.block
	}
	if at&byCol != 0 {
		size *= d.cols
	}
	return size
}

// place returns how an array of shape s that a loop over d computes lies there,
// and false if it lies in none of the named ways.
func (d domain) place(s Shape) (place, bool) {
	e := domainOf(s)
	at := byCol
	switch {
	case e.size() == 1 && d.size() != 1:
		return perLoop, true
	case e.cols == 1:
		at = 0
	case e.cols != d.cols:
		return 0, false
	}
	switch {
	case e.rows == d.rows:
		return at | perRow, true
	case e.rows == 1:
		return at, true
	case e.rows*d.block == d.rows:
		return at | perBlock, true
	}
	return 0, false
}

// placeIn is place for an operand of an op that broadcasts it to a shape: it may
// be repeated in every block, too.
func (d domain) placeIn(s, to Shape) (place, bool) {
	switch block, at, runs := repeated(s, to); runs {
	case 0, 1:
		return d.place(s)
	case 2:
		return at, block == d.block
	}
	return 0, false
}

// read returns how n's i-th operand lies in the loop over d that computes n.
func (d domain) read(n *Node, i int) (place, bool) {
	switch n.op.(type) {
	case elementwise, stretch:
		return d.placeIn(n.inputs[i].shape, n.shape)
	}
	return d.place(n.inputs[i].shape)
}

// repeated follows the axes in front of the last of an array of shape s that is
// broadcast to a shape. They fall into runs along which it differs or is
// repeated. Of two runs, the second makes the rows of a block, and the array has
// the place at.
func repeated(s, to Shape) (block int, at place, runs int) {
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
				at |= byRow
			}
		case differs:
			at |= byBlock
		}
	}
	if len(s) > 0 && s[len(s)-1] != 1 {
		at |= byCol
	}
	return block, at, runs
}

// join returns a domain in which both d's and e's arrays lie, if there is one.
func (d domain) join(e domain) (domain, bool) {
	if d.holds(e) {
		return d, true
	}
	return e, e.holds(d)
}

// holds reports whether e's arrays lie in d: the two are equal, but for blocks
// that e lacks, or e is a column of d or has one row for each of its blocks.
func (d domain) holds(e domain) bool {
	switch {
	case d == e:
		return true
	case e.block != 1 || e.cols != d.cols && e.cols != 1:
		return false
	case e.rows == d.rows && e.cols == d.cols:
		return true
	case e.rows == d.rows:
		return d.rows > 1 || d.cols <= tile
	}
	return d.block > 1 && e.rows == d.blocks()
}

// tile is how many elements of an array a fused loop works on at a time: with
// a handful of arrays they stay in the nearest cache.
const tile = 4096
