// Package statusline shows what a program is at: as one line of a terminal, each
// text in the place of the one before, or where there is no terminal as a plain line
// every few seconds of what takes long.
package statusline

import (
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/term"
)

// A Line is written to a terminal, or to what keeps what is written, such as a file
// or a pipe. The nil Line shows nothing.
type Line struct {
	w     io.Writer
	shown int        // columns of the text that stands there
	width func() int // of the terminal in columns; 0 if that is not known

	plain bool // there is no terminal
	now   func() time.Time
	last  time.Time // when a plain line was written last, or the line was made
}

// Between is the time between two plain lines; what takes less shows none.
const Between = 5 * time.Second

// New returns a line on w, or nil if w is nil. A file is a terminal or it is not; any
// other writer counts as one of unknown width.
func New(w io.Writer) *Line {
	if w == nil {
		return nil
	}
	l := &Line{w: w, width: func() int { return 0 }, now: time.Now, last: time.Now()}
	if f, ok := w.(interface{ Fd() uintptr }); ok {
		fd := int(f.Fd())
		l.plain = !term.IsTerminal(fd)
		l.width = func() int {
			width, _, err := term.GetSize(fd)
			if err != nil {
				return 0
			}
			return width
		}
	}
	return l
}

// Show puts a text in the place of the one before: of its parts, which go from the
// most to the least important, as many as the terminal has columns for. What cannot be
// written is lost; the work goes on.
func (l *Line) Show(parts ...string) {
	switch {
	case l == nil:
	case l.plain:
		if now := l.now(); now.Sub(l.last) >= Between {
			l.last = now
			_, _ = io.WriteString(l.w, strings.Join(parts, "  ")+"\n")
		}
	default:
		width := l.width()
		text := fitting(parts, width)
		columns, old := utf8.RuneCountInString(text), l.shown
		if width > 0 {
			old = min(old, width-1)
		}
		_, _ = io.WriteString(l.w, "\r"+text+strings.Repeat(" ", max(old-columns, 0)))
		l.shown = columns
	}
}

// fitting joins the parts that fit into a line of a width, 0 for any. The last column
// stays free, since a terminal may begin a new line after it.
func fitting(parts []string, width int) string {
	text := ""
	for i, p := range parts {
		next := text + "  " + p
		if i == 0 {
			next = p
		}
		if width == 0 || utf8.RuneCountInString(next) < width {
			text = next
			continue
		}
		if i == 0 {
			text = string([]rune(p)[:max(width-1, 0)])
		}
		break
	}
	return text
}

// Clear takes the text away, for what is printed next.
func (l *Line) Clear() {
	if l != nil && l.shown > 0 {
		_, _ = io.WriteString(l.w, "\r"+strings.Repeat(" ", l.shown)+"\r")
		l.shown = 0
	}
}

// End leaves the text and begins a new line.
func (l *Line) End() {
	if l != nil && l.shown > 0 {
		_, _ = io.WriteString(l.w, "\n")
		l.shown = 0
	}
}
