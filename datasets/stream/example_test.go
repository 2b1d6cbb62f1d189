package stream_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"declive/autodiff"
	"declive/datasets"
	"declive/datasets/stream"
	"declive/losses"
	"declive/nn"
	"declive/optim"
)

// A table whose first examples teach the schema, and which is then trained on in
// blocks. Programs open a file: os.Open("all.csv").
func Example() {
	var text strings.Builder
	text.WriteString("x,y\n")
	for i := range 10_000 {
		fmt.Fprintf(&text, "%d,%d\n", i%100, 3*(i%100)+7)
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text.String())), nil }

	err := func() error {
		beginning, err := datasets.CSV{Real: true}.Table(strings.NewReader(text.String()[:101]))
		if err != nil {
			return err
		}
		schema, err := beginning.Learn()
		if err != nil {
			return err
		}
		s, err := stream.Open(open, schema)
		if err != nil {
			return err
		}
		if s, err = s.With(s.Standardise()); err != nil {
			return err
		}
		rng := rand.New(rand.NewPCG(1, 2))
		model := nn.NewLinear("line", 1, 1, nn.Normal(0.1), rng)
		loss := func(x, y *autodiff.Node) *autodiff.Node { return losses.Squared(model.Forward(x), y) }
		trainer, err := optim.NewTrainer(loss, model.Params(), optim.SGD{LearningRate: 0.1})
		if err != nil {
			return err
		}
		_, err = trainer.Fit(context.Background(), s, optim.Plan{Epochs: 2, BatchSize: 50, Rand: rng})
		if err = errors.Join(err, s.Err()); err != nil {
			return err
		}
		slope := model.Params()[0].Value().Data().([]float32)[0]
		fmt.Printf("%d examples, y grows by %.2f for each x\n", s.Len(), float64(slope)*s.Standardise().Scale[0])
		return nil
	}()
	if err != nil {
		fmt.Println(err)
	}
	// Output: 10000 examples, y grows by 3.00 for each x
}

// Words and classes may come anywhere in the file.
func ExampleLearn() {
	text := "size,colour,kind\n3,red,apple\n4,red,apple\n20,green,melon\n"
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
	schema, _, err := stream.Learn(open, datasets.CSV{OneHotAll: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(schema.FeatureNames(), schema.Classes())
	// Output: [size colour=green colour=red] [apple melon]
}

// Targets in another unit: a model is easier to train on numbers of size 1.
func ExampleTable_Map() {
	text := "1,1000\n2,3000\n"
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
	schema, _, err := stream.Learn(open, datasets.CSV{Real: true, Header: datasets.HeaderNo})
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := stream.Open(open, schema)
	if err != nil {
		fmt.Println(err)
		return
	}
	unit := s.StandardiseTargets()
	s, err = s.Map(func(d *datasets.Dataset) (*datasets.Dataset, error) {
		y := d.Targets()
		for i := range y {
			y[i] = (y[i] - unit.Shift[0]) * unit.Scale[0]
		}
		return d.WithTargets(y)
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for b := range s.Consecutive(2) {
		fmt.Println(b.Y.Data())
	}
	// Output: [-1 1]
}
