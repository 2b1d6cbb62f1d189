package gradcheck

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"declive/gradcheck/internal/cause"
)

const (
	rows  = 8   // wrong coordinates that a report prints
	width = 116 // of its lines, which go test indents
)

// text says what is wrong with the variable's gradient.
func (v *VarReport) text(r *Report) string {
	var b strings.Builder
	maxUnresolved := r.maxUnresolved
	b.WriteString(wrap(v.headline(maxUnresolved), width, "    ") + "\n")
	if v.Suspect != "" {
		b.WriteString(wrap("    suspect: "+v.Suspect, width, "             ") + "\n")
	}
	if r.Blame != "" {
		b.WriteString(wrap("    blame:   "+r.Blame, width, "             ") + "\n")
	}
	if wrong := v.wrong(maxUnresolved); len(wrong) > 0 {
		b.WriteString(v.table(wrong))
	}
	for _, s := range v.Spread {
		text := fmt.Sprintf("    elements %s to %s are wrong only together: slope %.8g along a direction, gradient says %.8g (tolerance %.1e)",
			cause.Index(v.Shape, s.From), cause.Index(v.Shape, s.To-1), s.Numeric, s.Analytic, s.Tol)
		b.WriteString(wrap(text, width, "        ") + "\n")
	}
	for _, n := range v.Nearby {
		text := fmt.Sprintf("    at a point nearby the slope along a direction is %.8g ±%.1e, the gradient says %.8g (tolerance %.1e)",
			n.Numeric, n.Err, n.Analytic, n.Tol)
		b.WriteString(wrap(text, width, "        ") + "\n")
	}
	return b.String()
}

func (v *VarReport) headline(maxUnresolved float64) string {
	name := fmt.Sprintf("gradient of %s %s", v.Name, dims(v.Shape))
	switch {
	case v.Disagree > 0:
		rel, numerical := v.worst()
		return fmt.Sprintf("%s is wrong in %d of %d coordinates (worst rel. error %.2g, numerical error %.0e)",
			name, v.Disagree, len(v.Coords), rel, numerical)
	case len(v.Spread) > 0:
		return name + " is wrong along a random direction"
	case len(v.Nearby) > 0:
		return name + " is right here but wrong at a point nearby"
	}
	if v.dimDirections > 0 {
		return fmt.Sprintf("%s: the function cannot resolve its slope along %d of %d directions", name, v.dimDirections, v.Directions)
	}
	return fmt.Sprintf("%s: the function cannot resolve %d of %d coordinates (at most %.3g %% may be unresolved): "+
		"its rounding hides the derivative; scale it, use float64, or raise MaxUnresolved", name, v.Unresolved, len(v.Coords), 100*maxUnresolved)
}

// wrong returns the coordinates to print, the worst first.
func (v *VarReport) wrong(maxUnresolved float64) []Coord {
	want := Disagree
	if v.Disagree == 0 && v.dim(maxUnresolved) {
		want = Unresolved
	}
	var out []Coord
	for _, c := range v.Coords {
		if c.Verdict == want && (want == Disagree || v.dim(maxUnresolved)) {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Coord) int {
		x, y := a.excess(), b.excess()
		switch {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return out
}

// excess is the difference in units of the tolerance.
func (c Coord) excess() float64 {
	e := math.Abs(c.Analytic-c.Numeric) / c.Tol
	if math.IsNaN(e) {
		return 0
	}
	return e
}

func (v *VarReport) table(wrong []Coord) string {
	var b strings.Builder
	fmt.Fprintf(&b, "    %-12s %14s %14s %9s %10s  %-23s %11s\n", "index", "analytic", "numeric", "±error", "|a-n|/tol", "one-sided -/+", "x")
	for _, c := range wrong[:min(rows, len(wrong))] {
		sides := fmt.Sprintf("%.7g %.7g", c.Left, c.Right)
		fmt.Fprintf(&b, "    %-12s %14.8g %14.8g %9.1e %10.1e  %-23s %11.5g\n",
			cause.Index(v.Shape, c.Index), c.Analytic, c.Numeric, c.Err, c.excess(), sides, c.X)
	}
	if n := len(wrong) - rows; n > 0 {
		fmt.Fprintf(&b, "    ... and %d more\n", n)
	}
	return b.String()
}

// dims writes a shape: [4x3].
func dims(shape []int) string {
	s := make([]string, len(shape))
	for i, d := range shape {
		s[i] = fmt.Sprint(d)
	}
	return "[" + strings.Join(s, "x") + "]"
}

// wrap breaks a long line at spaces.
func wrap(s string, width int, indent string) string {
	out := ""
	for len(s) > width {
		cut := strings.LastIndexByte(s[:width], ' ')
		if cut <= len(indent) {
			break
		}
		out += s[:cut] + "\n"
		s = indent + s[cut+1:]
	}
	return out + s
}
