package opcheck

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"gorgonia.org/tensor"

	"declive/gradcheck"
	"declive/internal/values"
)

// A verdict is what was found for an op in one precision.
type verdict struct {
	word  string  // right, wrong, unresolved, refused or panics
	error float64 // largest difference from the numerical gradient, relative to the operand's largest
	sure  float64 // estimated error of that numerical gradient, likewise
	why   string
}

// examine checks the gradient that Gorgonia derives for a subject, in the given
// precision. The function it is compared with is Gorgonia's own in float64.
func examine(s subject, dt tensor.Dtype, seed uint64) verdict {
	p, function, err := s.problem(dt, seed)
	if err != nil {
		return refusal(err)
	}
	report, err := gradcheck.Compute(context.Background(), p, gradcheck.Seed(seed), gradcheck.Kinks(gradcheck.Strict))
	if err != nil {
		return refusal(err)
	}
	v := judge(report)
	x := s.point(points(seed))
	if why := s.misvalued(function, x); why != "" {
		v.word, v.why = "wrong", why
	}
	return v
}

// problem is gradcheck.FuncProblem for a function of several arrays.
func (s subject) problem(dt tensor.Dtype, seed uint64) (p gradcheck.Problem, function *circuit, err error) {
	weights := func() *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }
	if function, err = s.build(tensor.Float64, weights(), false); err != nil {
		return p, nil, err
	}
	gradient, err := s.build(dt, weights(), true)
	if err != nil {
		return p, nil, err
	}
	p.GradFloat32 = dt == tensor.Float32
	for i, x := range s.point(points(seed)) {
		p.Vars = append(p.Vars, gradcheck.Var{Name: gradient.inputs[i].Name(), Shape: s.shapes[i], Value: x})
	}
	p.F = func(x [][]float64) ([]float64, error) {
		if err := function.run(x); err != nil {
			return nil, err
		}
		return values.Elements(function.sum)
	}
	p.Grad = func(x [][]float64) ([][]float64, error) {
		if err := gradient.run(x); err != nil {
			return nil, err
		}
		out := make([][]float64, len(gradient.grads))
		for i, v := range gradient.grads {
			if out[i], err = values.Elements(v); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return p, function, nil
}

func points(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 2)) }

func refusal(err error) verdict {
	word, why := "refused", err
	if p := (panicked{}); errors.As(err, &p) {
		word, why = "panics", fmt.Errorf("%v", p.value)
	}
	parts := strings.Split(line(why.Error()), ": ")
	return verdict{word: word, why: strings.Join(parts[max(0, len(parts)-2):], ": ")} // the innermost
}

// judge condenses a report.
func judge(r *gradcheck.Report) verdict {
	v := verdict{word: "right"}
	var why, names []string
	for i := range r.Vars {
		b := &r.Vars[i]
		worst, size := widest(b)
		if e := math.Abs(worst.Analytic-worst.Numeric) / size; e >= v.error {
			v.error, v.sure = e, worst.Err/size
		}
		switch {
		case b.Disagree > 0:
			v.word = "wrong"
			names = append(names, b.Name)
			if len(why) == 0 {
				why = append(why, cause(b, worst))
			}
		case b.Unresolved > 0 && v.word == "right":
			v.word = "unresolved"
		}
	}
	if len(names) > 0 {
		why[0] = strings.Join(names, ", ") + ": " + why[0]
	}
	if len(r.Ties) > 0 {
		v.word = "wrong"
		why = append(why, fmt.Sprintf("at a tie the slope is %.4g along a direction in which the function's is %.4g", r.Ties[0].Analytic, r.Ties[0].Numeric))
	}
	why = append(why, r.Faults...)
	if !r.OK() && v.word == "right" {
		v.word = "wrong"
	}
	v.why = line(strings.Join(why, "; "))
	return v
}

// widest returns the coordinate that differs most, of the wrong ones if there
// are some, and the largest gradient of the variable.
func widest(b *gradcheck.VarReport) (worst gradcheck.Coord, size float64) {
	far := -1.0
	for _, c := range b.Coords {
		size = max(size, math.Abs(c.Analytic), math.Abs(c.Numeric))
		if (b.Disagree == 0 || c.Verdict == gradcheck.Disagree) && math.Abs(c.Analytic-c.Numeric) > far {
			worst, far = c, math.Abs(c.Analytic-c.Numeric)
		}
	}
	return worst, max(size, math.SmallestNonzeroFloat64)
}

func cause(b *gradcheck.VarReport, c gradcheck.Coord) string {
	text := fmt.Sprintf("%d of %d wrong, [%d] is %.4g, the slope %.4g", b.Disagree, len(b.Coords), c.Index, c.Analytic, c.Numeric)
	if suspect, _, _ := strings.Cut(b.Suspect, ": "); suspect != "" && suspect != "no simple relation" {
		text += "; " + suspect
	}
	return text
}

// misvalued says how the value at x differs from the reference, if there is one.
func (s subject) misvalued(c *circuit, x [][]float64) string {
	if s.want == nil {
		return ""
	}
	if err := c.run(x); err != nil {
		return err.Error()
	}
	got, err := values.Elements(c.y)
	if err != nil {
		return err.Error()
	}
	want := s.want(x)
	for i := range want {
		if len(got) != len(want) || math.Abs(got[i]-want[i]) > 1e-9*max(1, math.Abs(want[i])) {
			return fmt.Sprintf("the value's [%d] is %.4g, not %.4g", i, got[i], want[i])
		}
	}
	return ""
}

// line returns the first line of a text, without what differs from run to run,
// fit for a cell of a table in Markdown.
func line(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	s, _, _ = strings.Cut(s, ": map[") // in random order
	return strings.ReplaceAll(strings.ReplaceAll(s, "|", "¦"), "\t", " ")
}
