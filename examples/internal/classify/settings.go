package classify

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"declive/datasets/fetch"
	"declive/datasets/images"
	"declive/examples/internal/command"
	"declive/examples/internal/ranks"
)

// Settings are what the flags of a program say.
type Settings struct {
	Data     string      // one of kinds
	Dir      string      // folder of images, cifar10, mnist or fashion
	Size     images.Size // of images; 32×32 if zero
	Download bool        // fetch what is missing there
	Table                // csv and libsvm
	Examples int         // digits to generate
	Loss     string      // svm, softmax or logistic; squared or huber
	Tuning
	Batch int // examples in a step, 0 for all
	Seed  uint64
	Out   string // folder for pictures and weights
	Keep  string // folder for checkpoints; "" for none
	JSON  bool
	Dist  string    // how ranks reach each other; "" for one process
	Stdin io.Reader // read by -file -

	lossGiven   bool
	streamGiven bool
	offered     fetch.Download // where -download finds its files; as published if zero
}

// A Tuning is the part of the settings that suits some data.
type Tuning struct {
	Rate   float64 // learning rate of the first step; it falls along a cosine
	Lambda float64 // weight of the L2 penalty
	Epochs int

	Prior    float64 // if not 0, Lambda is this divided by the number of examples to train on
	Minimise bool    // a small table is not trained on in steps: the loss is minimised
}

var (
	kinds     = []string{"digits", "cifar10", "mnist", "fashion", "images", "csv", "libsvm"}
	lossNames = []string{"svm", "softmax", "logistic", "squared", "huber"}
)

// Parse reads the arguments of a program. Its tuning is asked for the data that
// they name; adapted to their loss and batch it gives what they leave open. The
// error is flag.ErrHelp after -h, which writes the list of flags to help.
func Parse(p Program, args []string, help io.Writer) (Settings, error) {
	var s Settings
	fs := flag.NewFlagSet(p.Name, flag.ContinueOnError)
	fs.SetOutput(help)
	fs.StringVar(&s.Data, "data", "digits", "examples to learn from: "+strings.Join(kinds, ", "))
	fs.StringVar(&s.Dir, "dir", "", "folder with the files of cifar10, mnist or fashion, or of images: PNG and JPEG files in a folder for each class, or such folders in train and test")
	fs.Func("size", "`pixels` to which images are resized, such as 32 or, height first, 24x32 (default 32)", s.setSize)
	fs.BoolVar(&s.Download, "download", false, "fetch the files of cifar10 or mnist, into a folder of -dir (default in the user's cache), unless they are there")
	s.Table.register(fs)
	fs.IntVar(&s.Examples, "examples", 12000, "digits to generate, five in six to train on")
	fs.StringVar(&s.Loss, "loss", "softmax", "loss: svm, softmax or logistic (two classes), squared or huber (regression, default squared)")
	fs.Float64Var(&s.Lambda, "lambda", 0, "weight of the L2 penalty (default by data)")
	fs.Float64Var(&s.Rate, "rate", 0, "learning rate of the first step, falling along a cosine (default by data and loss)")
	fs.IntVar(&s.Batch, "batch", 64, "examples in a step; 0 for all: gradient descent")
	fs.IntVar(&s.Epochs, "epochs", 0, "times through the training examples (default by data, ten times as many for -batch 0)")
	fs.Uint64Var(&s.Seed, "seed", 1, "of everything random")
	fs.StringVar(&s.Out, "out", "out/"+p.Name, "`folder` for pictures and weights")
	fs.StringVar(&s.Keep, "checkpoint", "", "`folder` that keeps the state of the training every minute; with the same folder and flags it goes on from there")
	fs.BoolVar(&s.JSON, "json", false, "print one line of JSON on standard output, all else on standard error")
	if p.Ranks {
		fs.StringVar(&s.Dist, "dist", "", ranks.Help)
	}
	if p.Flags != nil {
		p.Flags(fs)
	}
	if err := command.ParseFlags(fs, p.About, args); err != nil {
		return s, err
	}
	given := map[string]bool{}
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if s.lossGiven = given["loss"]; regression[s.Loss] != nil && s.Task == "" && slices.Contains(tables, s.Data) {
		s.Task = "regress"
	}
	if err := s.check(given); err != nil {
		return s, err
	}
	if s.streamGiven = given["stream"]; s.large(given) {
		s.Stream = true
	}
	s.complete(p.Tuning(s).adapted(s), given)
	return s, nil
}

