package opcheck

import (
	"fmt"
	"strings"
)

// A row of the table.
type row struct {
	subject
	double, single verdict
}

func (r row) right() bool { return r.double.word == "right" && r.single.word == "right" }

// shown returns the verdict that the row gives figures of.
func (r row) shown() verdict {
	if r.double.word == "right" && r.single.word != "right" {
		return r.single
	}
	return r.double
}

// table returns the rows that are not right, in Markdown, and counts the others.
func table(rows []row) string {
	text := [][]string{{"op", "float64", "float32", "error", "±", "what is wrong"}}
	for _, r := range rows {
		if r.right() {
			continue
		}
		v := r.shown()
		text = append(text, []string{r.title(), r.double.word, r.single.word, v.figure(v.error), v.figure(v.sure), v.why})
	}
	right := len(rows) + 1 - len(text)
	return align(text) + fmt.Sprintf("\n%d of %d are right in both precisions.", right, len(rows))
}

// figure prints a number that was measured.
func (v verdict) figure(x float64) string {
	if v.word == "refused" || v.word == "panics" {
		return ""
	}
	return fmt.Sprintf("%.1e", x)
}

// align returns a table of Markdown with columns of equal width.
func align(text [][]string) string {
	widths := make([]int, len(text[0]))
	for _, r := range text {
		for i, cell := range r {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	var b strings.Builder
	for k, r := range text {
		for i, cell := range r {
			fmt.Fprintf(&b, "| %s%s ", cell, strings.Repeat(" ", widths[i]-len([]rune(cell))))
		}
		b.WriteString("|\n")
		if k == 0 {
			for _, w := range widths {
				b.WriteString("|" + strings.Repeat("-", w+2))
			}
			b.WriteString("|\n")
		}
	}
	return b.String()
}
