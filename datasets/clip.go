package datasets

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// clip returns text, cut at its end if it has more than n characters.
func clip(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}

// clipFront is clip at the beginning.
func clipFront(text string, n int) string {
	r := []rune(text)
	if len(r) <= n {
		return text
	}
	return "…" + string(r[len(r)-n+1:])
}

// quoted returns text in quotes, as much as a message has room for.
func quoted(text string) string { return fmt.Sprintf("%q", clip(text, 40)) }

// listed returns the names in quotes, as many as a message has room for.
func listed(names []string) string {
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
		b.WriteString(quoted(name))
	}
	return b.String() + "]"
}
