// Package picture moves the pixels of an image that lies in a row of numbers: it
// says which number of the stored row comes where when the image is shifted,
// mirrored and partly covered. What the numbers mean is left to the caller.
package picture

// A Frame says how an image lies in a row: planes one after another, each of
// Height lines of Width pixels of Depth numbers. Planar colours are three planes
// of depth 1, interleaved ones are one plane of depth 3.
type Frame struct{ Planes, Height, Width, Depth int }

// Size returns the numbers of an image.
func (f Frame) Size() int { return f.Planes * f.Height * f.line() }

func (f Frame) line() int { return f.Width * f.Depth }

// A Look is how an image is seen: moved down and to the right, then mirrored, left
// for right. What comes in is the reflection of the image about its outermost
// pixels, or nothing if Bare is set. The Hole is covered after that.
type Look struct {
	Down, Right int
	Mirror      bool
	Bare        bool
	Hole        Box
}

// A Box is the lines from Top to Bottom − 1, and of each the pixels from Left to
// Right − 1.
type Box struct{ Top, Bottom, Left, Right int }

// A Mover moves images of one frame by up to Reach pixels, which is less than their
// height and width. It does not change, so that goroutines may share it.
type Mover struct {
	Frame
	reach   int
	columns [2][][]int // where the numbers of a line come from, by Mirror and Right + reach
}

// NewMover returns a mover for looks with at most the given reach.
func NewMover(f Frame, reach int) *Mover {
	m := &Mover{Frame: f, reach: reach}
	for right := -reach; right <= reach; right++ {
		from := make([]int, 0, f.line())
		for x := range f.Width {
			first := reflected(x-right, f.Width) * f.Depth
			for k := range f.Depth {
				from = append(from, first+k)
			}
		}
		m.columns[0] = append(m.columns[0], from)
		m.columns[1] = append(m.columns[1], mirrored(from, f.Depth))
	}
	return m
}

// mirrored returns a line with its pixels in the other order.
func mirrored(line []int, depth int) []int {
	back := make([]int, 0, len(line))
	for end := len(line); end > 0; end -= depth {
		back = append(back, line[end-depth:end]...)
	}
	return back
}

// reflected returns the place among n of one that may lie outside, by up to n − 1:
// −1 is seen at 1.
func reflected(i, n int) int {
	switch {
	case i < 0:
		return -i
	case i >= n:
		return 2*(n-1) - i
	}
	return i
}

// Move writes the numbers from, from + 1, … of an image under a look to out. Pixels
// that are bare or covered have some value.
func Move[T any](m *Mover, out, image []T, from int, l *Look) {
	line := m.line()
	for len(out) > 0 {
		n := min(line-from%line, len(out))
		plane, y := from/line/m.Height, from/line%m.Height
		source := image[(plane*m.Height+reflected(y-l.Down, m.Height))*line:][:line]
		if l.Mirror {
			pick(out[:n], source, m.columns[1][l.Right+m.reach][from%line:])
		} else {
			shift(out[:n], source, m.columns[0][l.Right+m.reach], from%line, l.Right*m.Depth)
		}
		out, from = out[n:], from+n
	}
}

// pick is out[i] = source[columns[i]].
func pick[T any](out, source []T, columns []int) {
	for i, j := range columns[:len(out)] {
		out[i] = source[j]
	}
}

// shift is pick from the column at, of columns that go up by one but where they are
// reflected at an end of the line, when all were moved to the right by some.
func shift[T any](out, source []T, columns []int, at, right int) {
	first := min(max(right-at, 0), len(out))
	end := max(min(len(source)+right-at, len(out)), first)
	pick(out[:first], source, columns[at:])
	if first < end {
		copy(out[first:end], source[at+first-right:])
	}
	pick(out[end:], source, columns[at+end:])
}

// Blank sets the pixels of an image that are bare or covered to 0.
func Blank[T float32 | float64](f Frame, image []T, l *Look) {
	if l.Bare {
		right := l.Right
		if l.Mirror {
			right = -right
		}
		blank(f, image, Box{0, l.Down, 0, f.Width})
		blank(f, image, Box{f.Height + l.Down, f.Height, 0, f.Width})
		blank(f, image, Box{0, f.Height, 0, right})
		blank(f, image, Box{0, f.Height, f.Width + right, f.Width})
	}
	blank(f, image, l.Hole)
}

// blank sets what a box has in common with the frame to 0.
func blank[T float32 | float64](f Frame, image []T, b Box) {
	b = Box{max(b.Top, 0), min(b.Bottom, f.Height), max(b.Left, 0), min(b.Right, f.Width)}
	if b.Left >= b.Right {
		return
	}
	for plane := range f.Planes {
		for y := b.Top; y < b.Bottom; y++ {
			line := image[(plane*f.Height+y)*f.line():]
			clear(line[b.Left*f.Depth : b.Right*f.Depth])
		}
	}
}
