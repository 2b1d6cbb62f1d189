package gradcheck

import "sync"

// A probe is the function's point with one coordinate of one variable moved.
type probe struct {
	index int
	value float64
}

// A prober evaluates the function at probes of one variable: it writes the m
// outputs of at[i] to out[i*m:(i+1)*m].
type prober interface {
	probe(at []probe, out []float64) error
}

// direct is the prober that knows nothing of the function.
type direct struct {
	c    *checker
	b    int
	work [][]float64
}

func (d *direct) probe(at []probe, out []float64) error {
	m := len(d.c.base)
	for i, p := range at {
		for b := range d.work {
			copy(d.work[b], d.c.x[b])
		}
		d.work[d.b][p.index] = p.value
		y, err := d.c.eval(d.work)
		if err != nil {
			return err
		}
		copy(out[i*m:(i+1)*m], y)
	}
	return nil
}

// variable checks one variable, here and at points nearby, and fills in its part
// of the report.
func (c *checker) variable(b int) error {
	r := &c.report.Vars[b]
	r.checked = true
	r.Size = len(c.x[b])
	if err := c.here(b); err != nil {
		return err
	}
	r.count()
	if err := c.secondPoints(b); err != nil {
		return err
	}
	c.report.Evals = int(c.evals.Load())
	if !r.failed(c.o.maxUnresolved) {
		return nil
	}
	c.diagnose(b)
	return c.blame(b)
}

// here checks variable b at the point itself.
func (c *checker) here(b int) error {
	r := &c.report.Vars[b]
	if expected, ok := c.o.expect[r.Name]; ok {
		c.expected(b, expected(append([]float64(nil), c.x[b]...)))
		return nil
	}
	if c.o.fast > 0 {
		return c.fastVariable(b)
	}
	limit, err := c.affordable(b)
	if err != nil {
		return err
	}
	at := c.sample(b, limit)
	r.Coords = make([]Coord, len(at))
	if err := c.coordinates(b, at, r.Coords); err != nil || r.anyWrong() {
		return err
	}
	if err := c.unresolvedTogether(b); err != nil || !r.Sampled {
		return err
	}
	_, err = c.searchDirection(b)
	return err
}

// chunk is the number of coordinates that are checked together.
const chunk = 256

// coordinates checks the coordinates at of variable b, on all cores where the
// function allows it. Chunks do not depend on the number of cores, so neither
// does the result.
func (c *checker) coordinates(b int, at []int, out []Coord) error {
	probers, err := c.probers(b, (len(at)+chunk-1)/chunk)
	if err != nil {
		return err
	}
	m := c.margin(c.grad[b])
	if c.extra != nil {
		m.extra = c.extra[b]
	}
	next := make(chan int, len(at)/chunk+1)
	for lo := 0; lo < len(at); lo += chunk {
		next <- lo
	}
	close(next)
	errs := make([]error, len(probers))
	var wg sync.WaitGroup
	for w, p := range probers {
		wg.Go(func() {
			k := &climber{c: c, b: b, p: p, m: m, scale: rms(c.x[b])}
			for lo := range next {
				hi := min(lo+chunk, len(at))
				if errs[w] = k.check(at[lo:hi], out[lo:hi]); errs[w] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// probers returns one prober for each core that may be used.
func (c *checker) probers(b, chunks int) ([]prober, error) {
	if g := c.p.graph; g != nil && chunks > 0 {
		return g.probers(c, b, chunks)
	}
	return []prober{&direct{c: c, b: b, work: clone(c.x)}}, nil
}
