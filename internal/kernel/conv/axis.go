package conv

// An axis is one of the two directions of a sum over windows: results are sums
// over taps in a source. Where the results' positions take turns in the taps
// that they have, as those of a gradient through a stride do, they form phases:
// every apart-th result is one.
//
//	result phase + apart·m has source row advance·m + shift for each tap of its phase
type axis struct {
	results, source int
	apart, advance  int
	taps            [][]tap // of each phase
}

// A tap is a position in the window and the source row where it lies for the
// first result of a phase.
type tap struct{ at, shift int }

// forwardAxis is that of y as sums over x: row i of y has the rows
// i·stride + r − before of x.
func forwardAxis(out, in, window, stride, before int) axis {
	a := axis{results: out, source: in, apart: 1, advance: stride, taps: make([][]tap, 1)}
	for r := range window {
		a.taps[0] = append(a.taps[0], tap{r, r - before})
	}
	return a
}

// dataAxis is that of dx as sums over dy: row u of dx has those rows i of dy
// with i·stride + r − before = u.
func dataAxis(in, out, window, stride, before int) axis {
	a := axis{results: in, source: out, apart: stride, advance: 1, taps: make([][]tap, stride)}
	for r := window - 1; r >= 0; r-- {
		for phase := range stride {
			if d := phase + before - r; d%stride == 0 {
				a.taps[phase] = append(a.taps[phase], tap{r, d / stride})
			}
		}
	}
	return a
}

// lead is the number of rows that taps reach before the source.
func (a *axis) lead() int {
	lead, found := 0, false
	for _, taps := range a.taps {
		for _, t := range taps {
			if !found || -t.shift > lead {
				lead, found = -t.shift, true
			}
		}
	}
	return lead
}

// count is the number of results of a phase among the first n.
func (a *axis) count(phase, n int) int {
	return max(0, (n-phase+a.apart-1)/a.apart)
}

// extent is the number of source rows that the first n results need, those
// before the source included.
func (a *axis) extent(n int) int {
	lead, extent := a.lead(), 0
	for phase, taps := range a.taps {
		for _, t := range taps {
			if m := a.count(phase, n); m > 0 {
				extent = max(extent, (m-1)*a.advance+t.shift+lead+1)
			}
		}
	}
	return extent
}

// start is the source row where the first row of the frame of results from n on
// lies, for n a multiple of apart, but for the rows before the source.
func (a *axis) start(n int) int { return n / a.apart * a.advance }
