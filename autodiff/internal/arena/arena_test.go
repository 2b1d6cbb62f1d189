package arena

import (
	"cmp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawBuffers returns buffers with lives that overlap in all ways, some empty.
func drawBuffers(t *rapid.T) []*Buffer {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) *Buffer {
		first := rapid.IntRange(0, 30).Draw(t, "first")
		return &Buffer{Size: rapid.IntRange(0, 100).Draw(t, "size"), First: first, Last: first + rapid.IntRange(0, 12).Draw(t, "life")}
	}), 1, 60).Draw(t, "buffers")
}

// Buffers in use at one time share no memory, however they are placed, and the
// arena holds all that are.
func TestBuffersDoNotOverlap(t *testing.T) {
	for name, place := range map[string]func(*Layout){
		"fit": func(l *Layout) { l.fit(true) }, "sweep": (*Layout).sweep,
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				l := &Layout{Buffers: drawBuffers(rt)}
				place(l)
				l.measure()
				require.GreaterOrEqual(rt, l.Size, l.Live)
				for i, b := range l.Buffers {
					require.LessOrEqual(rt, b.Offset+b.Size, l.Size)
					for _, c := range l.Buffers[:i] {
						together := b.First <= c.Last && c.First <= b.Last && b.Size > 0 && c.Size > 0
						require.False(rt, together && b.Offset < c.Offset+c.Size && c.Offset < b.Offset+b.Size, "%v and %v", b, c)
					}
				}
			})
		})
	}
}

// A sweep places each buffer at the lowest offset that is free, as a look at all
// buffers finds it, and l.Live is the largest sum at any time.
func TestSweepTakesTheLowestHole(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := &Layout{Buffers: drawBuffers(rt)}
		l.sweep()
		l.measure()
		sorted := slices.Clone(l.Buffers)
		slices.SortStableFunc(sorted, func(a, b *Buffer) int {
			return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(b.Size, a.Size))
		})
		live := 0
		for i, b := range sorted {
			var rivals []*Buffer
			sum := Padded(b.Size)
			for _, c := range sorted[:i] {
				if c.Last >= b.First && c.Size > 0 {
					rivals, sum = append(rivals, c), sum+Padded(c.Size)
				}
			}
			live = max(live, sum)
			if b.Size == 0 {
				continue
			}
			slices.SortFunc(rivals, func(a, b *Buffer) int { return cmp.Compare(a.Offset, b.Offset) })
			require.Equal(rt, lowest(b, rivals, true), b.Offset)
		}
		require.Equal(rt, live, l.Live)
	})
}

// A gap overlaps no buffer that is in use, and none is larger.
func TestGap(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := Place(drawBuffers(rt), true)
		for time := range 45 {
			taken := make([]bool, l.Size+1)
			taken[l.Size] = true
			for _, b := range l.Buffers {
				if b.First <= time && time <= b.Last {
					for i := range Padded(b.Size) {
						taken[b.Offset+i] = true
					}
				}
			}
			most, run := 0, 0
			for _, yes := range taken {
				if run++; yes {
					run = 0
				}
				most = max(most, run)
			}
			offset, size := l.Gap(time)
			require.Equal(rt, most, size)
			require.NotContains(rt, taken[offset:offset+size], true)
		}
	})
}
