package report

import (
	"fmt"
	"regexp"
	"strings"

	"declive/plot"
)

// A Catalogue translates texts.
type Catalogue struct {
	Lang    string // of the result, as in HTML
	entries []entry
	words   map[string]string // entries without places
}

// An entry is a text with places for what differs between runs.
type entry struct {
	pattern *regexp.Regexp
	to      string
}

// ReadCatalogue reads entries that are parted by empty lines: a text, and below it
// its translation, a line each. {} in the first is a place for any text, and stands
// in the second for the translation of that.
func ReadCatalogue(lang, text string) (*Catalogue, error) {
	c := &Catalogue{Lang: lang, words: map[string]string{}}
	for block := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		from, to, ok := strings.Cut(strings.TrimSpace(block), "\n")
		switch {
		case !ok || strings.Contains(to, "\n"):
			return nil, fmt.Errorf("report: catalogue %s: %q has not two lines", lang, block)
		case strings.Count(from, "{}") != strings.Count(to, "{}"):
			return nil, fmt.Errorf("report: catalogue %s: %q and its translation differ in the number of places", lang, from)
		case !strings.Contains(from, "{}"):
			c.words[from] = to
		default:
			pattern := strings.ReplaceAll(regexp.QuoteMeta(from), `\{\}`, `((?:[^.]|\.[^ ])+?)`) // within a sentence
			c.entries = append(c.entries, entry{regexp.MustCompile("^" + pattern + "$"), to})
		}
	}
	return c, nil
}

// English returns the catalogue of the language that pages are written in.
func English() *Catalogue { return &Catalogue{Lang: "en"} }

var (
	word     = regexp.MustCompile(`\p{L}{3,}`)
	sentence = regexp.MustCompile(`\. (\p{Lu})`)
)

// Translate returns a text in the catalogue's language, as a whole or sentence by
// sentence, and whether the catalogue has it. What has no word in it stays.
func (c *Catalogue) Translate(text string) (string, bool) {
	if out, ok := c.whole(text); ok {
		return out, true
	}
	all := true
	parts := strings.Split(sentence.ReplaceAllString(text, ".\x00$1"), "\x00")
	for i, part := range parts {
		out, ok := c.whole(part)
		parts[i], all = out, all && ok
	}
	return strings.Join(parts, " "), all
}

// whole translates a text that is one entry.
func (c *Catalogue) whole(text string) (string, bool) {
	if to, ok := c.words[text]; ok {
		return to, true
	}
	if !word.MatchString(text) {
		return text, true
	}
	for _, e := range c.entries {
		if m := e.pattern.FindStringSubmatch(text); m != nil {
			out := e.to
			for _, part := range m[1:] {
				inner, _ := c.whole(part)
				out = strings.Replace(out, "{}", inner, 1)
			}
			return out, true
		}
	}
	return text, false
}

// A translation goes through the texts of a page and keeps those that the
// catalogue lacks.
type translation struct {
	*Catalogue
	missing []string
}

// Translate turns the page into the catalogue's language, all but programs, and
// returns the texts that the catalogue lacks, which stay as they are.
func (p *Page) Translate(c *Catalogue) (missing []string) {
	t := &translation{Catalogue: c}
	t.texts(&p.Title)
	for i := range p.blocks {
		b := &p.blocks[i]
		t.texts(&b.Text)
		if b.Table != nil {
			t.texts(&b.Table.Caption)
			t.list(b.Table.Head)
			for _, row := range b.Table.Rows {
				t.list(row)
			}
		}
		if b.Figure != nil {
			t.texts(&b.Figure.Caption)
			b.Figure.Picture = t.picture(b.Figure.Picture)
		}
	}
	return t.missing
}

func (t *translation) texts(all ...*string) {
	for _, text := range all {
		out, ok := t.Catalogue.Translate(*text)
		if !ok {
			t.missing = append(t.missing, *text)
		}
		*text = out
	}
}

func (t *translation) list(all []string) {
	for i := range all {
		t.texts(&all[i])
	}
}

// picture returns a picture with its texts translated.
func (t *translation) picture(p plot.Picture) plot.Picture {
	switch p := p.(type) {
	case plot.Chart:
		t.texts(&p.Title, &p.X.Name, &p.Y.Name)
		t.series(p.Series)
		for i := range p.Notes {
			t.texts(&p.Notes[i].Text)
		}
		for _, a := range []plot.Axis{p.X, p.Y} {
			for i := range a.Ticks {
				t.texts(&a.Ticks[i].Name)
			}
		}
		return p
	case plot.Map:
		t.texts(&p.Title, &p.X, &p.Y, &p.Arrows.Name)
		t.series(p.Paths)
		return p
	case plot.Relief:
		t.texts(&p.X, &p.Y, &p.Z)
		return p
	case plot.Confusion:
		t.texts(&p.Title, &p.Truth, &p.Answer)
		return p
	case plot.Tiles:
		for i := range p.Pictures {
			p.Pictures[i] = t.picture(p.Pictures[i])
		}
		return p
	}
	return p
}

func (t *translation) series(all []plot.Series) {
	for i := range all {
		t.texts(&all[i].Name)
	}
}
