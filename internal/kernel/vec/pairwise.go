package vec

import (
	"math/bits"
	"sync"

	"declive/internal/kernel"
)

// A Pairwise reduces vectors of equal length that come one after the other, as
// the leaves of a balanced tree: the first with the second, the third with the
// fourth, then these results with each other, and so on. Of n terms, a sum has
// gone through log₂ n additions, where a chain has n − 1: its error is at most
// log₂ n units in the last place of the sum of the absolute values, and sums of
// many more terms than the precision can count are right.
//
// The next term is written to what Next returns and taken up with Take. Result
// is the reduction of those taken up since Start.
type Pairwise[F kernel.Float] struct {
	op      Reduction
	n       int // elements of a vector
	stride  int
	pending []F // reductions of 2ᵇ terms for each bit b of taken, the largest first
	taken   uint
	depth   int // how many are pending
}

// NewPairwise returns a reduction of up to terms vectors of n elements.
func NewPairwise[F kernel.Float](op Reduction, n, terms int) *Pairwise[F] {
	p := new(Pairwise[F])
	p.Reset(op, n, terms)
	return p
}

// Reset prepares for other vectors in the memory that there is, and forgets all
// terms.
func (p *Pairwise[F]) Reset(op Reduction, n, terms int) {
	p.op, p.n, p.stride = op, n, n
	if n > 1 {
		p.stride = kernel.RoundUp(n, kernel.Line/kernel.Size[F]())
	}
	kernel.Grow(&p.pending, p.stride*(bits.Len(uint(max(terms, 1)-1))+1))
	p.Start()
}

// Start forgets all terms.
func (p *Pairwise[F]) Start() { p.taken, p.depth = 0, 0 }

// Next returns where the next term goes; it holds anything.
func (p *Pairwise[F]) Next() []F { return p.at(p.depth) }

// Take takes up the next term.
func (p *Pairwise[F]) Take() {
	p.depth++
	for b := p.taken; b&1 == 1; b >>= 1 {
		p.join()
	}
	p.taken++
}

// Result returns the reduction of all terms.
func (p *Pairwise[F]) Result() []F {
	if p.depth == 0 {
		fill(p.at(0), F(p.op.identity()))
	}
	for p.depth > 1 {
		p.join()
	}
	return p.at(0)
}

// join reduces the last two of what is pending to one.
func (p *Pairwise[F]) join() {
	p.depth--
	reduceCols(p.op, 1, p.n, p.at(p.depth-1), p.at(p.depth), p.n)
}

func (p *Pairwise[F]) at(i int) []F {
	return p.pending[:cap(p.pending)][i*p.stride:][:p.n:p.n]
}

// Reductions in use by nobody, with the memory that they have.
var idlePairwise32, idlePairwise64 sync.Pool

func pairwisePool[F kernel.Float]() *sync.Pool {
	if kernel.Size[F]() == 4 {
		return &idlePairwise32
	}
	return &idlePairwise64
}

// borrowPairwise is NewPairwise for a short use that ends with giveBack.
func borrowPairwise[F kernel.Float](op Reduction, n, terms int) *Pairwise[F] {
	p, ok := pairwisePool[F]().Get().(*Pairwise[F])
	if !ok {
		p = new(Pairwise[F])
	}
	p.Reset(op, n, terms)
	return p
}

func (p *Pairwise[F]) giveBack() { pairwisePool[F]().Put(p) }
