package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"declive/examples/internal/command"
	"declive/nn"
	"declive/optim"
	"declive/predict"
	"declive/train/checkpoint"
)

// A job trains a network, judges it and leaves files.
type job struct {
	settings
	*images
	network *network
	rng     *rand.Rand
	stdout  io.Writer
	stderr  io.Writer
	log     io.Writer // what happens, in lines
	wrote   []string
}

// A summary is what a job comes to, and the line that -json prints.
type summary struct {
	Preset   string  `json:"preset"`
	Data     string  `json:"data"`
	Examples int     `json:"examples"` // trained on
	Epochs   int     `json:"epochs"`
	Loss     float64 `json:"train_loss"`           // of the last epoch, before its steps
	Accuracy float64 `json:"test_accuracy"`        // of the images as they are
	Views    float64 `json:"test_accuracy_views"`  // of their views together
	Seconds  float64 `json:"seconds"`              // of the training with its evaluations
	Judging  float64 `json:"seconds_of_the_views"` // after it
	Seed     uint64  `json:"seed"`
}

func newJob(s settings, data *images, stdout, stderr io.Writer) (*job, error) {
	first, err := data.first()
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(s.seed, 0))
	d := design{widths: s.widths, plain: s.lacks("whitening"), random: s.lacks("dirac"), classes: len(data.train.Classes())}
	j := &job{settings: s, images: data, network: newNetwork(d, first, rng), rng: rng, stdout: stdout, stderr: stderr, log: stdout}
	if s.json {
		j.log = stderr
	}
	if data.train.Len() < s.batch {
		return nil, command.Usage(fmt.Errorf("-batch is %d, but there are only %d images to train on", s.batch, data.train.Len()))
	}
	return j, nil
}

// run trains, saves, judges and draws. If ctx ends the training, what there is by then
// is saved and judged as well, and the error is that of ctx.
func (j *job) run(ctx context.Context) error {
	if err := os.MkdirAll(j.out, 0o777); err != nil {
		return fmt.Errorf("-out: %w", err) // now, not after the training
	}
	j.introduce()
	epochs, err := j.train(ctx)
	if err != nil && !errors.Is(err, ctx.Err()) {
		return err
	}
	end := errors.Join(err, j.save())
	s, v, err := j.judge(epochs)
	if err != nil {
		return errors.Join(end, err)
	}
	return errors.Join(end, j.report(s), j.draw(epochs, v))
}

func (j *job) introduce() {
	fmt.Fprintf(j.log, "%s: %d images to train on, %d to test with, %v, %d classes\n",
		j.what, j.images.train.Len(), j.test.Len(), j.test.Shape(), len(j.test.Classes()))
	if j.name == "digits" {
		fmt.Fprintln(j.log, "for CIFAR-10: name its folder with -data or DECLIVE_DATA, or fetch it with -download")
	}
	fmt.Fprint(j.log, nn.Summary(j.network.Params()))
	fmt.Fprintf(j.log, "preset %s, learning rate %g, batch %d, %d epochs, seed %d\n", j.name, j.rate, j.batch, j.epochs, j.seed)
	if len(j.without) > 0 {
		fmt.Fprintf(j.log, "without %s\n", strings.Join(j.without, ", "))
	}
}

// train goes through the epochs, from where a checkpoint was left.
func (j *job) train(ctx context.Context) ([]optim.Epoch, error) {
	data, err := j.learning(j.settings)
	if err != nil {
		return nil, err
	}
	test, err := j.test.With(j.transform)
	if err != nil {
		return nil, err
	}
	trainer, err := j.network.trainer(j.settings, data.Len()/j.batch)
	if err != nil {
		return nil, err
	}
	plan := optim.Plan{
		Epochs: j.epochs, BatchSize: j.batch, Rand: j.rng,
		Validation: test.Consecutive(judged), Progress: j.stderr,
		OnEpoch: j.tell, OnResume: j.resumed,
	}
	if j.keep != "" {
		if plan.Saver, err = checkpoint.In(j.keep, checkpoint.Settings{}); err != nil {
			return nil, fmt.Errorf("-checkpoint: %w", err)
		}
	}
	epochs, err := trainer.Fit(ctx, data, plan)
	trainer.TakeAverage()
	return epochs, err
}

// judged is the number of images that are judged at once.
const judged = 500

// tell writes a line about an epoch.
func (j *job) tell(e optim.Epoch) error {
	left := time.Duration(float64(e.Elapsed) / float64(e.Number) * float64(j.epochs-e.Number))
	_, err := fmt.Fprintf(j.log, "epoch %d/%d  loss %.4f  test %.2f %%  %v, %v left\n",
		e.Number, j.epochs, e.Loss, 100*e.Validation.Accuracy, e.Elapsed.Round(time.Second), left.Round(time.Second))
	return err
}

// resumed says from where the training goes on.
func (j *job) resumed(s optim.State) {
	fmt.Fprintf(j.log, "going on from %s: %d steps are done, %d epochs\n", j.keep, s.Steps, len(s.Place.Done))
}

// model returns the network with what a prediction needs.
func (j *job) model() predict.Model {
	return predict.Model{Layer: j.network.Sequential, Shape: j.network.shape, Transform: j.transform, Classes: j.test.Classes()}
}

// save leaves the model before anything else: nothing that fails later loses it.
func (j *job) save() error {
	return j.write("model.safetensors", func(path string) error { return predict.Save(path, j.model()) })
}

// judge returns the accuracies with and without views, and what the views say.
func (j *job) judge(epochs []optim.Epoch) (summary, *verdict, error) {
	s := summary{Preset: j.name, Data: j.what, Examples: j.images.train.Len(), Epochs: len(epochs), Seed: j.seed}
	if len(epochs) > 0 {
		last := epochs[len(epochs)-1]
		s.Loss, s.Seconds = last.Loss, last.Elapsed.Seconds()
	}
	start := time.Now()
	one, all, err := judge(j.model(), j.test, views(j.settings))
	if err != nil {
		return s, nil, err
	}
	s.Accuracy, s.Views, s.Judging = one.accuracy(), all.accuracy(), time.Since(start).Seconds()
	return s, all, nil
}

// report writes the summary for people, and with -json for machines.
func (j *job) report(s summary) error {
	text := fmt.Sprintf("accuracy %.2f %%", 100*s.Accuracy)
	if n := len(views(j.settings)); n > 1 {
		text += fmt.Sprintf(", with %d views %.2f %%", n, 100*s.Views)
	}
	_, err := fmt.Fprintf(j.log, "test:  %s\ntime:  %.1f s for %d epochs, %.1f s to judge\n", text, s.Seconds, s.Epochs, s.Judging)
	if err != nil || !j.json {
		return err
	}
	return json.NewEncoder(j.stdout).Encode(s)
}

// write makes a file in the folder of the settings.
func (j *job) write(name string, create func(path string) error) error {
	path := filepath.Join(j.out, name)
	if err := create(path); err != nil {
		return err
	}
	j.wrote = append(j.wrote, path)
	return nil
}
