package main

import (
	_ "embed" // of the translation

	"declive/examples/lecture/internal/report"
)

// languages are those of the report; the sections are written in the first.
var languages = []string{"en", "pt"}

//go:embed pt.txt
var portuguese string

// catalogue returns the translations into a language.
func catalogue(language string) (*report.Catalogue, error) {
	if language == "pt" {
		return report.ReadCatalogue("pt-BR", portuguese)
	}
	return report.English(), nil
}
