package optim

import (
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/term"
)

// A display shows the progress of training as one line. The nil display shows
// nothing.
type display struct {
	w           io.Writer
	now         func() time.Time
	start, last time.Time
	done, total int // examples
	width       int // of the line that stands there
}

// between is the time between two lines, so that the display costs nothing.
const between = 100 * time.Millisecond

// newDisplay returns a display for training on total examples, epochs counted
// apart, or nil if w is nil or a file that is no terminal.
func newDisplay(w io.Writer, total int, start time.Time) *display {
	if w == nil {
		return nil
	}
	if f, ok := w.(interface{ Fd() uintptr }); ok && !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return &display{w: w, now: time.Now, start: start, total: total}
}

// show counts examples and writes the line if it is time to, and at the end.
func (d *display) show(epoch, epochs, examples int, loss float64) {
	if d == nil {
		return
	}
	d.done += examples
	now := d.now()
	if now.Sub(d.last) < between && d.done < d.total {
		return
	}
	d.last = now
	elapsed := now.Sub(d.start).Seconds()
	speed := float64(d.done) / max(elapsed, 1e-9)
	left := time.Duration(float64(d.total-d.done) / speed * float64(time.Second))
	d.write(fmt.Sprintf("epoch %d/%d  %.0f examples/s  loss %.4g  %v left",
		epoch, epochs, speed, loss, left.Round(time.Second)))
}

// write puts a line in the place of the one before. What a display cannot
// write is lost; training goes on.
func (d *display) write(line string) {
	blank := strings.Repeat(" ", max(d.width-len(line), 0))
	_, _ = io.WriteString(d.w, "\r"+line+blank)
	d.width = len(line)
}

// close ends the line.
func (d *display) close() {
	if d != nil && d.width > 0 {
		_, _ = io.WriteString(d.w, "\n")
	}
}
