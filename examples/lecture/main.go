package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"time"

	"declive/examples/internal/command"
	"declive/examples/lecture/internal/classifier"
	"declive/examples/lecture/internal/curves"
	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/minibatch"
	"declive/examples/lecture/internal/report"
	"declive/examples/lecture/internal/saddle"
	"declive/examples/lecture/internal/search"
	"declive/examples/lecture/internal/slope"
	"declive/examples/lecture/internal/stepsize"
	"declive/examples/lecture/internal/surface"
	"declive/examples/lecture/internal/verify"
)

// sections are the parts of the lecture in its order.
var sections = []lesson.Section{
	search.Section,
	slope.Section,
	curves.Section,
	verify.Section,
	surface.Section,
	stepsize.Section,
	saddle.Section,
	minibatch.Section,
	classifier.Section,
}

func main() { command.Main("lecture", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	settings, err := parse(args, stderr)
	if err != nil {
		return err
	}
	return give(ctx, settings, time.Now, stdout, stderr)
}

// give runs the sections and reports each when it is finished.
func give(ctx context.Context, settings settings, now func() time.Time, stdout, stderr io.Writer) error {
	data, err := lesson.Load(settings.data, settings.small, rand.New(rand.NewPCG(settings.seed, 0)))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(settings.out, 0o777); err != nil { // before the work
		return fmt.Errorf("-out: %w", err)
	}
	out := report.Report{
		Title:    "From random search to stochastic gradient descent",
		Subtitle: fmt.Sprintf("Computed by Declive on %s: %d examples to train on, %d to test with; seed %d.", data.Name, data.Train.Len(), data.Test.Len(), settings.seed),
		Dir:      settings.out,
	}
	words, err := catalogue(settings.language)
	if err != nil {
		return err
	}
	out.Localise(words)
	for _, section := range settings.sections {
		if err := ctx.Err(); err != nil {
			return err
		}
		start := now()
		fmt.Fprintf(stderr, "section %d: %s\n", section.Number, section.Title)
		setting := lesson.Setting{
			Data:     data,
			Small:    settings.small,
			Rand:     rand.New(rand.NewPCG(settings.seed, uint64(section.Number))),
			Now:      now,
			Progress: stderr,
		}
		page := report.Page{Number: section.Number, Title: section.Title}
		if err := section.Run(ctx, &setting, &page); err != nil {
			return fmt.Errorf("section %d: %w", section.Number, err)
		}
		page.Translate(words)
		if err := page.Text(stdout); err != nil {
			return err
		}
		if err := out.Add(&page); err != nil {
			return err
		}
		fmt.Fprintf(stderr, "section %d: %.1f s; %s\n", section.Number, now().Sub(start).Seconds(), out.Path())
	}
	return nil
}
