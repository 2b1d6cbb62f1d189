// Package brief keeps the text of errors short, whatever a file holds.
package brief

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text returns text, cut at its end if it has more than n characters.
func Text(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}

// TextFromEnd is Text that is cut at its beginning.
func TextFromEnd(text string, n int) string {
	r := []rune(text)
	if len(r) <= n {
		return text
	}
	return "…" + string(r[len(r)-n+1:])
}

// Quoted returns text in quotes, as much as a message has room for: fewer characters of
// those that quotes spell out.
func Quoted(text string) string {
	for n := 40; ; n /= 2 {
		if q := strconv.Quote(Text(text, n)); n < 4 || utf8.RuneCountInString(q) <= 62 {
			return q
		}
	}
}

// List returns the names in quotes, as many as a message has room for.
func List(names []string) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, name := range names {
		if i > 0 {
			b.WriteByte(' ')
		}
		if b.Len() > 100 {
			fmt.Fprintf(&b, "… %d more", len(names)-i)
			break
		}
		b.WriteString(Quoted(name))
	}
	return b.String() + "]"
}
