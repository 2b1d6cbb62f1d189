package report

import (
	"bytes"
	"cmp"
	_ "embed" // of the page's form
	"fmt"
	"html/template"
	"io"
	"path/filepath"
	"strings"

	"declive/internal/atomicfile"
	"declive/plot"
)

// A Report is written to a folder, which is there: report.html and the figures.
type Report struct {
	Title    string
	Subtitle string
	Dir      string
	lang     string
	sections string // what a reader hears of the list of them
	pages    []shown
}

// A shown page is what the HTML is made from.
type shown struct {
	Number int
	Title  string
	Blocks []item
}

// An item is a block whose figure has been drawn.
type item struct {
	block
	Wide, Narrow template.HTML // elements svg, for a screen and for a phone
}

// Localise turns what stands around the pages into a catalogue's language.
func (r *Report) Localise(c *Catalogue) {
	r.lang, r.sections = c.Lang, "Sections"
	(&translation{Catalogue: c}).texts(&r.Title, &r.Subtitle, &r.sections)
}

// Add draws the figures of a finished page and writes the report anew with it.
func (r *Report) Add(p *Page) error {
	s := shown{Number: p.Number, Title: p.Title}
	for _, b := range p.blocks {
		i := item{block: b}
		if b.Figure != nil {
			if err := i.draw(r.Dir); err != nil {
				return fmt.Errorf("figure %s: %w", b.Figure.Name, err)
			}
		}
		s.Blocks = append(s.Blocks, i)
	}
	r.pages = append(r.pages, s)
	return r.write()
}

// draw saves both pictures of the figure and draws it for the HTML, twice.
func (i *item) draw(dir string) error {
	path := filepath.Join(dir, i.Figure.Name)
	var err error
	if i.Wide, err = inline(i.Figure.Picture); err != nil {
		return err
	}
	if i.Narrow, err = inline(narrow(i.Figure.Picture)); err != nil {
		return err
	}
	if err := plot.Save(path+".png", i.Figure.Picture); err != nil {
		return err
	}
	return plot.Save(path+".svg", i.Figure.Picture)
}

// inline returns a picture as HTML: what package plot escapes is safe.
func inline(p plot.Picture) (template.HTML, error) {
	var b strings.Builder
	err := plot.Inline(&b, p)
	return template.HTML(b.String()), err
}

//go:embed report.html
var form string

// write replaces the report in one move, so that it is never half written.
func (r *Report) write() error {
	t, err := template.New("report").Parse(form)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, map[string]any{"Lang": cmp.Or(r.lang, "en"), "Sections": cmp.Or(r.sections, "Sections"), "Title": r.Title, "Subtitle": r.Subtitle, "Pages": r.pages}); err != nil {
		return err
	}
	return save(r.Path(), b.Bytes())
}

// save writes a file, which appears complete or not at all.
func save(path string, content []byte) error {
	return atomicfile.Replace(path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// Path returns where the report is.
func (r *Report) Path() string { return filepath.Join(r.Dir, "report.html") }
