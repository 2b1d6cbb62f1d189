package conv

// A walk is how results go over windows of a source: the rows of an image, and in
// each of them spans of pixels whose taps lie alike.
type walk struct {
	rows, cols axis
	lines      []source
	spans      []span
	taps       [][][]windowTap // of each class of rows, and each span
}

// A windowTap is a pixel of a window: where it lies in the source, in elements from
// the first one of its window, and its position r·S+s.
type windowTap struct{ offset, position int32 }

// A source says where a row of results comes from: its class, of those that have
// the same taps, and the source row of the first of them.
type source struct{ class, row int }

// A span is a number of results of an axis, first, first+apart, …, with the same
// taps inside the source; their shifts are those for the first result.
type span struct {
	first, n int
	taps     []tap
}

// newWalk makes the tables for results of two axes, with pixels of some channels and
// windows of width pixels.
func newWalk(rows, cols axis, width, channels int) *walk {
	w := &walk{rows: rows, cols: cols, lines: make([]source, rows.results), spans: cols.spans()}
	for class, s := range rows.spans() {
		var taps [][]windowTap
		for _, t := range w.spans {
			taps = append(taps, windowTaps(s.taps, t.taps, cols.source*channels, width, channels))
		}
		w.taps = append(w.taps, taps)
		for i := range s.n {
			w.lines[s.first+i*rows.apart] = source{class, s.source() + i*rows.advance}
		}
	}
	return w
}

// source is the source row of the first tap of the first result, 0 if there is none.
func (s *span) source() int {
	if len(s.taps) == 0 {
		return 0
	}
	return s.taps[0].shift
}

// windowTaps returns the pixels of a window whose rows, apart elements from each
// other, and columns have some taps.
func windowTaps(rows, cols []tap, apart, width, channels int) []windowTap {
	var taps []windowTap
	for _, r := range rows {
		for _, s := range cols {
			offset := (r.shift-rows[0].shift)*apart + (s.shift-cols[0].shift)*channels
			taps = append(taps, windowTap{int32(offset), int32(r.at*width + s.at)})
		}
	}
	return taps
}

// spans returns the results of an axis in spans, phase after phase.
func (a *axis) spans() []span {
	var spans []span
	for phase, taps := range a.taps {
		for m := range a.count(phase, a.results) {
			inside := a.inside(taps, m*a.advance)
			last := len(spans) - 1
			if m > 0 && alike(spans[last].taps, inside, spans[last].n*a.advance) {
				spans[last].n++
				continue
			}
			spans = append(spans, span{phase + m*a.apart, 1, inside})
		}
	}
	return spans
}

// inside returns the taps that lie inside the source for a result whose source rows
// are further by some.
func (a *axis) inside(taps []tap, further int) []tap {
	var in []tap
	for _, t := range taps {
		if row := t.shift + further; row >= 0 && row < a.source {
			in = append(in, tap{t.at, row})
		}
	}
	return in
}

// alike reports whether taps are those of first, further by some rows.
func alike(first, taps []tap, further int) bool {
	if len(first) != len(taps) {
		return false
	}
	for i, t := range taps {
		if t.at != first[i].at || t.shift != first[i].shift+further {
			return false
		}
	}
	return true
}
