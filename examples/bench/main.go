// Command bench times Declive on a fixed set of cases, from one logistic
// regression step on four numbers to an epoch over 50,000 images, and prints one
// JSON object per line: the time of a step, its allocations, and losses that any
// other program doing the same work must reproduce.
//
//	go run ./examples/bench -case svm-step,mlp-step -threads 2
//	go run ./examples/bench -check-only
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
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"

	"gorgonia.org/tensor"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

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
	s, err := parse(args, all)
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

func parse(args []string, all []benchmark) (*settings, error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	names := make([]string, len(all))
	for i, c := range all {
		names[i] = c.name
	}
	s := &settings{}
	cases := flags.String("case", "all", "`names` separated by commas, or all; of "+strings.Join(names, ", "))
	dtype := flags.String("dtype", "both", "f32, f64 or both")
	variant := flags.String("variant", "", "only these `variants`, separated by commas")
	flags.IntVar(&s.threads, "threads", 1, "GOMAXPROCS")
	flags.IntVar(&s.repeat, "repeat", 0, "timed samples of a case; 0 for 11, or fewer where one is long")
	flags.BoolVar(&s.checkOnly, "check-only", false, "print the losses without timing")
	flags.StringVar(&s.profile, "cpuprofile", "", "write a CPU profile to this `file`")
	flags.BoolVar(&s.ratios, "ratios", false, "time nothing; print a table of the lines in the files named as arguments")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	s.files = flags.Args()
	if *cases != "all" {
		s.cases = strings.Split(*cases, ",")
	}
	if *variant != "" {
		s.variants = strings.Split(*variant, ",")
	}
	for _, c := range s.cases {
		if !slices.Contains(names, c) {
			return nil, fmt.Errorf("unknown case %q", c)
		}
	}
	if s.threads < 1 || s.repeat < 0 {
		return nil, fmt.Errorf("-threads %d -repeat %d: want a positive number", s.threads, s.repeat)
	}
	var err error
	s.dtypes, err = precisions(*dtype)
	return s, err
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
	return nil, fmt.Errorf("-dtype %q: want f32, f64 or both", name)
}

// runCases runs the cases that are asked for and prints a line for each variant.
func (s *settings) runCases(all []benchmark, out io.Writer) error {
	lines := json.NewEncoder(out)
	for _, c := range all {
		if s.cases != nil && !slices.Contains(s.cases, c.name) {
			continue
		}
		for _, dt := range s.dtypes {
			if !slices.Contains(c.dtypes, dt) {
				continue
			}
			if err := s.runCase(c, dt, lines); err != nil {
				return fmt.Errorf("%s in %v: %w", c.name, dt, err)
			}
		}
	}
	return nil
}

func (s *settings) runCase(c benchmark, dt tensor.Dtype, lines *json.Encoder) error {
	for _, v := range c.variants {
		if s.variants != nil && !slices.Contains(s.variants, v.name) {
			continue
		}
		j, err := v.load(dt)
		if err != nil {
			return err
		}
		r := newRecord(c.name, v.name, dt, s.threads)
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
		if err := lines.Encode(r); err != nil {
			return err
		}
	}
	return nil
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
