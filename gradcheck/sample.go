package gradcheck

import (
	"cmp"
	"math"
	"slices"
	"time"

	"declive/autodiff"
)

// affordable returns how many coordinates to check: as many as the
// Sample option allows, and fewer where the test's deadline is near. Half of the
// time left is shared by the variables that are still to be checked.
func (v *variable) affordable() (int, error) {
	limit := len(v.x())
	if v.o.sample > 0 {
		limit = min(limit, v.o.sample)
	}
	if v.o.deadline.IsZero() || limit <= chunk {
		return limit, nil
	}
	start := time.Now()
	trial := make([]int, chunk)
	for i := range trial {
		trial[i] = v.s.Rand.IntN(len(v.x()))
	}
	if err := v.coordinates(trial, make([]Coord, chunk)); err != nil {
		return 0, err
	}
	each := max(time.Since(start)/chunk, 1)
	n := int(time.Until(v.o.deadline) / 2 / time.Duration(len(v.s.X)-v.b) / each)
	if n >= limit {
		return limit, nil
	}
	n = max(n, chunk)
	v.note("%s: the test's deadline leaves time for %d of %d coordinates", v.report.Name, n, limit)
	return n, nil
}

// sample returns the coordinates to check, in ascending order:
// all of them, or where there are more than the limit a choice that holds the
// ends of every axis, the largest and smallest gradients, exact zeros, and random
// ones.
func (v *variable) sample(limit int) []int {
	n := len(v.x())
	if limit >= n {
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		return all
	}
	s := sampler{chosen: map[int]bool{}, limit: limit}
	s.corners(v.report.Shape)
	s.extremes(v.grad())
	for len(s.chosen) < s.limit {
		s.take(v.s.Rand.IntN(n))
	}
	v.report.Sampled = true
	return s.sorted()
}

type sampler struct {
	chosen map[int]bool
	limit  int
}

func (s *sampler) take(i int) {
	if len(s.chosen) < s.limit {
		s.chosen[i] = true
	}
}

// corners takes the first and the last element, then those that are last along
// one axis and first along the others.
func (s *sampler) corners(shape autodiff.Shape) {
	s.take(0)
	s.take(shape.Size() - 1)
	stride := 1
	for axis := len(shape) - 1; axis >= 0; axis-- {
		s.take((shape[axis] - 1) * stride)
		stride *= shape[axis]
	}
}

// extremes takes a quarter of the limit from each end of the gradient's sizes.
// Exact zeros are among the smallest.
func (s *sampler) extremes(g []float64) {
	order := make([]int, len(g))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(math.Abs(g[i]), math.Abs(g[j])) })
	for k := range max(1, s.limit/4) {
		s.take(order[k])
		s.take(order[len(order)-1-k])
	}
}

func (s *sampler) sorted() []int {
	out := make([]int, 0, len(s.chosen))
	for i := range s.chosen {
		out = append(out, i)
	}
	slices.Sort(out)
	return out
}
