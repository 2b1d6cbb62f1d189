package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
)

// A cell is a case at one precision and number of threads, for processors with an
// instruction set, with the lines of each program's variants in the order in which
// they were measured.
type cell struct {
	isa, name, dtype string
	threads          int
}

// A table holds measurements of Declive and of its peers.
type table struct {
	order []cell // one for each instruction set, case and precision, without threads
	lines map[cell]map[string][]record
}

// ratios prints how many times longer the fastest peer takes than Declive, from
// the lines of all programs in the named files: the ratio of the medians of the
// fastest processes, and in brackets its range over the rounds.
func ratios(files []string, out io.Writer) error {
	t := &table{lines: map[cell]map[string][]record{}}
	for _, name := range files {
		if err := t.readFile(name); err != nil {
			return err
		}
	}
	fmt.Fprintln(out, "| set | case | type | threads | Declive | fastest peer | its time | ratio (rounds) |")
	fmt.Fprintln(out, "|---|---|---|---|---|---|---|---|")
	for _, c := range t.order {
		for threads := 1; threads <= 2; threads++ {
			c.threads = threads
			t.row(c, out)
		}
	}
	return nil
}

func (t *table) readFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := t.read(f); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (t *table) read(r io.Reader) error {
	lines := json.NewDecoder(r)
	for {
		var l record
		switch err := lines.Decode(&l); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case l.Timing == nil || partial(l.Variant):
			continue
		}
		c := cell{l.ISA, l.Case, l.Dtype, 0}
		if !slices.Contains(t.order, c) {
			t.order = append(t.order, c)
		}
		c.threads = l.Threads
		if t.lines[c] == nil {
			t.lines[c] = map[string][]record{}
		}
		who := l.Peer + " " + l.Variant
		t.lines[c][who] = append(t.lines[c][who], l)
	}
}

// partial reports whether a variant does less than the case asks for.
func partial(variant string) bool { return variant == "gradcheck-fast_mode" }

// row prints a line of the table, if there is something to compare.
func (t *table) row(c cell, out io.Writer) {
	_, mine := t.fastest(c, true, -1)
	who, best := t.fastest(c, false, -1)
	if math.IsInf(mine, 1) || math.IsInf(best, 1) {
		return
	}
	low, high := math.Inf(1), 0.0
	for k := range t.rounds(c) {
		_, mine := t.fastest(c, true, k)
		_, best := t.fastest(c, false, k)
		low, high = min(low, best/mine), max(high, best/mine)
	}
	fmt.Fprintf(out, "| %s | %s | %s | %d | %s | %s | %s | %.2f (%.2f–%.2f) |\n",
		c.isa, c.name, c.dtype, c.threads, duration(mine), who, duration(best), best/mine, low, high)
}

// fastest returns the variant with the smallest median in round k, or in any
// round if k is negative, of Declive or of its peers.
func (t *table) fastest(c cell, ours bool, k int) (who string, seconds float64) {
	seconds = math.Inf(1)
	for name, lines := range t.lines[c] {
		for i, l := range lines {
			if (l.Peer == "declive") == ours && (k < 0 || i == k) && l.Median < seconds {
				who, seconds = name, l.Median
			}
		}
	}
	return who, seconds
}

// rounds returns how often every variant was measured.
func (t *table) rounds(c cell) int {
	n := math.MaxInt
	for _, lines := range t.lines[c] {
		n = min(n, len(lines))
	}
	return n
}

// duration writes seconds with three digits in a fitting unit.
func duration(s float64) string {
	switch {
	case s < 1e-3:
		return fmt.Sprintf("%.3g µs", s*1e6)
	case s < 1:
		return fmt.Sprintf("%.3g ms", s*1e3)
	}
	return fmt.Sprintf("%.3g s", s)
}
