// Package saddle is the seventh section of the lecture: points without slope
// that are no minima, after Dauphin et al., Identifying and attacking the saddle
// point problem in high-dimensional non-convex optimization, arXiv 1406.2572.
package saddle

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/report"
	"declive/optim/curvature"
)

// Section is the section.
var Section = lesson.Section{Number: 7, Title: "Saddle points", Run: run}

func run(ctx context.Context, s *lesson.Setting, page *report.Page) error {
	if err := smallest(ctx, s, page); err != nil {
		return err
	}
	return network(ctx, s, page)
}

// rate is that of all methods which have one.
const rate = 0.1

// smallest shows the saddle of a network with two weights.
func smallest(ctx context.Context, s *lesson.Setting, page *report.Page) error {
	p, err := newSmallest(40, s.Rand)
	if err != nil {
		return err
	}
	saddle, err := p.classified([]float64{0, 0})
	if err != nil {
		return err
	}
	start, err := p.ridge(0.8, 1e-4, rate)
	if err != nil {
		return err
	}
	tracks, err := p.race(ctx, entrants(rate), start, s.Count(80, 150, 150), s.Rand.Uint64())
	if err != nil {
		return err
	}
	curvatures, err := p.along(tracks[0])
	if err != nil {
		return err
	}
	page.Paragraph("Where the gradient is 0, descent stops: at a minimum, but also at a saddle, where the loss rises in some directions and falls in others. "+
		"The smallest network that has one is f = v·tanh(w·x). At w = v = 0 its loss has no slope, and the two eigenvalues of its Hessian are %.3f and %.3f.",
		saddle.Lowest.Value, saddle.Highest.Value)
	page.Code("p, err := curvature.Classify(objective, curvature.Criteria{})\n\n" + saddle.String())
	table, err := p.raceTable(tracks, saddle.Loss)
	if err != nil {
		return err
	}
	page.Paragraph("Five methods from the same start, beside the ridge that leads down to the saddle. Gradient descent slides to the saddle, hardly moves there, and leaves it at last, since each step "+
		"multiplies its distance from the ridge by 1 + η·|λ| = %.3f. Noise helps SGD a little, momentum more. Newton's method divides by the curvature with its sign and so walks up the falling direction, into the saddle. "+
		"Saddle-free Newton divides by the absolute value and is past it at once.", 1-rate*saddle.Lowest.Value)
	page.Table(table)
	figure, err := p.mapFigure(tracks)
	if err != nil {
		return err
	}
	page.Figure(figure)
	page.Figure(lossFigure("saddle-loss", "Loss by steps, from beside the ridge", tracks,
		"The loss of the same five runs. The flat stretch at the height of the saddle is what looks like the end of training."))
	page.Figure(curvatureFigure(curvatures))
	return nil
}

// raceTable tells of each track when it left the saddle behind and where it ended.
func (p *problem) raceTable(tracks []*track, saddle float64) (report.Table, error) {
	lowest := tracks[0].losses[0]
	for _, t := range tracks {
		lowest = min(lowest, t.losses[len(t.losses)-1])
	}
	level := (saddle + lowest) / 2
	table := report.Table{
		Caption: fmt.Sprintf("Steps until the loss is below %.3f, half-way from the saddle's %.3f to the lowest seen, and where %d steps lead.", level, saddle, len(tracks[0].way)-1),
		Head:    []string{"method", "steps to leave", "loss at last", "gradient", "lowest eigenvalue"},
	}
	for _, t := range tracks {
		end, err := p.classified(t.end())
		if err != nil {
			return table, err
		}
		steps := "never"
		if n := t.escaped(level); n >= 0 {
			steps = fmt.Sprint(n)
		}
		table.Rows = append(table.Rows, []string{t.name, steps, fmt.Sprintf("%.4f", end.Loss), fmt.Sprintf("%.1e", end.GradientNorm), fmt.Sprintf("%+.3f", end.Lowest.Value)})
	}
	return table, nil
}

