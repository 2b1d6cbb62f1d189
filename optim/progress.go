package optim

import (
	"fmt"
	"io"
	"time"

	"declive/internal/statusline"
)

// A display shows the progress of training, see [Plan].Progress. The nil display shows
// nothing.
type display struct {
	line        *statusline.Line
	now         func() time.Time
	start, last time.Time
	done, total int // examples
}

// between is the time between two lines, so that the display costs nothing.
const between = 100 * time.Millisecond

// newDisplay returns a display for training on total examples, epochs counted
// apart, or nil if w is nil.
func newDisplay(w io.Writer, total int, start time.Time) *display {
	line := statusline.New(w)
	if line == nil {
		return nil
	}
	return &display{line: line, now: time.Now, start: start, total: total}
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
	d.line.Show(fmt.Sprintf("epoch %d/%d", epoch, epochs), fmt.Sprintf("%v left", left.Round(time.Second)),
		fmt.Sprintf("loss %.4g", loss), fmt.Sprintf("%.0f examples/s", speed))
}

// close ends the line.
func (d *display) close() {
	if d != nil {
		d.line.End()
	}
}
