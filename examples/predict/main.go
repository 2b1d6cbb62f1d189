// Predict applies a model that examples/linear or examples/mlp has saved to examples
// as they come, and prints or serves what it says of them.
//
//	go run ./examples/predict -model weights.safetensors flowers.csv
//	go run ./examples/predict -model weights.safetensors -json digit.png flower.jpg
//	go run ./examples/predict -model weights.safetensors -serve localhost:8080
//
// A table is read with the schema in the model, so its columns may come in any order;
// a picture is made as large as those that the model was trained on.
// Served, a request is POST /predict with JSON, {"examples": [[numbers of one], …]}.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"declive/examples/internal/command"
	"declive/predict"
)

func main() { command.Main("predict", run) }

const about = `Predict applies a saved model to examples from files, or serves it by HTTP.
Example: go run ./examples/predict -model weights.safetensors -format csv -json FILE`

// settings are the values of the flags.
type settings struct {
	model, format, serve string
	json                 bool
	limits               limits
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s := settings{limits: limits{body: 8 << 20, examples: 10_000, grace: 10 * time.Second}}
	flags := flag.NewFlagSet("predict", flag.ContinueOnError)
	flags.SetOutput(stdout)
	flags.StringVar(&s.model, "model", "", "`file` that examples/linear or examples/mlp has left")
	flags.StringVar(&s.format, "format", "", "of the files: csv, libsvm, cifar10, mnist or image (PNG or JPEG, of any size); by the name's ending if empty")
	flags.BoolVar(&s.json, "json", false, "print a line of JSON for each example")
	flags.StringVar(&s.serve, "serve", "", "serve HTTP on an `address`, such as localhost:8080")
	flags.Int64Var(&s.limits.body, "max-bytes", s.limits.body, "of a request")
	flags.IntVar(&s.limits.examples, "max-examples", s.limits.examples, "of a request")
	if err := command.Parse(flags, about, args); err != nil {
		return err
	}
	if err := s.check(flags.NArg()); err != nil {
		return command.Usage(err)
	}
	m, err := predict.Load(s.model)
	if err != nil {
		return err
	}
	p, err := newPredictor(m)
	if err != nil {
		return err
	}
	if s.serve != "" {
		return serve(ctx, s.serve, handler(p, s.limits), s.limits.grace, stderr)
	}
	for _, name := range flags.Args() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.print(stdout, stderr, p, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (s settings) check(files int) error {
	switch {
	case s.model == "":
		return errors.New("no -model; examples/linear and examples/mlp leave one")
	case s.serve == "" && files == 0:
		return errors.New("no files to predict for, and no -serve")
	case s.serve != "" && files > 0:
		return errors.New("files to predict for, and -serve; want one of them")
	case s.limits.body < 1 || s.limits.examples < 1:
		return errors.New("-max-bytes and -max-examples want positive numbers")
	}
	return nil
}
