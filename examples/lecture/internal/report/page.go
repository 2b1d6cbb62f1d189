// Package report puts text, tables and figures together to one HTML file that
// needs nothing else: no network, no further files.
//
// A section fills a [Page]; a [Report] takes finished pages, saves each figure as
// PNG and SVG, and writes report.html again after every page, so that what is
// finished is there when the program ends early. [Page.Text] is the same page
// for a terminal.
//
// Errors come from drawing and from files. Text is plain: there is no markup in
// paragraphs, and formulas are written in Unicode.
package report

import (
	"fmt"

	"declive/plot"
)

// A Page is a section of a report, in the order in which it was filled. The zero
// value is empty; the report gives it number and title.
type Page struct {
	Number int
	Title  string
	blocks []block
}

// A block is one of a paragraph, code, a table or a figure.
type block struct {
	Text   string
	Code   string
	Table  *Table
	Figure *Figure
}

// A Table is a grid of text with a head; numbers stand to the right.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]string
}

// A Figure is a picture with a caption.
type Figure struct {
	Name    string // of its files, unlike any other of the report
	Caption string // also read aloud to who cannot see it
	Picture plot.Picture
}

// Paragraph adds a paragraph, formatted as fmt.Sprintf does.
func (p *Page) Paragraph(format string, a ...any) {
	p.blocks = append(p.blocks, block{Text: fmt.Sprintf(format, a...)})
}

// Code adds lines of a program or a formula.
func (p *Page) Code(text string) { p.blocks = append(p.blocks, block{Code: text}) }

// Table adds a table.
func (p *Page) Table(t Table) { p.blocks = append(p.blocks, block{Table: &t}) }

// Figure adds a figure.
func (p *Page) Figure(f Figure) { p.blocks = append(p.blocks, block{Figure: &f}) }
