package plot

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"strings"

	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Inline writes a picture as an element svg for a page of HTML. It has no paper
// and takes over what the page says: black is currentColor, a colour of the
// palette is the property of its name if the page sets that,
//
//	--blue --orange --green --vermilion --purple --sky --indigo --grey --faint
//
// and the element is as wide as its parent, so that the text in it grows with it.
// Images and the colours of maps and heat maps stay as they are.
func Inline(w io.Writer, p Picture) error {
	width, height, err := sizeOf(p)
	if err != nil {
		return err
	}
	c := vgsvg.New(width, height)
	if err := p.Draw(draw.Crop(draw.New(c), margin, -margin, margin, -margin)); err != nil {
		return err
	}
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return err
	}
	_, body, _ := strings.Cut(b.String(), "<g ") // what stands before belongs to a file
	root := fmt.Sprintf(`<svg viewBox="0 0 %.2f %.2f" fill="currentColor" style="%s">`+"\n<g ", float64(width), float64(height), strings.TrimSuffix(families, ";"))
	return write(w, []byte(root+onPage.Replace(body)))
}

// properties are the colours that a page may set, by name.
var properties = []struct {
	name   string
	colour color.RGBA
}{
	{"blue", Blue}, {"orange", Orange}, {"green", Green}, {"vermilion", Vermilion}, {"purple", Purple},
	{"sky", Sky}, {"indigo", Indigo}, {"grey", Grey}, {"faint", faint},
}

// onPage replaces the colours of an SVG file by those of the page, and drops what
// the element says once.
var onPage = replacer()

func replacer() *strings.Replacer {
	pairs := []string{
		family, "", "font-variant:normal;", "", "font-weight:normal;", "", "font-style:normal;", "",
		"<image ", stretch,
		"stroke:#000000", "stroke:currentColor",
		"data:image/jpg;", "data:image/png;", // which they are
	}
	for _, p := range properties {
		hex := fmt.Sprintf("#%02X%02X%02X", p.colour.R, p.colour.G, p.colour.B)
		for _, use := range []string{"fill:", "stroke:"} {
			pairs = append(pairs, use+hex, fmt.Sprintf("%svar(--%s,%s)", use, p.name, hex))
		}
	}
	return strings.NewReplacer(pairs...)
}
