package picture

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// seen is Move and Blank, pixel by pixel, from the words of Look alone.
func seen(f Frame, image []float64, l Look) []float64 {
	out := make([]float64, len(image))
	place := func(plane, y, x, k int) int { return ((plane*f.Height+y)*f.Width+x)*f.Depth + k }
	inside := func(y, x int) bool { return y >= 0 && y < f.Height && x >= 0 && x < f.Width }
	mirror := func(i, n int) int { // walks to and fro between the ends
		for i < 0 || i >= n {
			if i < 0 {
				i = -i
			} else {
				i = 2*(n-1) - i
			}
		}
		return i
	}
	for plane := range f.Planes {
		for y := range f.Height {
			for x := range f.Width {
				moved := x
				if l.Mirror {
					moved = f.Width - 1 - x
				}
				fromY, fromX := y-l.Down, moved-l.Right
				covered := y >= l.Hole.Top && y < l.Hole.Bottom && x >= l.Hole.Left && x < l.Hole.Right
				for k := range f.Depth {
					if covered || l.Bare && !inside(fromY, fromX) {
						continue
					}
					out[place(plane, y, x, k)] = image[place(plane, mirror(fromY, f.Height), mirror(fromX, f.Width), k)]
				}
			}
		}
	}
	return out
}

func TestMoveAndBlank(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		upTo := func(n int) int { return rapid.IntRange(1, n).Draw(t, "length") }
		f := Frame{Planes: upTo(3), Height: upTo(7), Width: upTo(9), Depth: upTo(4)}
		reach := rapid.IntRange(0, min(f.Height, f.Width)-1).Draw(t, "reach")
		step := rapid.IntRange(-reach, reach)
		l := Look{
			Down: step.Draw(t, "down"), Right: step.Draw(t, "right"),
			Mirror: rapid.Bool().Draw(t, "mirror"), Bare: rapid.Bool().Draw(t, "bare"),
		}
		if rapid.Bool().Draw(t, "hole") {
			at := rapid.IntRange(-3, 9)
			l.Hole = Box{Top: at.Draw(t, "top"), Bottom: at.Draw(t, "bottom"), Left: at.Draw(t, "left"), Right: at.Draw(t, "right")}
		}
		image := make([]float64, f.Size())
		for i := range image {
			image[i] = float64(i + 1)
		}
		out := make([]float64, len(image))
		m := NewMover(f, reach)
		for from := range slices.Chunk(sequence(len(image)), upTo(len(image))) {
			Move(m, out[from[0]:from[0]+len(from)], image, from[0], &l)
		}
		Blank(f, out, &l)
		assert.Equal(t, seen(f, image, l), out)
	})
}

func sequence(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return s
}

// Moved down and to the right by one, what was at the edge is seen twice beside it.
func TestReflection(t *testing.T) {
	m := NewMover(Frame{Planes: 1, Height: 2, Width: 3, Depth: 1}, 1)
	out := make([]float32, 6)
	Move(m, out, []float32{1, 2, 3, 4, 5, 6}, 0, &Look{Down: 1, Right: 1})
	assert.Equal(t, []float32{5, 4, 5, 2, 1, 2}, out)
	Move(m, out, []float32{1, 2, 3, 4, 5, 6}, 0, &Look{Down: 1, Right: 1, Mirror: true})
	assert.Equal(t, []float32{5, 4, 5, 2, 1, 2}, out)
	Move(m, out, []float32{1, 2, 3, 4, 5, 6}, 0, &Look{Right: 1, Mirror: true})
	assert.Equal(t, []float32{2, 1, 2, 5, 4, 5}, out)
}
