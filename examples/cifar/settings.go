package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"declive/examples/internal/command"
)

// Settings are what the flags say.
type settings struct {
	preset
	name     string // of the preset
	dir      string // folder of CIFAR-10; "" for digits
	download bool
	without  []string
	seed     uint64
	out      string
	keep     string // folder for checkpoints; "" for none
	json     bool
}

const about = `Cifar trains a convolutional network on CIFAR-10, or without it on generated digits.
Example: go run ./examples/cifar -preset 94 -checkpoint run`

// tricks are what -without can leave out of the recipe.
var tricks = []string{"whitening", "dirac", "rates", "freezing", "smoothing", "lookahead", "alternation", "translation", "views"}

// parse reads the arguments. The error is flag.ErrHelp after -h, which writes the list
// of flags to help.
func parse(args []string, help io.Writer) (settings, error) {
	var s settings
	var given preset
	fs := flag.NewFlagSet("cifar", flag.ContinueOnError)
	fs.SetOutput(help)
	fs.StringVar(&s.name, "preset", "", "recipe: "+presetNames()+" (default quick, or digits without CIFAR-10)")
	fs.StringVar(&s.dir, "data", "", "`folder` with the files of CIFAR-10, or with a folder cifar10 (default that of DECLIVE_DATA, if it has one)")
	fs.BoolVar(&s.download, "download", false, "fetch the files of CIFAR-10, into a folder of -data (default in the user's cache), unless they are there")
	fs.Var(&given.widths, "widths", "`channels` of the three blocks, such as 64,256,256 (default by preset)")
	fs.IntVar(&given.epochs, "epochs", 0, "times through the training images (default by preset)")
	fs.IntVar(&given.batch, "batch", 0, "images in a step (default by preset)")
	fs.Float64Var(&given.rate, "rate", 0, "largest learning rate (default by preset)")
	fs.IntVar(&given.examples, "examples", 0, "images to train on (default all of CIFAR-10, 10000 digits)")
	fs.Func("without", "`tricks` to leave out, separated by commas: "+fmt.Sprint(tricks), command.Names(&s.without, tricks))
	fs.Uint64Var(&s.seed, "seed", 1, "of everything random")
	fs.StringVar(&s.out, "out", "out/cifar", "`folder` for the model and pictures")
	fs.StringVar(&s.keep, "checkpoint", "", "`folder` that keeps the state of the training every minute; with the same folder and flags it goes on from there")
	fs.BoolVar(&s.json, "json", false, "print one line of JSON on standard output, all else on standard error")
	if err := command.ParseFlags(fs, about, args); err != nil {
		return s, err
	}
	set := map[string]bool{}
	fs.Visit(func(f *flag.Flag) { set[f.Name] = true })
	s.find()
	if err := s.check(set, given); err != nil {
		return s, command.Usage(err)
	}
	s.preset = presets[s.name].with(set, given)
	return s, nil
}

// find chooses the folder and the preset where no flag did.
func (s *settings) find() {
	switch {
	case s.download:
	case s.dir == "":
		s.dir = inside(os.Getenv("DECLIVE_DATA"))
	default:
		s.dir = cmp.Or(inside(s.dir), s.dir)
	}
	if s.name == "" {
		s.name = "quick"
		if s.dir == "" && !s.download {
			s.name = "digits"
		}
	}
	if s.name == "digits" {
		s.dir = ""
	}
}

// inside returns the folder cifar10 of a folder, or "" if there is none.
func inside(folder string) string {
	dir := filepath.Join(folder, "cifar10")
	if _, err := os.Stat(dir); folder == "" || err != nil {
		return ""
	}
	return dir
}

// check refuses settings without meaning.
func (s *settings) check(set map[string]bool, given preset) error {
	_, known := presets[s.name]
	for _, c := range []struct {
		bad  bool
		text string
	}{
		{!known, fmt.Sprintf("-preset is %q, want one of %s", s.name, presetNames())},
		{s.name == "digits" && (set["data"] || s.download), "-data and -download have no meaning with -preset digits"},
		{s.name != "digits" && s.dir == "" && !s.download, fmt.Sprintf("-preset %s needs CIFAR-10: name its folder with -data, or fetch it with -download", s.name)},
		{set["epochs"] && given.epochs < 1, fmt.Sprintf("-epochs is %d, want at least 1", given.epochs)},
		{set["batch"] && given.batch < 2, fmt.Sprintf("-batch is %d, want at least 2", given.batch)},
		{set["rate"] && !(float32(given.rate) > 0 && given.rate <= math.MaxFloat32), fmt.Sprintf("-rate is %v, want a positive number of float32", given.rate)},
		{set["examples"] && given.examples < 2, fmt.Sprintf("-examples is %d, want at least 2", given.examples)},
		{s.out == "", "-out is empty, want a folder"},
	} {
		if c.bad {
			return errors.New(c.text)
		}
	}
	return nil
}

// with returns a preset with what flags say in its place.
func (p preset) with(set map[string]bool, given preset) preset {
	if set["widths"] {
		p.widths = given.widths
	}
	if set["epochs"] {
		p.epochs = given.epochs
	}
	if set["batch"] {
		p.batch = given.batch
	}
	if set["rate"] {
		p.rate = given.rate
	}
	if set["examples"] {
		p.examples = given.examples
	}
	return p
}

// lacks reports whether a trick is left out.
func (s settings) lacks(trick string) bool { return slices.Contains(s.without, trick) }
