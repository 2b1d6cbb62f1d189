// Package statusline shows what a program is at as one line of a terminal, each
// text in the place of the one before.
package statusline

import (
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// A Line is written to a terminal. The nil Line shows nothing.
type Line struct {
	w     io.Writer
	width int // of the text that stands there
}

// New returns a line on w, or nil if w is nil or a file that is no terminal.
func New(w io.Writer) *Line {
	if w == nil {
		return nil
	}
	if f, ok := w.(interface{ Fd() uintptr }); ok && !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return &Line{w: w}
}

// Show puts a text in the place of the one before. What cannot be written is
// lost; the work goes on.
func (l *Line) Show(text string) {
	if l == nil {
		return
	}
	width := utf8.RuneCountInString(text)
	_, _ = io.WriteString(l.w, "\r"+text+strings.Repeat(" ", max(l.width-width, 0)))
	l.width = width
}

// Clear takes the text away, for what is printed next.
func (l *Line) Clear() {
	if l != nil && l.width > 0 {
		l.Show("")
		_, _ = io.WriteString(l.w, "\r")
	}
}

// End leaves the text and begins a new line.
func (l *Line) End() {
	if l != nil && l.width > 0 {
		_, _ = io.WriteString(l.w, "\n")
		l.width = 0
	}
}
