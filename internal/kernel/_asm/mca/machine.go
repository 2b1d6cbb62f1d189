package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// machines are the processors that llvm-mca simulates.
type machines struct {
	suffix string
	names  []string
	peaks  map[string]float64 // cycles of a multiply-add, by processor and form
}

// turns is how often a loop is simulated.
const turns = 200

var totalCycles = regexp.MustCompile(`Total Cycles:\s+(\d+)`)

// cycles is the time that one turn of a loop takes.
func (m *machines) cycles(cpu string, l loop) (float64, error) {
	c := exec.Command("llvm-mca"+m.suffix, "-mtriple=aarch64", "-mcpu="+cpu, "-iterations="+strconv.Itoa(turns))
	c.Stdin = strings.NewReader(strings.Join(l, "\n") + "\n")
	out, err := c.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("llvm-mca: %w\n%s", err, out)
	}
	n := totalCycles.FindSubmatch(out)
	if n == nil {
		return 0, fmt.Errorf("llvm-mca says no cycles:\n%s", out)
	}
	total, err := strconv.ParseFloat(string(n[1]), 64)
	return total / turns, err
}

var operands = regexp.MustCompile(`v\d+`)

// peak is the time that the multiply-adds of a loop would take with nothing else
// to do: as many sums that do not depend on each other.
func (m *machines) peak(cpu string, l loop) (float64, error) {
	products := l.products()
	form := operands.ReplaceAllString(products[0], "v")
	key := cpu + form
	if _, ok := m.peaks[key]; !ok {
		const sums = 24
		var independent loop
		for i := range sums {
			registers := []string{fmt.Sprintf("v%d", i), "v30", "v31"}
			independent = append(independent, operands.ReplaceAllStringFunc(products[0], func(string) string {
				r := registers[0]
				registers = registers[1:]
				return r
			}))
		}
		cycles, err := m.cycles(cpu, independent)
		if err != nil {
			return 0, err
		}
		m.peaks[key] = cycles / sums
	}
	return m.peaks[key] * float64(len(products)), nil
}
