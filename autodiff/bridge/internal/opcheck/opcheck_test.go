package opcheck

import (
	"flag"
	"io"
	"log"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"
)

var (
	both   = flag.Bool("float32", false, "check the gradients in float32, too")
	update = flag.Bool("update", false, "do so, and write the table of docs/gradcheck.md")
)

const (
	seed = 1 // of the operands
	page = "../../../../docs/gradcheck.md"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // Gorgonia logs the operands of some ops
	os.Exit(m.Run())
}

func subjects() []subject {
	return slices.Concat(unaries(), binaries, products, reductions, moves, networks)
}

// Every op has the verdict that docs/gradcheck.md has in its table, or is right.
// The wrong ones were confirmed by hand, in autodiff/bridge/faults_test.go and
// docs/gorgonia.md.
func TestGradients(t *testing.T) {
	if strconv.IntSize == 32 {
		t.Skip("on machines of 32 bits Gorgonia refuses to contract two matrices, too")
	}
	known := documented(t)
	var rows []row
	for i, s := range subjects() {
		if testing.Short() && !*update && i%5 != 0 {
			continue
		}
		t.Run(s.title(), func(t *testing.T) {
			r := row{subject: s, double: examine(s, tensor.Float64, seed)}
			want, listed := known[s.title()]
			if !listed {
				want = [2]string{"right", "right"}
			}
			r.double.require(t, want[0])
			if *both || *update {
				r.single = examine(s, tensor.Float32, seed)
				r.single.require(t, want[1])
			}
			rows = append(rows, r)
		})
	}
	if *update {
		require.Len(t, rows, len(subjects()), "-run left some ops out, and the table needs all")
		write(t, table(rows))
	}
}

func (v verdict) require(t *testing.T, word string) {
	t.Log(v.word, v.figure(v.error), "±", v.figure(v.sure), v.why)
	assert.True(t, v.word == word || *update, "%s, documented as %s: %s", v.word, word, v.why)
}

var documentedRow = regexp.MustCompile(`(?m)^\| ([^|]*?) +\| (right|wrong|unresolved|refused|panics) +\| (\w+) `)

// documented returns the verdicts in float64 and float32 of the table in
// docs/gradcheck.md, all of which are of subjects.
func documented(t *testing.T) map[string][2]string {
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	known := map[string][2]string{}
	for _, m := range documentedRow.FindAllStringSubmatch(string(text), -1) {
		known[m[1]] = [2]string{m[2], m[3]}
	}
	require.Greater(t, len(known), 20)
	for title := range known {
		require.True(t, slices.ContainsFunc(subjects(), func(s subject) bool { return s.title() == title }), "%s is not among the ops", title)
	}
	return known
}

var documentedTable = regexp.MustCompile(`(?ms)^\| op .*^\d+ of \d+ are right in both precisions\.`)

// write puts the table in the place of the old one.
func write(t *testing.T, table string) {
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Len(t, documentedTable.FindAll(text, -1), 1)
	text = documentedTable.ReplaceAllLiteral(text, []byte(table))
	require.NoError(t, os.WriteFile(page, text, 0o644))
}

// A verdict of right means something: each of these derivatives is wrong by 0.1 %.
func TestSmallErrorsAreFound(t *testing.T) {
	for _, s := range []subject{
		{op: "wrong by a constant factor", f: unary(crooked), shapes: array, lo: -2, hi: 2},
		{op: "wrong by a constant factor", f: unary(crooked), shapes: []shape{{}}, lo: -2, hi: 2},
	} {
		for _, dt := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			v := examine(s, dt, seed)
			assert.Equal(t, "wrong", v.word, "%v %v", s.title(), dt)
			// In float32 the factor, the weight and their product are rounded: 3·2⁻²⁴.
			assert.InDelta(t, 1e-3/1.001, v.error, 3*0x1p-24)
		}
	}
}

// Random numbers, and the order of Gorgonia's maps, do not show.
func TestTheSameEveryTime(t *testing.T) {
	var first, second []row
	for _, s := range subjects() {
		if regexp.MustCompile("Log|Gt|Eq|Tensordot").MatchString(s.op) {
			first = append(first, row{s, examine(s, tensor.Float64, seed), verdict{}})
			second = append(second, row{s, examine(s, tensor.Float64, seed), verdict{}})
		}
	}
	assert.Equal(t, table(first), table(second))
}
