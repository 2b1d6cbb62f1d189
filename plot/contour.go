package plot

import "slices"

// A spot is a point of the plane.
type spot [2]float64

// A segment is a straight piece of a level curve.
type segment [2]spot

// contour returns the curve of a level in pieces. Every cell of the grid is cut
// into two triangles, over each of which the surface is taken to be even.
func (s *Surface) contour(level float64) []segment {
	var all []segment
	for i := range len(s.x) - 1 {
		for j := range len(s.y) - 1 {
			a, b, c, d := s.at(i, j), s.at(i+1, j), s.at(i+1, j+1), s.at(i, j+1)
			all = cut(all, level, a, b, c)
			all = cut(all, level, a, c, d)
		}
	}
	return all
}

// A corner is a point of the grid with its height.
type corner struct{ x, y, z float64 }

func (s *Surface) at(i, j int) corner { return corner{s.x[i], s.y[j], s.z[i][j]} }

// cut appends where a level crosses a triangle, if it does. Where two triangles
// meet, both cut their common side at the same point, to the last bit: it is
// computed from the same end.
func cut(all []segment, level float64, corners ...corner) []segment {
	var ends []spot
	for i, a := range corners {
		b := corners[(i+1)%len(corners)]
		if (a.z < level) == (b.z < level) {
			continue
		}
		if b.x < a.x || b.x == a.x && b.y < a.y {
			a, b = b, a
		}
		t := (level - a.z) / (b.z - a.z)
		ends = append(ends, spot{a.x + t*(b.x-a.x), a.y + t*(b.y-a.y)})
	}
	if len(ends) == 2 && ends[0] != ends[1] {
		all = append(all, segment{ends[0], ends[1]})
	}
	return all
}

// lines joins pieces that share an end.
func lines(pieces []segment) [][]spot {
	at := map[spot][]int{}
	for i, s := range pieces {
		at[s[0]], at[s[1]] = append(at[s[0]], i), append(at[s[1]], i)
	}
	used := make([]bool, len(pieces))
	var all [][]spot
	for i, s := range pieces {
		if used[i] {
			continue
		}
		used[i] = true
		line := extend(s[:], pieces, at, used)
		slices.Reverse(line)
		all = append(all, extend(line, pieces, at, used))
	}
	return all
}

// extend appends pieces to a line as long as one begins where it ends.
func extend(line []spot, pieces []segment, at map[spot][]int, used []bool) []spot {
	line = slices.Clone(line)
	for {
		end := line[len(line)-1]
		k := slices.IndexFunc(at[end], func(i int) bool { return !used[i] })
		if k < 0 {
			return line
		}
		i := at[end][k]
		used[i] = true
		next := pieces[i][0]
		if next == end {
			next = pieces[i][1]
		}
		line = append(line, next)
	}
}
