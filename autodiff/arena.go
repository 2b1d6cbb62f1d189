package autodiff

import (
	"cmp"
	"math"
	"slices"
)

func padded(n int) int { return (n + align - 1) / align * align }

// place gives every buffer its offset, and finds out how much is in use at once.
// What fit makes of the tens of buffers of most programs is tighter than what
// sweep makes of them, by a seventh in some unrolled recurrences; with crowd of
// them it takes a fifth of the time of Compile, and with more most of it.
func (l *layout) place(reuse bool) {
	const crowd = 1 << 13
	if reuse && len(l.all) > crowd {
		l.sweep()
	} else {
		l.fit(reuse)
	}
	l.measure()
}

// fit places the largest buffer first, each as low as what overlaps it in time
// allows. It takes n² time, a nanosecond or less for each pair.
func (l *layout) fit(reuse bool) {
	sorted := slices.Clone(l.all)
	slices.SortStableFunc(sorted, func(a, b *buffer) int { return cmp.Compare(b.size, a.size) })
	var placed []*buffer // by offset
	for _, b := range sorted {
		b.offset = lowest(b, placed, reuse)
		l.size = max(l.size, b.offset+padded(b.size))
		i, _ := slices.BinarySearchFunc(placed, b, func(c, b *buffer) int { return cmp.Compare(c.offset, b.offset) })
		placed = slices.Insert(placed, i, b)
	}
}

// lowest returns the lowest offset at which b overlaps none of placed in time and
// space.
func lowest(b *buffer, placed []*buffer, reuse bool) int {
	at := 0
	for _, c := range placed {
		if reuse && (c.first > b.last || b.first > c.last) {
			continue
		}
		if at+padded(b.size) <= c.offset {
			break
		}
		at = max(at, c.offset+padded(c.size))
	}
	return at
}

// sweep places buffers in the order in which they come into use, each as low as
// those allow that are in use then. It takes n·log n time.
func (l *layout) sweep() {
	coming, going := slices.Clone(l.all), slices.Clone(l.all)
	slices.SortStableFunc(coming, func(a, b *buffer) int {
		return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(b.size, a.size))
	})
	slices.SortStableFunc(going, func(a, b *buffer) int { return cmp.Compare(a.last, b.last) })
	free := newHole(0, math.MaxInt)
	for _, b := range coming {
		for going[0].last < b.first {
			free = free.give(going[0].offset, going[0].offset+padded(going[0].size))
			going = going[1:]
		}
		free, b.offset = free.take(padded(b.size))
		l.size = max(l.size, b.offset+padded(b.size))
	}
}

// end returns the time after which no buffer is in use.
func (l *layout) end() int {
	end := 1
	for _, b := range l.all {
		end = max(end, b.last+1)
	}
	return end
}

// measure finds the largest sum of buffers in use at one time.
func (l *layout) measure() {
	change := make([]int, l.end()+1)
	for _, b := range l.all {
		change[b.first] += padded(b.size)
		change[b.last+1] -= padded(b.size)
	}
	sum := 0
	for _, c := range change {
		sum += c
		l.live = max(l.live, sum)
	}
}
