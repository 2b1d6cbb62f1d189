// Package arena places buffers that are in use at different times in one piece of
// memory.
package arena

import (
	"cmp"
	"math"
	"slices"
)

// A Buffer is a piece of the arena that is in use from one time to another, both
// included.
type Buffer struct {
	Size        int // elements
	First, Last int
	Offset      int // set by [Place]
}

// A Layout is an arena with its buffers.
type Layout struct {
	Buffers []*Buffer
	Size    int // elements of the arena
	Live    int // the largest sum of buffers in use at one time
}

// Align is what offsets are multiples of, in elements: a cache line holds no two
// buffers.
const Align = 16

// Padded returns n rounded up to a multiple of [Align].
func Padded(n int) int { return (n + Align - 1) / Align * Align }

// Place gives every buffer its offset, and measures the arena. With reuse, buffers
// that are never in use together may share memory.
//
// What fit makes of the tens of buffers of most programs is tighter than what
// sweep makes of them, by a seventh in some unrolled recurrences; with crowd of
// them it takes a fifth of the time of a compilation, and with more most of it.
func Place(buffers []*Buffer, reuse bool) *Layout {
	const crowd = 1 << 13
	l := &Layout{Buffers: buffers}
	if reuse && len(buffers) > crowd {
		l.sweep()
	} else {
		l.fit(reuse)
	}
	l.measure()
	return l
}

// fit places the largest buffer first, each as low as what overlaps it in time
// allows. It takes n² time, a nanosecond or less for each pair.
func (l *Layout) fit(reuse bool) {
	sorted := slices.Clone(l.Buffers)
	slices.SortStableFunc(sorted, func(a, b *Buffer) int { return cmp.Compare(b.Size, a.Size) })
	var placed []*Buffer // by offset
	for _, b := range sorted {
		b.Offset = lowest(b, placed, reuse)
		l.Size = max(l.Size, b.Offset+Padded(b.Size))
		i, _ := slices.BinarySearchFunc(placed, b, func(c, b *Buffer) int { return cmp.Compare(c.Offset, b.Offset) })
		placed = slices.Insert(placed, i, b)
	}
}

// lowest returns the lowest offset at which b overlaps none of placed in time and
// space.
func lowest(b *Buffer, placed []*Buffer, reuse bool) int {
	at := 0
	for _, c := range placed {
		if reuse && (c.First > b.Last || b.First > c.Last) {
			continue
		}
		if at+Padded(b.Size) <= c.Offset {
			break
		}
		at = max(at, c.Offset+Padded(c.Size))
	}
	return at
}

// sweep places buffers in the order in which they come into use, each as low as
// those allow that are in use then. It takes n·log n time.
func (l *Layout) sweep() {
	coming, going := slices.Clone(l.Buffers), slices.Clone(l.Buffers)
	slices.SortStableFunc(coming, func(a, b *Buffer) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(b.Size, a.Size))
	})
	slices.SortStableFunc(going, func(a, b *Buffer) int { return cmp.Compare(a.Last, b.Last) })
	free := newHole(0, math.MaxInt)
	for _, b := range coming {
		for going[0].Last < b.First {
			free = free.give(going[0].Offset, going[0].Offset+Padded(going[0].Size))
			going = going[1:]
		}
		free, b.Offset = free.take(Padded(b.Size))
		l.Size = max(l.Size, b.Offset+Padded(b.Size))
	}
}

// end returns the time after which no buffer is in use.
func (l *Layout) end() int {
	end := 1
	for _, b := range l.Buffers {
		end = max(end, b.Last+1)
	}
	return end
}

// measure finds the largest sum of buffers in use at one time.
func (l *Layout) measure() {
	change := make([]int, l.end()+1)
	for _, b := range l.Buffers {
		change[b.First] += Padded(b.Size)
		change[b.Last+1] -= Padded(b.Size)
	}
	sum := 0
	for _, c := range change {
		sum += c
		l.Live = max(l.Live, sum)
	}
}

// Gap returns the largest piece of the arena that no buffer has at a time.
func (l *Layout) Gap(time int) (offset, size int) {
	var inUse []*Buffer
	for _, b := range l.Buffers {
		if b.First <= time && time <= b.Last {
			inUse = append(inUse, b)
		}
	}
	slices.SortFunc(inUse, func(a, b *Buffer) int { return cmp.Compare(a.Offset, b.Offset) })
	at := 0
	for _, b := range inUse {
		if b.Offset-at > size {
			offset, size = at, b.Offset-at
		}
		at = max(at, b.Offset+Padded(b.Size))
	}
	if l.Size-at > size {
		offset, size = at, l.Size-at
	}
	return offset, size
}
