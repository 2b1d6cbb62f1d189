package domain

import "declive/autodiff/internal/exec"

// strides returns how far apart the elements of an array are that lie a block, a
// row and a column from each other.
func (d Domain) strides(at Place) (out [3]int) {
	step := 1
	for i, by := range [3]Place{ByCol, ByRow, ByBlock} {
		if at&by != 0 {
			out[2-i] = step
			step *= [3]int{d.Cols, d.Block, 1}[i]
		}
	}
	return out
}

// Grid returns the loops over an array at dst with operands at in, for windows
// of many blocks. It has no loop along which the result does not differ, and one
// loop instead of two where all arrays run on without a gap.
func (d Domain) Grid(blocks int, dst Place, in ...Place) exec.Grid {
	places := append([]Place{dst}, in...)
	g := exec.Grid{Lengths: [3]int{1, 1, 1}}
	all := [3]int{1, d.Block, d.Cols}
	own := d.strides(dst)
	top := 3 // outermost loop so far
	for level := 2; level >= 0; level-- {
		if own[level] == 0 {
			continue
		}
		if top == 3 || !d.runOn(&g, top, level, places) {
			top--
			g.Lengths[top] = 1
			for k, at := range places {
				g.Strides[k][top] = d.strides(at)[level]
			}
		}
		g.Lengths[top] *= all[level]
		if level == 0 {
			g.Blocks = top
		}
	}
	if top == 0 && blocks > d.Block {
		swap(&g)
	}
	return g
}

// runOn reports whether all arrays run on without a gap from the loop top to the
// level outside it.
func (d Domain) runOn(g *exec.Grid, top, level int, places []Place) bool {
	for k, at := range places {
		if d.strides(at)[level] != g.Strides[k][top]*g.Lengths[top] {
			return false
		}
	}
	return true
}

// swap exchanges the two outer loops: the inner two, which run at once, get the
// longer one.
func swap(g *exec.Grid) {
	g.Blocks = 1 - g.Blocks
	g.Lengths[0], g.Lengths[1] = g.Lengths[1], g.Lengths[0]
	for k, s := range g.Strides {
		g.Strides[k][0], g.Strides[k][1] = s[1], s[0]
	}
}
