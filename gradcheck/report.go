package gradcheck

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"declive/gradcheck/internal/cause"
)

// A Report is the result of a check.
type Report struct {
	Vars    []VarReport
	Faults  []string // mistakes of protocol; nothing is compared after one
	Ties    []Coord  // directions along which a gradient at a kink gives a wrong slope
	Blame   string   // where the graph is known: the operation that is wrong, or whose derivative
	Notes   []string
	Evals   int    // evaluations of the function
	Seed    uint64 // of everything random
	Further []*Report

	maxUnresolved float64
}

// A VarReport is the result for one variable.
type VarReport struct {
	Name  string
	Shape []int
	Size  int // number of elements

	Coords     []Coord  // the coordinates that were compared
	Spread     []Spread // fast mode: parts that are wrong only together
	Nearby     []Coord  // failures at points nearby
	Directions int      // directions that were compared: in fast mode, and one beside a sample
	Sampled    bool     // not every coordinate was compared
	Expected   bool     // compared with the gradient given by Expect

	Agree, Disagree, Kinks, Unresolved, Together, Negligible int

	Suspect string // the likely cause of a failure

	checked       bool
	dimDirections int // fast mode: directions that were unresolved
}

// A Spread is a part of a variable that is wrong only along a direction.
type Spread struct {
	From, To int
	Coord
}

// refusedReport is the report on what could not be checked.
func refusedReport(err error) *Report { return &Report{Faults: []string{err.Error()}} }

// OK reports whether the check passed. A report on nothing has not.
func (r *Report) OK() bool {
	if len(r.Faults) > 0 || len(r.Ties) > 0 || len(r.Vars) == 0 {
		return false
	}
	for i := range r.Vars {
		if r.Vars[i].failed(r.maxUnresolved) {
			return false
		}
	}
	for _, f := range r.Further {
		if !f.OK() {
			return false
		}
	}
	return true
}

// Err returns nil if the check passed, else an error with the report's text.
func (r *Report) Err() error {
	if r.OK() {
		return nil
	}
	return errors.New("gradcheck: " + r.String())
}

// Wrong returns the number of coordinates that disagree.
func (r *Report) Wrong() int {
	n := 0
	for i := range r.Vars {
		n += r.Vars[i].Disagree
	}
	return n
}

// failed reports whether the variable's gradient is wrong or too much of it
// cannot be resolved.
func (v *VarReport) failed(maxUnresolved float64) bool {
	return v.Disagree > 0 || len(v.Spread) > 0 || len(v.Nearby) > 0 || v.dim(maxUnresolved)
}

// dim reports whether too many coordinates or directions are unresolved.
func (v *VarReport) dim(limit float64) bool {
	return float64(v.Unresolved) > limit*float64(len(v.Coords)) ||
		!v.Sampled && v.dimDirections > 0 && v.dimDirections == v.Directions
}

// anyWrong reports whether a compared coordinate disagrees.
func (v *VarReport) anyWrong() bool {
	return slices.ContainsFunc(v.Coords, func(c Coord) bool { return c.Verdict == Disagree })
}

// count fills in the numbers of each verdict.
func (v *VarReport) count() {
	for i := range v.Coords {
		switch v.Coords[i].Verdict {
		case Agree:
			v.Agree++
		case Disagree:
			v.Disagree++
		case Kink:
			v.Kinks++
		case Unresolved:
			v.Unresolved++
		case Together:
			v.Together++
		case Negligible:
			v.Negligible++
		}
	}
}

// worst returns the largest relative difference among the wrong coordinates and
// the largest numerical error beside it.
func (v *VarReport) worst() (rel, numerical float64) {
	for _, c := range v.Coords {
		if c.Verdict != Disagree {
			continue
		}
		size := max(math.Abs(c.Analytic), math.Abs(c.Numeric))
		rel = max(rel, math.Abs(c.Analytic-c.Numeric)/size)
		numerical = max(numerical, c.Err/size)
	}
	return rel, numerical
}

// String returns the report as text: a line if all is well, else what is wrong
// with each variable.
func (r *Report) String() string {
	var b strings.Builder
	for i := range r.Vars {
		if v := &r.Vars[i]; v.failed(r.maxUnresolved) {
			b.WriteString(v.text(r))
		}
	}
	if s := r.overall(); s != "" {
		b.WriteString(s + "\n")
	}
	return b.String() + r.summary()
}

// overall returns what is wrong besides single variables, or "".
func (r *Report) overall() string {
	var lines []string
	for _, f := range r.Faults {
		lines = append(lines, wrap(f, width, "    "))
	}
	for _, t := range r.Ties {
		lines = append(lines, wrap(fmt.Sprintf("at a kink the gradient gives the slope %.8g along a direction in which the function is smooth "+
			"with slope %.8g ±%.1e: the gradient of equal operands is handed out twice, or not at all", t.Analytic, t.Numeric, t.Err), width, "    "))
	}
	for _, f := range r.Further {
		if !f.OK() {
			lines = append(lines, "at a further point: "+f.String())
		}
	}
	return strings.Join(lines, "\n")
}

// summary is the last line: what passed, how much was done, the seed.
func (r *Report) summary() string {
	var passed []string
	coords, kinks, unresolved, directions, together, negligible := 0, 0, 0, 0, 0, 0
	sampled := ""
	for i := range r.Vars {
		v := &r.Vars[i]
		if v.checked && !v.failed(r.maxUnresolved) && len(r.Faults) == 0 {
			passed = append(passed, v.Name)
		}
		coords += len(v.Coords)
		kinks += v.Kinks
		unresolved += v.Unresolved
		directions += v.Directions
		together += v.Together
		negligible += v.Negligible
		if v.Sampled {
			sampled = " (a sample)"
		}
	}
	s := ""
	if len(passed) > 0 {
		s = "passed: " + shorten(passed, 6) + "    "
	}
	if directions > 0 {
		s += fmt.Sprintf("directions: %d    ", directions)
	}
	s += fmt.Sprintf("coordinates: %d%s    kinks: %d    unresolved: %d    ", coords, sampled, kinks, unresolved)
	if together > 0 {
		s += fmt.Sprintf("resolved together: %d    ", together)
	}
	if negligible > 0 {
		s += fmt.Sprintf("too small to matter here: %d    ", negligible)
	}
	s += fmt.Sprintf("evals: %d    seed %d", r.Evals, r.Seed)
	for _, n := range r.Notes {
		s += "\n" + wrap("note: "+n, width, "    ")
	}
	return s
}

func shorten(names []string, most int) string {
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// WriteCSV writes every compared coordinate of the variable as a table.
func (v *VarReport) WriteCSV(w io.Writer) error {
	if w == nil {
		return errors.New("gradcheck: WriteCSV: the writer is nil")
	}
	if _, err := fmt.Fprintln(w, "index,verdict,analytic,numeric,error,tolerance,left,right,x"); err != nil {
		return err
	}
	for _, c := range v.Coords {
		_, err := fmt.Fprintf(w, "%q,%v,%v,%v,%v,%v,%v,%v,%v\n", cause.Index(v.Shape, c.Index), c.Verdict,
			c.Analytic, c.Numeric, c.Err, c.Tol, c.Left, c.Right, c.X)
		if err != nil {
			return err
		}
	}
	return nil
}