// hidden is the width of the network.
const hidden = 4

// network finds and classifies the stationary points of a network.
func network(ctx context.Context, s *lesson.Setting, page *report.Page) error {
	p, err := newNetwork(hidden, 40, s.Rand)
	if err != nil {
		return err
	}
	starts, seed := s.Count(30, 300, 300), s.Rand.Uint64()
	newton, err := p.find(ctx, curvature.Newton{}, starts, rand.New(rand.NewPCG(seed, 1)))
	if err != nil {
		return err
	}
	free, err := p.find(ctx, curvature.SaddleFreeNewton{}, starts, rand.New(rand.NewPCG(seed, 1)))
	if err != nil {
		return err
	}
	page.Paragraph("A saddle of two weights may look like bad luck. In a network there are many of them: the more weights, the less likely that all directions rise. "+
		"This one has one input, %d hidden units and %d weights and learns a sine. From %d random starts Newton's method ends in a saddle %d times and in a minimum %d times; "+
		"saddle-free Newton, from the same starts, %d and %d times. (Steps longer than 1 are shortened to that; after %d steps %d and %d starts had led nowhere.)",
		hidden, p.objective.Dim(), starts, newton.saddles(), newton.minima(), free.saddles(), free.minima(), most, newton.lost, free.lost)
	page.Table(findingsTable(newton, free))
	page.Figure(findingsFigure(newton, free))
	page.Paragraph("The higher the loss of a stationary point, the more directions fall from it: what Dauphin et al. (2014, arXiv 1406.2572) found for large networks holds for this small one, "+
		"with a correlation of %.2f over the points in the table. Where training stops at a high loss, there is most likely a way down.", correlation(newton, free))
	return p.leave(ctx, s, page, newton)
}

// leave races away from the saddle that Newton's method found most often.
func (p *problem) leave(ctx context.Context, s *lesson.Setting, page *report.Page, newton *search) error {
	saddle := newton.favourite()
	if saddle == nil {
		page.Paragraph("Newton's method found no saddle this time; another -seed will.")
		return nil
	}
	values := make([]string, len(saddle.Eigenvalues))
	for i, v := range saddle.Eigenvalues {
		values[i] = fmt.Sprintf("%.3g", v)
	}
	page.Paragraph("The saddle at which it ended most often, classified by all %d eigenvalues of its Hessian, %d below zero:", len(values), saddle.falling)
	page.Code(saddle.StationaryPoint.String() + "\n\n" + strings.Join(values, "  "))
	tracks, err := p.race(ctx, entrants(rate), beside(saddle.weights, 1e-3, s.Rand.NormFloat64), s.Count(300, 3000, 3000), s.Rand.Uint64())
	if err != nil {
		return err
	}
	table, err := p.raceTable(tracks, saddle.Loss)
	if err != nil {
		return err
	}
	page.Paragraph("From 0.001 beside it, the same five methods:")
	page.Table(table)
	page.Figure(lossFigure("saddle-network", "Loss by steps, from beside a saddle of the network", tracks,
		"The way out of the saddle of a small network. The horizontal axis is logarithmic, from step 1."))
	return nil
}

// findingsTable lists the stationary points of both searches.
func findingsTable(searches ...*search) report.Table {
	t := report.Table{
		Caption: "Stationary points by loss. Those that differ only in the order and the signs of hidden units count as one.",
		Head:    []string{"found by", "loss", "what", "falling directions", "lowest eigenvalue", "times"},
	}
	for i, s := range searches {
		for _, f := range s.findings {
			t.Rows = append(t.Rows, []string{[]string{newtonName, freeName}[i], fmt.Sprintf("%.4f", f.Loss), f.Kind.String(),
				fmt.Sprintf("%d of %d", f.falling, len(f.Eigenvalues)), fmt.Sprintf("%+.4f", f.Lowest.Value), fmt.Sprint(f.times)})
		}
	}
	return t
}
