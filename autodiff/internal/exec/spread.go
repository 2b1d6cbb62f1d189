package exec

import (
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

// A Spread is the sum of the squared distances of each column of a loop from its mean,
// Σ(x − μ)², in one pass, where the formula takes one for the mean before it.
//
// A run of rows is measured from the mean of its first tile, a number p:
//
//	Σ(x − μ)² = Σ(x − p)² − n·(μ − p)²    μ − p = Σ(x − p)/n
//
// The difference loses digits only where that tile is far from the rest of its run,
// which then adds as much to the result: by no more than the number of tiles in a run.
// Runs are joined in float64,
//
//	Σ(x − μ)² = S₁ + S₂ + (μ₂ − μ₁)²·n₁·n₂/(n₁ + n₂)
//
// (Chan, Golub and LeVeque, Updating Formulae and a Pairwise Algorithm for Computing
// Sample Variances, 1979), and the parts of a loop as runs are, in order.
type Spread struct {
	Dst   int // slot of the result
	Width int // columns
}

type spread[F kernel.Float] struct {
	Spread
	parts []measured[F]
}

// measured is what one part of a loop has taken up: the run at hand, and the runs
// before it.
type measured[F kernel.Float] struct {
	rows               int
	from, sum, squares []F
	total              moments
}

// moments are those of so many rows: the means, and the squared distances from them.
type moments struct {
	rows          float64
	mean, squares []float64
}

func newSpread[F kernel.Float](of Spread, parts int) spread[F] {
	s := spread[F]{Spread: of, parts: make([]measured[F], parts)}
	for i := range s.parts {
		own, total := make([]F, 3*of.Width), make([]float64, 2*of.Width)
		s.parts[i] = measured[F]{
			from: own[:of.Width], sum: own[of.Width : 2*of.Width], squares: own[2*of.Width:],
			total: moments{mean: total[:of.Width], squares: total[of.Width:]},
		}
	}
	return s
}

func (s *spread[F]) start(part int) {
	p := &s.parts[part]
	p.rows, p.total.rows = 0, 0
	clear(p.total.mean)
	clear(p.total.squares)
}

// addRows takes up the rows of a tile.
func (s *spread[F]) addRows(part int, x []F) {
	p := &s.parts[part]
	rows := len(x) / max(1, s.Width)
	if rows == 0 {
		return
	}
	if p.rows == 0 {
		vec.ReduceCols(vec.ReduceSum, rows, s.Width, p.from, x, s.Width, false)
		for j := range p.from {
			p.from[j] /= F(rows)
		}
		clear(p.sum)
		clear(p.squares)
	}
	vec.Deviations(rows, s.Width, p.sum, p.squares, x, s.Width, p.from)
	if p.rows += rows; p.rows >= rowsRun {
		p.endRun()
	}
}

// endRun joins the run at hand to those before it.
func (p *measured[F]) endRun() {
	n := float64(p.rows)
	for j, from := range p.from {
		d := float64(p.sum[j]) / n
		p.total.join(j, n, float64(from)+d, max(0, float64(p.squares[j])-n*d*d))
	}
	p.total.rows += n
	p.rows = 0
}

// join adds column j of n rows, which are not counted.
func (m *moments) join(j int, n, mean, squares float64) {
	d := mean - m.mean[j]
	share := n / (m.rows + n)
	m.mean[j] += d * share
	m.squares[j] += squares + d*d*m.rows*share
}

// close joins the parts.
func (s *spread[F]) close(dst []F) {
	first := &s.parts[0]
	for i := range s.parts {
		p := &s.parts[i]
		if p.rows > 0 {
			p.endRun()
		}
		if i == 0 || p.total.rows == 0 {
			continue
		}
		for j, mean := range p.total.mean {
			first.total.join(j, p.total.rows, mean, p.total.squares[j])
		}
		first.total.rows += p.total.rows
	}
	for j := range dst {
		dst[j] = F(first.total.squares[j])
	}
}
