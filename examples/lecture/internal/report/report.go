package report

import (
	"bytes"
	_ "embed" // of the page's form
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"path/filepath"

	"declive/internal/atomicfile"
	"declive/plot"
)

// A Report is written to a folder, which is there: report.html and the figures.
type Report struct {
	Title    string
	Subtitle string
	Dir      string
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
	Image template.URL // data URI of the PNG
	Wide  int          // pixels on the screen
	High  int
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

// draw saves both pictures of the figure and keeps the PNG for the HTML.
func (i *item) draw(dir string) error {
	path := filepath.Join(dir, i.Figure.Name)
	var png bytes.Buffer
	if err := plot.PNG(&png, i.Figure.Picture); err != nil {
		return err
	}
	i.Image = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(png.Bytes()))
	width, height := i.Figure.Picture.Size()
	i.Wide, i.High = pixels(width), pixels(height)
	if err := save(path+".png", png.Bytes()); err != nil {
		return err
	}
	return plot.Save(path+".svg", i.Figure.Picture)
}

// pixels returns how many of the 96 in an inch of 2.54 cm a length has.
func pixels(centimetres float64) int { return int(centimetres / 2.54 * 96) }

//go:embed report.html
var form string

// write replaces the report in one move, so that it is never half written.
func (r *Report) write() error {
	t, err := template.New("report").Parse(form)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, map[string]any{"Title": r.Title, "Subtitle": r.Subtitle, "Pages": r.pages}); err != nil {
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
