package gradcheck

import (
	"math"
	"slices"
	"sync"

	"declive/gradcheck/internal/subject"
)

// A variable is the check of one variable under way. Every coordinate goes
//
//	sample    which coordinates are compared (sample.go)
//	probe     the function at moves of one coordinate (probe.go)
//	climber   a ladder of moves → slope → verdict (climber.go, verdict.go)
//
// and those that rounding hides are looked at together (together.go). In fast mode
// directions take the place of coordinates (bisect.go).
type variable struct {
	*exam
	b      int
	report *VarReport
	note   func(format string, args ...any)
}

// x returns the variable's elements, grad the gradient under test.
func (v *variable) x() []float64    { return v.s.X[v.b] }
func (v *variable) grad() []float64 { return v.s.Grad[v.b] }

// check compares the variable's gradient here and, if it is right, at points nearby.
func (v *variable) check(near *neighbourhood) error {
	v.report.checked = true
	v.report.Size = len(v.x())
	expected, given := v.o.expect[v.report.Name]
	if given {
		return v.expected(expected(slices.Clone(v.x())))
	}
	if err := v.here(); err != nil {
		return err
	}
	v.report.count()
	if v.report.Size == 0 || v.report.failed(v.o.maxUnresolved) {
		return nil
	}
	return near.check(v)
}

// here compares the gradient at the point itself.
func (v *variable) here() error {
	if v.o.fast > 0 {
		return v.along()
	}
	limit, err := v.affordable()
	if err != nil {
		return err
	}
	at := v.sample(limit)
	v.report.Coords = make([]Coord, len(at))
	if err := v.coordinates(at, v.report.Coords); err != nil || v.report.anyWrong() {
		return err
	}
	if err := v.unresolvedTogether(); err != nil || !v.report.Sampled {
		return err
	}
	_, err = v.searchDirection()
	return err
}

// chunk is the number of coordinates that are checked together.
const chunk = 256

// coordinates compares the coordinates at, on all cores where the function allows
// it. Chunks do not depend on the number of cores, so neither does the result.
func (v *variable) coordinates(at []int, out []Coord) error {
	probers, err := v.probers((len(at) + chunk - 1) / chunk)
	if err != nil {
		return err
	}
	m, sizes := v.margin(v.grad()), subject.Scales(v.x())
	if v.r.Gradient != nil {
		m.rounding = v.r.Gradient[v.b]
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
			k := &climber{exam: v.exam, b: v.b, p: p, m: m, sizes: sizes}
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

// expected compares the gradient with one that was given by [Expect].
func (v *variable) expected(want []float64) error {
	if len(want) != len(v.grad()) {
		return subject.Faultf("Expect: %d values for the gradient of %s, which has %d", len(want), v.report.Name, len(v.grad()))
	}
	m := v.margin(v.grad())
	v.report.Expected = true
	for i, a := range v.grad() {
		n := want[i]
		k := Coord{Index: i, X: v.x()[i], Analytic: a, Numeric: n, Left: n, Right: n, Tol: m.of(i, a, n)}
		if !(math.Abs(a-n) <= k.Tol) {
			k.Verdict = Disagree
		}
		v.report.Coords = append(v.report.Coords, k)
	}
	v.report.count()
	return nil
}
