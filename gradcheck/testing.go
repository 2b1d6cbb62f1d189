package gradcheck

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"declive/autodiff"
)

// needs panics with an [*autodiff.Error] where there is no test to fail.
func needs(t testing.TB, function string) {
	if t == nil {
		autodiff.Fail("gradcheck."+function, "t is nil; programs without a testing.TB call Compute")
	}
}

// runTest checks p as a test, with a subtest for each variable if asked.
func runTest(t testing.TB, p Problem, subtests bool, opts []Option) *Report {
	t.Helper()
	o, err := testOptions(t, opts)
	if err != nil {
		t.Error(err)
		return refusedReport(err)
	}
	c, err := newChecker(t.Context(), p, o)
	if err != nil {
		t.Error(err)
		return refusedReport(err)
	}
	if ok, err := c.prepare(); err != nil {
		t.Error(err)
		return refusedReport(err)
	} else if ok {
		c.testVariables(t, subtests)
	}
	if s := c.report.overall(); s != "" {
		t.Error(s)
	}
	return c.report
}

func (c *checker) testVariables(t testing.TB, subtests bool) {
	t.Helper()
	parent, ok := t.(*testing.T)
	for b := range c.s.Vars {
		if !ok || !subtests {
			c.testVariable(t, b)
			continue
		}
		parent.Run(c.s.Vars[b].Name, func(t *testing.T) {
			t.Helper()
			c.testVariable(t, b)
		})
	}
	if err := c.finish(); err != nil {
		c.fault(err.Error())
	}
}

// testVariable checks variable b and fails t with its part of the report.
func (c *checker) testVariable(t testing.TB, b int) {
	t.Helper()
	if err := c.variable(b); err != nil {
		c.fault(err.Error())
		t.Error(err)
		return
	}
	v := &c.report.Vars[b]
	if !v.failed(c.o.maxUnresolved) {
		return
	}
	rel, _ := v.worst()
	t.Attr("gradcheck.worst."+attribute(v.Name), fmt.Sprintf("%.3g", rel))
	t.Error(v.text(c.report) + c.report.summary() + artifact(t, v))
}

// attribute makes a name fit for an attribute's key, which has no spaces.
func attribute(name string) string { return strings.Join(strings.Fields(name), "_") }

// artifact writes the variable's whole table where go test -artifacts keeps it.
func artifact(t testing.TB, v *VarReport) string {
	kept := flag.Lookup("test.artifacts")
	if kept == nil || kept.Value.String() != "true" {
		return ""
	}
	path := filepath.Join(t.ArtifactDir(), strings.ReplaceAll(v.Name, "/", "_")+".csv")
	f, err := os.Create(path)
	if err != nil {
		return "\n" + err.Error()
	}
	err = v.WriteCSV(f)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return "\n" + err.Error()
	}
	return "\nwhole table: " + path
}

// testOptions returns the options of a test: what the command line asks, under
// what the caller asks.
func testOptions(t testing.TB, opts []Option) (options, error) {
	var first []Option
	if testing.Short() {
		first = append(first, Fast(3))
	}
	if s := os.Getenv("GRADCHECK_SEED"); s != "" {
		seed, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			return options{}, fmt.Errorf("gradcheck: GRADCHECK_SEED: %w", err)
		}
		opts = append(opts[:len(opts):len(opts)], Seed(seed))
	}
	o, err := newOptions(append(first, opts...))
	if d, ok := t.(interface{ Deadline() (time.Time, bool) }); ok {
		if at, set := d.Deadline(); set {
			o.deadline = at
		}
	}
	return o, err
}