// adapted returns the tuning for the loss and the batch of s.
func (t Tuning) adapted(s Settings) Tuning {
	if s.Loss == "svm" {
		t.Rate /= 10       // its gradient adds over classes what softmax averages
		t.Minimise = false // it has kinks
	}
	if s.Batch == 0 {
		t.Epochs *= 10 // one step in each
	}
	if s.Stream && s.Data == "csv" {
		t.Epochs = max(1, t.Epochs/streamEpochs)
	}
	return t
}

// complete fills in the tuning where no flag was given.
func (s *Settings) complete(t Tuning, given map[string]bool) {
	if !given["rate"] {
		s.Rate = t.Rate
	}
	if !given["lambda"] {
		s.Lambda, s.Prior = t.Lambda, t.Prior
	}
	s.Minimise = t.Minimise && !given["rate"] && !given["epochs"] && !given["batch"]
	if !given["epochs"] {
		s.Epochs = t.Epochs
	}
}

// check refuses settings without meaning, and flags that would be ignored.
func (s *Settings) check(given map[string]bool) error {
	regress := regression[s.Loss] != nil
	wrong := s.Table.wrong(s.Data, given)
	image := s.Data == "images" || s.Data == "cifar10" || s.Data == "mnist" || s.Data == "fashion"
	for _, c := range []struct {
		bad  bool
		text string
	}{
		{!slices.Contains(kinds, s.Data), fmt.Sprintf("-data is %q, want one of %s", s.Data, strings.Join(kinds, ", "))},
		{!slices.Contains(lossNames, s.Loss), fmt.Sprintf("-loss is %q, want one of %s", s.Loss, strings.Join(lossNames, ", "))},
		{s.Download && published[s.Data] == nil, fmt.Sprintf("-download has no meaning with -data %s, only with cifar10 and mnist", s.Data)},
		{image && s.Dir == "" && !s.Download, fmt.Sprintf("-data %s needs -dir, the folder with its files", s.Data)},
		{!image && s.Dir != "", fmt.Sprintf("-dir has no meaning with -data %s", s.Data)},
		{s.Data != "images" && given["size"], fmt.Sprintf("-size has no meaning with -data %s, only with images", s.Data)},
		{wrong != "", wrong},
		{regress && !slices.Contains(tables, s.Data), fmt.Sprintf("-loss %s has no meaning with -data %s, which has classes", s.Loss, s.Data)},
		{regress && s.Task == "classify", fmt.Sprintf("-loss %s has no meaning with -task classify", s.Loss)},
		{given["loss"] && !regress && s.Task == "regress", fmt.Sprintf("-loss %s has no meaning with -task regress, want squared or huber", s.Loss)},
		{s.Data != "digits" && given["examples"], fmt.Sprintf("-examples has no meaning with -data %s", s.Data)},
		{s.Examples < 60, fmt.Sprintf("-examples is %d, want at least 60", s.Examples)},
		{s.Batch < 0, fmt.Sprintf("-batch is %d, want a number of examples, or 0 for all", s.Batch)},
		{given["epochs"] && s.Epochs < 1, fmt.Sprintf("-epochs is %d, want at least 1", s.Epochs)},
		{given["rate"] && !(float32(s.Rate) > 0 && s.Rate <= math.MaxFloat32), fmt.Sprintf("-rate is %v, want a positive number of float32", s.Rate)},
		{!(s.Lambda >= 0 && s.Lambda <= math.MaxFloat32), fmt.Sprintf("-lambda is %v, want 0 or a positive number of float32", s.Lambda)},
		{s.Stream && s.Batch == 0, "-stream takes some examples at a time; -batch 0 takes all"},
		{s.Out == "", "-out is empty, want a folder"},
	} {
		if c.bad {
			return command.Usage(errors.New(c.text))
		}
	}
	return nil
}
