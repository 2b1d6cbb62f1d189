package main

import (
	"io"
	"log"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/examples/internal/command/commandtest"
)

// table returns the verdicts in float64 and float32 by what the row is called.
func table(t *testing.T, args ...string) (verdicts map[string]string, text string) {
	log.SetOutput(io.Discard)
	var out strings.Builder
	require.NoError(t, run(args, &out, nil))
	verdicts = map[string]string{}
	for _, l := range strings.Split(out.String(), "\n") {
		if m := rows.FindStringSubmatch(l); m != nil {
			verdicts[m[1]] = m[2] + " " + m[3]
		}
	}
	return verdicts, out.String()
}

var rows = regexp.MustCompile(`^\| (.*?) +\| (right|wrong|unresolved|refused|panics) +\| (\w+) `)

// The wrong ones were confirmed by hand, in autodiff/bridge/faults_test.go and
// docs/gorgonia.md.
func TestVerdicts(t *testing.T) {
	verdicts, _ := table(t)
	requireDocumented(t, verdicts)
	for verdict, titles := range map[string][]string{
		"wrong wrong": {"Log2 (3, 5)", "Log2 ()", "InverseSqrt (3, 5)", "InverseSqrt ()", "Max, a tie (3)", "LogSumExp (7)",
			"OuterProd [(4) (4)]", "AveragePool2D 2×2 (2, 3, 4, 6)", "AveragePool2D 2×3 (2, 3, 4, 6)", "AveragePool1D 2 (2, 3, 1, 6)",
			"ByIndices along 1 (4, 5)", "Sum along 2 (2, 3, 5, 4)", "Dropout 0 (3, 5)", "SoftMax and LogSoftMax (3, 5)",
			"Slice [0:2] + [256:258] (258)", "CTCLoss (4, 3, 5)"},
		"right right": {"Exp (3, 5)", "Exp ()", "Sin (3, 5)", "Sigmoid (3, 5)", "Log1p (3, 5)", "Rectify at 0 (3)", "Add [(3, 5) (3, 5)]",
			"HadamardDiv [(3, 5) ()]", "Pow, exponent 2.5 (3, 5)", "Pow [(3, 5) (3, 5)]", "MaxBetween, a tie [(3) (3)]", "BroadcastAdd, rows [(3, 5) (5)]",
			"Mul [(3, 5) (5, 2)]", "Mul [(3, 5) (5)]", "BatchedMatMul [(2, 3, 5) (2, 5, 4)]", "Sum along 1 (3, 5)", "Max along 1 (3, 5)",
			"SoftMax along 1 (3, 5)", "Reshape (3, 5)", "Transpose 2, 0, 1 (2, 3, 5)", "Slice [1:3, 2:4] (4, 5)", "Concat along 1 [(3, 2) (3, 4) (3, 1)]",
			"Conv2d 2×3, pad 1 2 [(1, 2, 4, 5) (3, 2, 2, 3)]", "MaxPool2D 2×3 (2, 3, 4, 6)", "BatchNorm [(6, 4) (1, 4) (1, 4)]", "CTCLoss of LogSoftMax (4, 3, 5)"},
		"panics panics":   {"GlobalAveragePool2D (2, 3, 4, 6)"},
		"refused refused": {"OuterProd [(3) (5)]", "Ceil (3, 5)", "LogSumExp along 1 (3, 5)"},
	} {
		for _, title := range titles {
			assert.Equal(t, verdict, verdicts[title], title)
		}
	}
}

// A verdict of right means something: each of these derivatives is wrong by 0.1 %.
func TestSmallErrorsAreFound(t *testing.T) {
	for _, s := range []subject{
		{op: "wrong by a constant factor", f: unary(crooked), shapes: array, lo: -2, hi: 2},
		{op: "wrong by a constant factor", f: unary(crooked), shapes: []shape{{}}, lo: -2, hi: 2},
	} {
		for _, dt := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			v := examine(s, dt, 1)
			assert.Equal(t, "wrong", v.word, "%v %v", s.title(), dt)
			assert.InDelta(t, 1e-3/1.001, v.error, 1e-6)
		}
	}
}

// The table in docs/gradcheck.md has the verdicts of today. On machines of 32
// bits Gorgonia refuses to contract two matrices, too.
func requireDocumented(t *testing.T, verdicts map[string]string) {
	if strconv.IntSize == 32 {
		return
	}
	page, err := os.ReadFile("../../docs/gradcheck.md")
	require.NoError(t, err)
	faults := 0
	for title, verdict := range verdicts {
		if verdict != "right right" {
			faults++
			row := `\| ` + regexp.QuoteMeta(title) + ` +\| ` + strings.Replace(verdict, " ", ` +\| `, 1) + ` `
			assert.Regexp(t, row, string(page))
		}
	}
	assert.Greater(t, faults, 20)
}

// Random numbers, and the order of Gorgonia's maps, do not show.
func TestTheSameEveryTime(t *testing.T) {
	_, first := table(t, "-op", "Log|Prod|Pool2|Gt|Eq|Conv1d")
	_, second := table(t, "-op", "Log|Prod|Pool2|Gt|Eq|Conv1d")
	assert.Equal(t, first, second)
}

// Where the terminal is, each op is announced.
func TestProgress(t *testing.T) {
	var progress strings.Builder
	require.NoError(t, run([]string{"-op", "^Log2$"}, io.Discard, &progress))
	assert.Contains(t, progress.String(), "\r1 of 2: Log2 (3, 5)")
	assert.Contains(t, progress.String(), "\r2 of 2: Log2 ()")
}

func TestFlags(t *testing.T) {
	verdicts, text := table(t, "-op", "^Log", "-faults", "-seed", "7")
	assert.Equal(t, "wrong wrong", verdicts["Log2 ()"])
	assert.NotContains(t, verdicts, "Log1p ()")
	assert.Contains(t, text, "are right in both precisions.")
	assert.ErrorContains(t, run([]string{"-op", "nothing"}, io.Discard, nil), `no op matches "nothing"`)
	assert.ErrorContains(t, run([]string{"-op", "("}, io.Discard, nil), "-op: error parsing regexp: missing closing")
	assert.ErrorContains(t, run([]string{"Tanh"}, io.Discard, nil), `unexpected argument "Tanh"`)
}

func TestHelp(t *testing.T) {
	var help strings.Builder
	err := run([]string{"-h"}, nil, &help)
	commandtest.Help(t, "checkgorgonia", err, help.String())
	commandtest.Refused(t, run([]string{"-op", "("}, nil, nil), "-op: ")
	commandtest.Refused(t, run([]string{"-op", "none"}, nil, nil), `no op matches "none"`)
}
