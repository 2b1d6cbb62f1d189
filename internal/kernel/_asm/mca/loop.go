package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// A loop is its instructions, in the syntax of Arm.
type loop []string

// products are the multiply-adds of a loop.
func (l loop) products() loop { return l.matching(product) }

// arithmetic is the number of instructions that compute with vectors.
func (l loop) arithmetic() int { return len(l.matching(computes)) }

var (
	product  = regexp.MustCompile(`^fml[as]\t`)
	computes = regexp.MustCompile(`^(f|u|z|s?cvtf|bsl|bit|bif|shl|and|orr|eor|bic).*\tv`)
	moves    = regexp.MustCompile(`\t\{? ?[qv][0-9]`)
)

func (l loop) matching(r *regexp.Regexp) (m loop) {
	for _, i := range l {
		if r.MatchString(i) {
			m = append(m, i)
		}
	}
	return m
}

// A line is an instruction of a function and where it lies.
type line struct {
	at   uint64
	text string
}

var (
	disassembled = regexp.MustCompile(`^\s*([0-9a-f]+):\s+(.*)$`)
	jump         = regexp.MustCompile(`^(?:b|b\.\w+|cbn?z|tbn?z)\t(?:.*, )?0x([0-9a-f]+)`)
	comment      = regexp.MustCompile(`\s*(<.*>|//.*)$`)
)

// innerLoop returns the innermost loop of a kernel with the largest part of
// arithmetic, or of loads and stores if none computes.
func (m *machines) innerLoop(binary, pkg, name string) (loop, error) {
	symbol := "declive/internal/kernel/" + pkg + "." + name + ".abi0"
	out, err := exec.Command("llvm-objdump"+m.suffix, "-d", "--no-show-raw-insn", "--disassemble-symbols="+symbol, binary).Output()
	if err != nil {
		return nil, fmt.Errorf("llvm-objdump: %w", err)
	}
	lines := parse(string(out))
	var best loop
	most := 0.0
	for _, l := range loops(lines) {
		work := float64(100*l.arithmetic()+len(l.matching(moves))) / float64(len(l))
		if work >= most {
			best, most = l, work
		}
	}
	if best == nil {
		return nil, fmt.Errorf("%s has no loop", name)
	}
	return best, nil
}

func parse(disassembly string) (lines []line) {
	for _, s := range strings.Split(disassembly, "\n") {
		m := disassembled.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		at, err := strconv.ParseUint(m[1], 16, 64)
		if err == nil {
			lines = append(lines, line{at, comment.ReplaceAllString(m[2], "")})
		}
	}
	return lines
}

// loops returns the runs of instructions from the target of a jump back to it.
// Jumps in them go nowhere in particular, as llvm-mca takes them.
func loops(lines []line) (all []loop) {
	for end, l := range lines {
		m := jump.FindStringSubmatch(l.text)
		if m == nil {
			continue
		}
		target, err := strconv.ParseUint(m[1], 16, 64)
		if err != nil || target > l.at || target < lines[0].at {
			continue
		}
		var body loop
		for _, i := range lines[(target-lines[0].at)/4 : end+1] {
			body = append(body, strings.Replace(i.text, "0x"+jumpTarget(i.text), ".", 1))
		}
		all = append(all, body)
	}
	return all
}

func jumpTarget(text string) string {
	if m := jump.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return "none"
}
