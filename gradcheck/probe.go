package gradcheck

import (
	"errors"
	"math"
	"runtime"

	"declive/gradcheck/internal/lanes"
	"declive/gradcheck/internal/subject"
)

// A prober evaluates the function at probes of one variable: it writes the m
// outputs of at[i] to out[i*m:(i+1)*m].
type prober interface {
	Probe(at []lanes.Probe, out []float64) error
}

// direct is the prober that knows nothing of the function.
type direct struct {
	s    *subject.Subject
	b    int
	work [][]float64
}

func (d *direct) Probe(at []lanes.Probe, out []float64) error {
	m := len(d.s.Base)
	for i, p := range at {
		for b := range d.work {
			copy(d.work[b], d.s.X[b])
		}
		d.work[d.b][p.Index] = p.Value
		y, err := d.s.Eval(d.work)
		if err != nil {
			return err
		}
		copy(out[i*m:(i+1)*m], y)
	}
	return nil
}

// laned is a prober of lanes that counts.
type laned struct {
	*lanes.Prober
	s *subject.Subject
}

func (l laned) Probe(at []lanes.Probe, out []float64) error {
	if err := l.Prober.Probe(at, out); err != nil {
		return err
	}
	l.s.Count(len(at))
	return l.s.Ended()
}

// probers returns one prober for each core that may be used: lanes if the function
// is known as a graph that allows them, which a comparison with complete evaluations
// confirms, else complete evaluations.
func (v *variable) probers(chunks int) ([]prober, error) {
	whole := []prober{&direct{s: v.s, b: v.b, work: subject.Clone(v.s.X)}}
	if v.s.Graph == nil || chunks == 0 {
		return whole, nil
	}
	values, err := v.s.NodeValues()
	if err != nil {
		return nil, err
	}
	program, err := lanes.Record(v.s.Graph, v.b, values)
	if errors.Is(err, lanes.ErrFixed) {
		return whole, nil
	}
	if err != nil {
		v.note("%s: every coordinate is evaluated completely: %v", v.report.Name, err)
		return whole, nil
	}
	var out []prober
	for range min(chunks, runtime.GOMAXPROCS(0)) {
		p, err := program.Prober()
		if err != nil {
			return nil, err
		}
		out = append(out, laned{p, v.s})
	}
	if ok, err := v.confirm(out[0], whole[0]); err != nil {
		return nil, err
	} else if !ok {
		v.note("%s: incremental evaluation differs from complete evaluation; every coordinate is evaluated completely", v.report.Name)
		return whole, nil
	}
	return out, nil
}

// confirm compares both probers at the point itself and at random coordinates,
// moved by a tenth: sixteen of them, shared by the variables. Lanes add in another
// order, which is worth a thousand times the noise, as [rounding.Thresholds] says, or
// ten thousand roundings of a value that has moved far.
func (v *variable) confirm(fast, slow prober) (bool, error) {
	n, m := 1+max(4, 16/len(v.s.X)), len(v.s.Base)
	sizes := subject.Scales(v.x())
	at := make([]lanes.Probe, n)
	for k := range at {
		i := v.s.Rand.IntN(len(sizes))
		at[k] = lanes.Probe{Index: i, Value: v.s.Round(v.x()[i] + 0.1*sizes[i])}
		if k == 0 || !v.s.Inside(at[k].Value) {
			at[k].Value = v.x()[i]
		}
	}
	got, want := make([]float64, n*m), make([]float64, n*m)
	if err := fast.Probe(at, got); err != nil {
		return false, v.s.Ended() // a value that cannot be fed, such as an infinite one
	}
	if err := slow.Probe(at, want); err != nil {
		return false, err
	}
	for k := range got {
		a, b := got[k], want[k]
		if d := math.Abs(a - b); d > 1000*v.r.Noise[k%m]+1e-12*math.Abs(b) || math.IsNaN(a) != math.IsNaN(b) {
			return false, nil
		}
	}
	return true, nil
}
