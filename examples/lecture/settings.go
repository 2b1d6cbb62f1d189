package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"declive/examples/internal/command"
	"declive/examples/lecture/internal/lesson"
)

// settings are what the flags say.
type settings struct {
	data     string // folder that holds cifar10; "" for generated data
	out      string
	sections []lesson.Section
	seed     uint64
	small    bool
	language string // en or pt
}

const about = `Lecture computes a lecture on stochastic gradient descent, with its numbers and pictures, and writes a report.
Example: go run ./examples/lecture -section 5,7`

// parse reads the arguments. The error is flag.ErrHelp after -h, which writes
// the list of flags to help.
func parse(args []string, help io.Writer) (settings, error) {
	s := settings{sections: sections}
	fs := flag.NewFlagSet("lecture", flag.ContinueOnError)
	fs.SetOutput(help)
	fs.StringVar(&s.data, "data", os.Getenv("DECLIVE_DATA"), "`folder` that holds cifar10; if empty, data is generated; if not given, that of DECLIVE_DATA")
	fs.StringVar(&s.out, "out", "out/lecture", "`folder` for the report and its pictures")
	fs.Func("section", "`numbers` of the sections, such as 1,8, or all (default all)", s.choose)
	fs.Uint64Var(&s.seed, "seed", 1, "of everything random")
	fs.BoolVar(&s.small, "small", false, "seconds instead of minutes: fewer examples, tries and steps")
	fs.StringVar(&s.language, "lang", "en", "`language` of the report: "+strings.Join(languages, ", "))
	if err := command.ParseFlags(fs, about, args); err != nil {
		return s, err
	}
	if !slices.Contains(languages, s.language) {
		return s, command.Usage(fmt.Errorf("-lang is %q, want one of %s", s.language, strings.Join(languages, ", ")))
	}
	if s.out == "" {
		return s, command.Usage(errors.New("-out is empty, want a folder"))
	}
	return s, nil
}

// choose keeps the sections that a list names, in the order of the lecture.
func (s *settings) choose(list string) error {
	if list == "all" {
		s.sections = sections
		return nil
	}
	wanted := map[int]bool{}
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || !known(n) {
			return fmt.Errorf("%q is no section, want %s or all", text, numbers())
		}
		wanted[n] = true
	}
	s.sections = nil
	for _, section := range sections {
		if wanted[section.Number] {
			s.sections = append(s.sections, section)
		}
	}
	return nil
}

func known(number int) bool {
	for _, section := range sections {
		if section.Number == number {
			return true
		}
	}
	return false
}

// numbers lists those of all sections.
func numbers() string {
	var list []string
	for _, section := range sections {
		list = append(list, strconv.Itoa(section.Number))
	}
	return strings.Join(list, ", ")
}
