package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode/utf8"
)

// lineLength is the width of text for a terminal.
const lineLength = 100

// Text writes the page for a terminal; of figures the name and the caption.
func (p *Page) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%d. %s\n", p.Number, p.Title)
	for _, block := range p.blocks {
		b.WriteByte('\n')
		block.text(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (b block) text(w *strings.Builder) {
	switch {
	case b.Table != nil:
		b.Table.text(w)
	case b.Figure != nil:
		fmt.Fprintln(w, wrapped(fmt.Sprintf("[%s.png] %s", b.Figure.Name, b.Figure.Caption)))
	case b.Code != "":
		fmt.Fprintln(w, "    "+strings.ReplaceAll(strings.TrimSpace(b.Code), "\n", "\n    "))
	default:
		fmt.Fprintln(w, wrapped(b.Text))
	}
}

func (t *Table) text(w *strings.Builder) {
	fmt.Fprintln(w, wrapped(t.Caption))
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range append([][]string{t.Head}, t.Rows...) {
		fmt.Fprintln(columns, strings.Join(row, "\t")+"\t")
	}
	columns.Flush() // to a strings.Builder, which does not fail
}

// wrapped breaks text into lines.
func wrapped(text string) string {
	var b strings.Builder
	at := 0
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i > 0 && at+1+n > lineLength:
			b.WriteByte('\n')
			at = 0
		case i > 0:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	return b.String()
}
