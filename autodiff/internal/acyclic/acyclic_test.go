package acyclic

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A slowGraph finds paths by looking everywhere: reads[v][u] tells that v
// reads u, and joined vertices have the same number.
type slowGraph struct {
	reads  [][]bool
	number []int
}

// pathThroughOther reports whether a path leads from u to v through another vertex.
func (s *slowGraph) pathThroughOther(u, v int) bool {
	seen := make([]bool, len(s.reads))
	var from func(w int) bool
	from = func(w int) bool {
		for x := range s.reads {
			for y := range s.reads {
				if s.number[y] != w || !s.reads[x][y] || s.number[x] == w {
					continue
				}
				to := s.number[x]
				if to == v {
					if w != u {
						return true
					}
					continue
				}
				if !seen[to] {
					seen[to] = true
					if from(to) {
						return true
					}
				}
			}
		}
		return false
	}
	return from(u)
}

// Vertices that come one after the other and are joined with what they read, or
// any of them with any that reads it, have the paths through others that a search of
// the whole graph finds, and stay in a topological order.
func TestPathsThroughOthers(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(2, 14).Draw(rt, "vertices")
		c, slow := New[int, int](), &slowGraph{reads: make([][]bool, n), number: make([]int, n)}
		vs := make([]*Vertex[int, int], n)
		for i := range vs {
			vs[i], slow.number[i], slow.reads[i] = c.Add(i), i, make([]bool, n)
		}
		if rapid.Bool().Draw(rt, "tight") { // no room for vertices that move
			for i, v := range vs {
				v.at = int64(i + 1)
			}
		}
		try := func(i, j int) {
			u, v := vs[i].Root(), vs[j].Root()
			if u == v {
				return
			}
			want := slow.pathThroughOther(slow.number[i], slow.number[j])
			require.Equal(rt, want, c.PathThroughOther(u, v), "from %d to %d", i, j)
			if want || rapid.IntRange(0, 3).Draw(rt, "refuse") == 0 {
				return
			}
			c.Join(u, v)
			from, to := slow.number[j], slow.number[i]
			for k := range slow.number {
				if slow.number[k] == from {
					slow.number[k] = to
				}
			}
			requireOrder(rt, c, vs, slow)
		}
		for j := range vs {
			reads := rapid.SliceOfNDistinct(rapid.IntRange(0, max(0, j-1)), 0, min(j, 3), rapid.ID[int]).Draw(rt, "reads")
			for _, i := range reads {
				slow.reads[j][i] = true
				if u, v := vs[i].Root(), vs[j].Root(); u != v {
					u.Link(v, 0)
				}
			}
			for _, i := range reads {
				if rapid.Bool().Draw(rt, "try") {
					try(i, j)
				}
			}
		}
		for range 10 {
			j := rapid.IntRange(1, n-1).Draw(rt, "reader")
			for i := range slow.reads[j] {
				if slow.reads[j][i] {
					try(i, j)
				}
			}
		}
	})
}

// requireOrder checks that the list of vertices rises and each read comes first.
func requireOrder(t require.TestingT, c *Graph[int, int], vs []*Vertex[int, int], slow *slowGraph) {
	for v := c.order.after; v.after != &c.order; v = v.after {
		require.Less(t, v.at, v.after.at)
		require.Same(t, v, v.after.before)
		require.Nil(t, v.joined)
	}
	for j := range vs {
		for i := range vs {
			require.Equal(t, slow.number[i] == slow.number[j], vs[i].Root() == vs[j].Root())
			if u, v := vs[i].Root(), vs[j].Root(); slow.reads[j][i] && u != v {
				require.Less(t, u.at, v.at)
			}
		}
	}
}
