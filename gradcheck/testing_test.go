package gradcheck_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck"
)

// A recorder is a testing.TB that keeps what a failing check would print.
type recorder struct {
	testing.TB
	text     strings.Builder
	attrs    map[string]string
	dir      string
	deadline time.Time
}

func (r *recorder) Error(args ...any)           { fmt.Fprintln(&r.text, args...) }
func (r *recorder) Attr(key, value string)      { r.attrs[key] = value }
func (r *recorder) ArtifactDir() string         { return r.dir }
func (r *recorder) Deadline() (time.Time, bool) { return r.deadline, !r.deadline.IsZero() }

func record(t *testing.T) *recorder {
	return &recorder{TB: t, attrs: map[string]string{}, dir: t.TempDir()}
}

// The whole table of a failure goes to a file with -artifacts, and only then.
func TestArtifacts(t *testing.T) {
	if testing.Short() {
		t.Skip("-short compares directions, and has only wrong coordinates in its table")
	}
	kept := flag.Lookup("test.artifacts")
	require.NotNil(t, kept)
	old := kept.Value.String()
	t.Cleanup(func() { _ = flag.Set("test.artifacts", old) })
	x, wrong := long(17, 240)
	for _, on := range []string{"false", "true"} {
		require.NoError(t, flag.Set("test.artifacts", on))
		r := record(t)
		gradcheck.Func(r, quartic, wrong, x, gradcheck.Sample(300))
		assert.Contains(t, r.text.String(), "is wrong in 2 of 300 coordinates")
		assert.Equal(t, "0.0099", r.attrs["gradcheck.worst.x"])
		table, err := os.ReadFile(filepath.Join(r.dir, "x.csv"))
		if on == "false" {
			assert.ErrorIs(t, err, os.ErrNotExist)
			continue
		}
		require.NoError(t, err)
		assert.Contains(t, r.text.String(), "whole table: "+filepath.Join(r.dir, "x.csv"))
		lines := strings.Split(strings.TrimSpace(string(table)), "\n")
		assert.Len(t, lines, 301)
		assert.Contains(t, lines[18], `"[17]",disagree,`)
	}
}

// With the deadline at hand a sample is compared, and the report says so.
func TestDeadlineLeavesASample(t *testing.T) {
	if testing.Short() {
		t.Skip("-short compares directions in any case")
	}
	x := make([]float64, 2000)
	for i := range x {
		x[i] = 0.5 + float64(i%7)/10
	}
	for _, c := range []struct {
		left    time.Duration
		sampled bool
	}{{0, true}, {time.Hour, false}} {
		r := record(t)
		r.deadline = time.Now().Add(c.left)
		report := gradcheck.Func(r, quartic, quarticGrad, x)
		assert.True(t, report.OK(), report)
		assert.Equal(t, c.sampled, report.Vars[0].Sampled)
		if c.sampled {
			assert.Len(t, report.Vars[0].Coords, 256)
			assert.Contains(t, report.String(), "the test's deadline leaves time for 256 of 2000 coordinates")
			assert.Contains(t, report.String(), "coordinates: 256 (a sample)")
		}
	}
}

// An operation on nothing has an empty gradient.
func TestOpOnNothing(t *testing.T) {
	for _, dt := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		empty := tensor.New(tensor.WithShape(0, 4), tensor.Of(dt))
		row := array(nil, dt, 0, 0, 0)
		for _, f := range []func(in ...*autodiff.Node) *autodiff.Node{
			func(in ...*autodiff.Node) *autodiff.Node { return in[0].Tanh() },
			func(in ...*autodiff.Node) *autodiff.Node { return in[0].Sum() },
		} {
			assert.True(t, gradcheck.Op(t, f, []*tensor.Dense{empty}).OK())
			assert.True(t, gradcheck.Op(t, f, []*tensor.Dense{row}).OK())
		}
	}
}

// Lines of a failing report fit into 120 columns, whatever failed.
func TestReportFitsTheScreen(t *testing.T) {
	x, wrong := long(17, 240)
	for i := range x {
		x[i] *= 1e5
	}
	far := func(x []float64) []float64 {
		g := wrong(x)
		for i := range g {
			g[i] *= -1.000123456
		}
		return g
	}
	here := quarticGrad(x)
	dim := func(x []float64) float64 { return float64(float32(1e9 + quartic(x)/1e20)) }
	twice := func(x []float64) []float64 { x[3]++; return quarticGrad(x) }
	for name, c := range map[string]struct {
		f func([]float64) float64
		g func([]float64) []float64
	}{"wrong": {quartic, far}, "nearby": {quartic, func([]float64) []float64 { return here }}, "unresolved": {dim, quarticGrad}, "fault": {quartic, twice}} {
		r := record(t)
		gradcheck.Func(r, c.f, c.g, x)
		assert.NotEmpty(t, r.text.String(), name)
		for line := range strings.Lines(r.text.String()) {
			assert.LessOrEqual(t, len([]rune(strings.TrimSpace(line)))+4, 120, line)
		}
	}
}
