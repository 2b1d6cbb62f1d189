package report

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/plot"
)

func newTestPage(number int, name string) *Page {
	p := &Page{Number: number, Title: "Slopes & <steps>"}
	p.Paragraph("The loss is %.1f, and 1 < 2.", 0.5)
	p.Code("w -= rate * g")
	p.Table(Table{Caption: "Losses.", Head: []string{"step", "loss"}, Rows: [][]string{{"1", "2.25"}, {"10", "0.5"}}})
	p.Figure(Figure{Name: name, Caption: "A \"plot\".", Picture: plot.Chart{Title: "T"}})
	return p
}

func TestReportGrowsAndNeedsNothingElse(t *testing.T) {
	r := Report{Title: "T", Subtitle: "S", Dir: t.TempDir()}
	for i, name := range []string{"one", "two"} {
		require.NoError(t, r.Add(newTestPage(i+1, name)))
		html, err := os.ReadFile(r.Path())
		require.NoError(t, err)
		assert.Equal(t, i+1, bytes.Count(html, []byte("<section ")))
		assert.Equal(t, i+1, bytes.Count(html, []byte("<svg "))/2)
		assert.NotContains(t, string(html), "http")
		assert.NotContains(t, string(html), "ZgotmplZ", "a value that html/template refuses")
		for _, part := range []string{"prefers-color-scheme: dark", "width=device-width", "Slopes &amp; &lt;steps&gt;", "1 &lt; 2.", "<td>2.25</td>", `aria-label="A &#34;plot&#34;."`} {
			assert.Contains(t, string(html), part)
		}
		assert.FileExists(t, filepath.Join(r.Dir, name+".png"))
	}
	assert.NoFileExists(t, r.Path()+".new")
}

// The HTML nests as it should, and the SVG is XML.
func TestMarkupIsWellFormed(t *testing.T) {
	r := Report{Title: "T", Subtitle: "S", Dir: t.TempDir()}
	require.NoError(t, r.Add(newTestPage(1, "one")))
	html, err := os.ReadFile(r.Path())
	require.NoError(t, err)
	d := xml.NewDecoder(bytes.NewReader(html))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	assert.NoError(t, parse(d))
	svg, err := os.Open(filepath.Join(r.Dir, "one.svg"))
	require.NoError(t, err)
	defer svg.Close()
	assert.NoError(t, parse(xml.NewDecoder(svg)))
}

// parse reads to the end.
func parse(d *xml.Decoder) error {
	for {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func TestUnwritableFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	r := Report{Dir: file}
	assert.ErrorContains(t, r.Add(newTestPage(1, "one")), file)
}

func TestText(t *testing.T) {
	p := newTestPage(3, "slopes")
	p.Paragraph("%s", strings.Repeat("word ", 30))
	var b strings.Builder
	require.NoError(t, p.Text(&b))
	want := `
3. Slopes & <steps>

The loss is 0.5, and 1 < 2.

    w -= rate * g

Losses.
  step  loss
     1  2.25
    10   0.5

[slopes.png] A "plot".

` + strings.TrimSpace(strings.Repeat("word ", 20)) + "\n" + strings.TrimSpace(strings.Repeat("word ", 10)) + "\n"
	assert.Equal(t, want, b.String())
}
