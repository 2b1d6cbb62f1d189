package autodiff

// A grid is the loops of a micro-instruction that computes each element of its
// result from the elements of its operands at the same place.
type grid struct {
	lengths [3]int    // of the loops, the innermost last, in a window of one block
	blocks  int       // the one that is longer the more blocks there are
	strides [4][3]int // of the result and the operands along the loops
}

// strides returns how far apart the elements of an array are that lie a block, a
// row and a column from each other.
func (d domain) strides(at place) (out [3]int) {
	step := 1
	for i, by := range [3]place{byCol, byRow, byBlock} {
		if at&by != 0 {
			out[2-i] = step
			step *= [3]int{d.cols, d.block, 1}[i]
		}
	}
	return out
}

// gridOf returns the loops over an array at dst with operands at in, for windows
// of many blocks. It has no loop along which the result does not differ, and one
// loop instead of two where all arrays run on without a gap.
func (d domain) gridOf(blocks int, dst place, in ...place) grid {
	places := append([]place{dst}, in...)
	g := grid{lengths: [3]int{1, 1, 1}}
	all := [3]int{1, d.block, d.cols}
	own := d.strides(dst)
	top := 3 // outermost loop so far
	for level := 2; level >= 0; level-- {
		if own[level] == 0 {
			continue
		}
		if top == 3 || !g.joins(d, top, level, places) {
			top--
			g.lengths[top] = 1
			for k, at := range places {
				g.strides[k][top] = d.strides(at)[level]
			}
		}
		g.lengths[top] *= all[level]
		if level == 0 {
			g.blocks = top
		}
	}
	if top == 0 && blocks > d.block {
		g.swap()
	}
	return g
}

// joins reports whether all arrays run on without a gap from the loop top to the
// level outside it.
func (g *grid) joins(d domain, top, level int, places []place) bool {
	for k, at := range places {
		if d.strides(at)[level] != g.strides[k][top]*g.lengths[top] {
			return false
		}
	}
	return true
}

// swap exchanges the two outer loops: the inner two, which run at once, get the
// longer one.
func (g *grid) swap() {
	g.blocks = 1 - g.blocks
	g.lengths[0], g.lengths[1] = g.lengths[1], g.lengths[0]
	for k, s := range g.strides {
		g.strides[k][0], g.strides[k][1] = s[1], s[0]
	}
}
