// Command bench times Declive on a fixed set of cases, from one logistic
// regression step on four numbers to an epoch over 50,000 images, and prints one
// JSON object per line: the time of a step, its allocations, and losses that any
// other program doing the same work must reproduce.
//
//	go run ./examples/bench -case svm-step,mlp-step -threads 2
//	go run ./examples/bench -check-only
//	GODEBUG=cpu.avx512f=off go run ./examples/bench -case svm-step
//
// The last line measures as on a processor without AVX-512; cpu.avx2=off leaves
// plain Go. A line of output names the instruction set that was used.
//
// Data and weights are made by formula (data.go), so nothing is read. A step is
// forward, backward and update; times are the median and the minimum of samples
// of about 80 ms, each from the initial weights, with the garbage collector off
// inside a sample. Where a case can be written in two ways there is a line for
// each: variant "program" is a program compiled from the loss and its updates,
// "trainer" is [optim.Trainer].
//
// docs/performance.md shows results and how to compare them with other
// libraries. The cases over 50,000 rows need 1.5 GB of memory.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"

	"gorgonia.org/tensor"

	"declive/examples/internal/command"
)

func main() { command.Exit("bench", run(os.Args[1:], os.Stdout)) }

// settings are the command line.
type settings struct {
	cases, variants []string // nil for all
	dtypes          []tensor.Dtype
	threads, repeat int
	checkOnly       bool
	profile         string
	ratios          bool
	files           []string // to read
}

func run(args []string, out io.Writer) error {
	all := allCases(256, 50000)
	s, err := parse(args, all, out)
	if err != nil {
		return err
	}
	if s.ratios {
		return ratios(s.files, out)
	}
	runtime.GOMAXPROCS(s.threads)
	if s.profile != "" {
		stop, err := profile(s.profile)
		if err != nil {
			return err
		}
		defer stop()
	}
	return s.runCases(all, out)
}

const about = `Bench times training steps of fixed cases and prints a line of JSON for each.
Example: go run ./examples/bench -case svm-step,mlp-step -threads 2`

// parse reads the arguments; -h writes the list of flags to help.
func parse(args []string, all []benchmark, help io.Writer) (*settings, error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(help)
	names, variants := namesOf(all)
	s := &settings{}
	flags.Func("case", "`names` separated by commas, or all, the default; of "+strings.Join(names, ", "), command.Names(&s.cases, names))
	dtype := flags.String("dtype", "both", "f32, f64 or both")
	flags.Func("variant", "only these `variants`, separated by commas; of "+strings.Join(variants, ", "), command.Names(&s.variants, variants))
	flags.IntVar(&s.threads, "threads", 1, "GOMAXPROCS")
	flags.IntVar(&s.repeat, "repeat", 0, "timed samples of a case; 0 for 11, or fewer where one is long")
	flags.BoolVar(&s.checkOnly, "check-only", false, "print the losses without timing")
	flags.StringVar(&s.profile, "cpuprofile", "", "write a CPU profile to this `file`")
	flags.BoolVar(&s.ratios, "ratios", false, "time nothing; print a table of the lines in the files named as arguments")
	if err := command.Parse(flags, about, args); err != nil {
		return nil, err
	}
	s.files = flags.Args()
	if err := s.check(flags.NFlag()); err != nil {
		return nil, command.Usage(err)
	}
	var err error
	s.dtypes, err = precisions(*dtype)
	return s, command.Usage(err)
}

// namesOf returns the names of all cases and of all their variants.
func namesOf(all []benchmark) (names, variants []string) {
	for _, c := range all {
		names = append(names, c.name)
		for _, v := range c.variants {
			if !slices.Contains(variants, v.name) {
				variants = append(variants, v.name)
			}
		}
	}
	return names, variants
}

// check refuses settings without meaning, and arguments that would be ignored.
func (s *settings) check(flags int) error {
	switch {
	case s.threads < 1:
		return fmt.Errorf("-threads is %d, want at least 1", s.threads)
	case s.repeat < 0:
		return fmt.Errorf("-repeat is %d, want a number of samples, or 0", s.repeat)
	case s.checkOnly && s.repeat > 0:
		return errors.New("-repeat has no meaning with -check-only")
	case s.ratios && flags > 1:
		return errors.New("-ratios goes with no other flag")
	case s.ratios && len(s.files) == 0:
		return errors.New("-ratios needs the names of files to read")
	case !s.ratios && len(s.files) > 0:
		return fmt.Errorf("unexpected argument %q; -h lists the flags", s.files[0])
	}
	return nil
}

func precisions(name string) ([]tensor.Dtype, error) {
	switch name {
	case "f32":
		return f32, nil
	case "f64":
		return f64, nil
	case "both":
		return both, nil
	}
	return nil, fmt.Errorf("-dtype is %q, want f32, f64 or both", name)
}

// runCases runs the cases that are asked for and prints a line for each variant.
// Some cases are in float64 alone, so that there may be none; variants that none
// of the cases has are an error.
func (s *settings) runCases(all []benchmark, out io.Writer) error {
	lines, ran := json.NewEncoder(out), false
	for _, c := range all {
		if !wanted(s.cases, c.name) {
			continue
		}
		for _, dt := range s.dtypes {
			for _, v := range c.variants {
				if !slices.Contains(c.dtypes, dt) || !wanted(s.variants, v.name) {
					continue
				}
				ran = true
				if err := s.runVariant(c.name, v, dt, lines); err != nil {
					return fmt.Errorf("%s in %v: %w", c.name, dt, err)
				}
			}
		}
	}
	if s.variants != nil && !ran {
		return errors.New("no case asked for has the variants in the type")
	}
	return nil
}

// wanted reports whether a name is in a list that may be nil for all.
func wanted(list []string, name string) bool { return list == nil || slices.Contains(list, name) }

func (s *settings) runVariant(name string, v variant, dt tensor.Dtype, lines *json.Encoder) error {
	j, err := v.load(dt)
	if err != nil {
		return err
	}
	r := newRecord(name, v.name, dt, s.threads)
	if !s.checkOnly {
		if r.Timing, err = measure(j, s.repeat); err != nil {
			return err
		}
	}
	if r.LossFirst, r.LossLast, err = j.losses(); err != nil {
		return err
	}
	if j.result != nil && !s.checkOnly {
		r.Result = j.result()
	}
	return lines.Encode(r)
}

// profile starts a CPU profile and returns what ends it.
func profile(name string) (stop func(), err error) {
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); f.Close() }, nil
}
