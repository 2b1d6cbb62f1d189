package report

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/plot"
)

const latin = "a dog\ncanis\n\nI see {} and {}.\n{} et {} video.\n\nIt runs.\nCurrit."

func TestTranslate(t *testing.T) {
	c, err := ReadCatalogue("la", latin)
	require.NoError(t, err)
	for text, want := range map[string]string{
		"a dog":                            "canis",
		"I see a dog and Tom.":             "canis et Tom video.",
		"It runs. I see 1.5 and II.":       "Currit. 1.5 et II video.",
		"I see dogs. I see a dog and Tom.": "",
		"7 × 7":                            "7 × 7",
		"I see a dog and Tom. Currit":      "",
		"a cat":                            "",
	} {
		got, ok := c.Translate(text)
		assert.Equal(t, want != "", ok, text)
		if ok {
			assert.Equal(t, want, got)
		}
	}
}

func TestFaultyCatalogue(t *testing.T) {
	for text, want := range map[string]string{
		"a dog":                  "has not two lines",
		"a dog\ncanis\ncanis":    "has not two lines",
		"{} runs.\nCurrit.":      "number of places",
		"a\nb\n\n{} runs.\nCur.": `"{} runs."`,
	} {
		_, err := ReadCatalogue("la", text)
		assert.ErrorContains(t, err, want)
	}
}

func TestPageTranslates(t *testing.T) {
	c, err := ReadCatalogue("la", latin)
	require.NoError(t, err)
	p := Page{Title: "a dog"}
	p.Code("a dog")
	p.Table(Table{Head: []string{"a dog"}, Rows: [][]string{{"1", "a cat"}}})
	p.Figure(Figure{Caption: "It runs.", Picture: plot.Tiles{Pictures: []plot.Picture{plot.Chart{Title: "a dog", Series: []plot.Series{{Name: "a dog"}}}}}})
	assert.Equal(t, []string{"a cat"}, p.Translate(c))
	assert.Equal(t, "canis", p.Title)
	assert.Equal(t, "a dog", p.blocks[0].Code)
	assert.Equal(t, []string{"canis"}, p.blocks[1].Table.Head)
	assert.Equal(t, "Currit.", p.blocks[2].Figure.Caption)
	chart := p.blocks[2].Figure.Picture.(plot.Tiles).Pictures[0].(plot.Chart)
	assert.Equal(t, "canis", chart.Title)
	assert.Equal(t, "canis", chart.Series[0].Name)
}
