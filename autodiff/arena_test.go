package autodiff

import (
	"cmp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawBuffers returns buffers with lives that overlap in all ways, some empty.
func drawBuffers(t *rapid.T) []*buffer {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) *buffer {
		first := rapid.IntRange(0, 30).Draw(t, "first")
		return &buffer{size: rapid.IntRange(0, 100).Draw(t, "size"), first: first, last: first + rapid.IntRange(0, 12).Draw(t, "life")}
	}), 1, 60).Draw(t, "buffers")
}

// Buffers in use at one time share no memory, however they are placed, and the
// arena holds all that are.
func TestBuffersDoNotOverlap(t *testing.T) {
	for name, place := range map[string]func(*layout){
		"fit": func(l *layout) { l.fit(true) }, "sweep": (*layout).sweep,
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				l := &layout{all: drawBuffers(rt)}
				place(l)
				l.measure()
				require.GreaterOrEqual(rt, l.size, l.live)
				for i, b := range l.all {
					require.LessOrEqual(rt, b.offset+b.size, l.size)
					for _, c := range l.all[:i] {
						together := b.first <= c.last && c.first <= b.last && b.size > 0 && c.size > 0
						require.False(rt, together && b.offset < c.offset+c.size && c.offset < b.offset+b.size, "%v and %v", b, c)
					}
				}
			})
		})
	}
}

// A sweep places each buffer at the lowest offset that is free, as a look at all
// buffers finds it, and l.live is the largest sum at any time.
func TestSweepTakesTheLowestHole(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := &layout{all: drawBuffers(rt)}
		l.sweep()
		l.measure()
		sorted := slices.Clone(l.all)
		slices.SortStableFunc(sorted, func(a, b *buffer) int {
			return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(b.size, a.size))
		})
		live := 0
		for i, b := range sorted {
			var rivals []*buffer
			sum := padded(b.size)
			for _, c := range sorted[:i] {
				if c.last >= b.first && c.size > 0 {
					rivals, sum = append(rivals, c), sum+padded(c.size)
				}
			}
			live = max(live, sum)
			if b.size == 0 {
				continue
			}
			slices.SortFunc(rivals, func(a, b *buffer) int { return cmp.Compare(a.offset, b.offset) })
			require.Equal(rt, lowest(b, rivals, true), b.offset)
		}
		require.Equal(rt, live, l.live)
	})
}
