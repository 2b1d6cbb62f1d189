package main

import (
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/report"
)

// The Portuguese catalogue has every text of every section, pictures included.
func TestPortugueseIsComplete(t *testing.T) {
	words, err := catalogue("pt")
	require.NoError(t, err)
	data, err := lesson.Load("", true, rand.New(rand.NewPCG(1, 0)))
	require.NoError(t, err)
	for _, section := range sections {
		t.Run(section.Title, func(t *testing.T) {
			t.Parallel()
			setting := lesson.Setting{Data: data, Small: true, Rand: rand.New(rand.NewPCG(1, 1)), Now: ticking(), Progress: io.Discard}
			page := report.Page{Number: section.Number, Title: section.Title}
			require.NoError(t, section.Run(context.Background(), &setting, &page))
			for _, text := range page.Translate(words) {
				assert.Fail(t, "pt.txt lacks a text", "%s", text)
			}
		})
	}
}

func TestPortugueseReport(t *testing.T) {
	out := t.TempDir()
	settings, err := parse([]string{"-small", "-data", "", "-out", out, "-section", "3", "-lang", "pt"}, io.Discard)
	require.NoError(t, err)
	require.NoError(t, give(context.Background(), settings, ticking(), io.Discard, io.Discard))
	html, err := os.ReadFile(filepath.Join(out, "report.html"))
	require.NoError(t, err)
	for _, want := range []string{
		`<html lang="pt-BR">`, `aria-label="Seções"`, "Da busca aleatória à descida de gradiente estocástica",
		"Calculado pelo Declive com dígitos gerados: ", ">quadrática, (1 − m)²</text>", ">Perda por margem</text>",
	} {
		assert.Contains(t, string(html), want)
	}
}
