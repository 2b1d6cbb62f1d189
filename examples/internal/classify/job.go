package classify

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

	"declive/autodiff"
	"declive/dist"
	"declive/examples/internal/command"
	"declive/examples/internal/ranks"
	"declive/gradcheck"
	"declive/losses"
	"declive/nn"
	"declive/optim"
	"declive/plot"
	"declive/predict"
	"declive/train/checkpoint"
)

// A Model is a layer that knows which of its parameters to regularise.
type Model interface {
	nn.Layer
	Weights() []*autodiff.Param
}

// A Job trains a model on data.
type Job struct {
	Settings
	*Set
	Model          Model
	Rand           *rand.Rand
	Comm           dist.Comm // of the ranks that train together; nil for one process
	Stdout, Stderr io.Writer

	log   io.Writer // what happens, in lines
	wrote []string  // the files that are there
	saved string    // the file of the whole model, if it is there
}

// A Summary is what a job comes to, and the line that -json prints.
type Summary struct {
	Data      string  `json:"data"`
	Loss      string  `json:"loss"`
	Examples  int     `json:"examples"` // trained on
	TrainLoss float64 `json:"train_loss"`
	TestLoss  float64 `json:"test_loss"`
	Gradcheck string  `json:"gradcheck"` // "ok" or the failure
	Epochs    int     `json:"epochs"`
	Seconds   float64 `json:"seconds"` // from the gradient check to the evaluation
	Seed      uint64  `json:"seed"`

	*Accuracies       // of classes
	Fit         *Fits `json:"fit,omitempty"` // of values
}

// Accuracies are the parts of the examples that are classified right.
type Accuracies struct {
	TrainAccuracy float64 `json:"train_accuracy"`
	TestAccuracy  float64 `json:"test_accuracy"`
}

// loss records the loss of the settings with the L2 penalty of the weights.
func (j *Job) loss(x, y *autodiff.Node) *autodiff.Node {
	s := j.forward(x)
	penalty := losses.L2(j.Lambda, x.Graph(), j.Model.Weights()...)
	if of := regression[j.Loss]; of != nil {
		return of(s, y).Add(penalty)
	}
	switch j.Loss {
	case "svm":
		return losses.MulticlassHinge(s, y).Add(penalty)
	case "logistic":
		return losses.Logistic(s, y).Add(penalty)
	}
	return losses.SoftmaxCrossEntropy(s, y).Add(penalty)
}

// Run checks the gradient, trains, saves, evaluates and draws. If ctx ends the
// training, what there is by then is saved, evaluated and drawn as well, and the
// error is that of ctx. It is an error, too, if the gradient is wrong.
//
// The weights come first: nothing that fails later, as the pictures on a full
// disk, loses them.
func (j *Job) Run(ctx context.Context) error {
	j.log = j.Stdout
	if j.JSON {
		j.log = j.Stderr
	}
	if j.Keep != "" && j.minimises() {
		return command.Usage(errors.New("-checkpoint: L-BFGS, which minimises the loss of a small table, is not kept; -epochs asks for steps, which are"))
	}
	if j.Comm != nil && j.minimises() {
		return command.Usage(errors.New("-dist: L-BFGS, which minimises the loss of a small table, is not divided; -epochs asks for steps, which are"))
	}
	if err := os.MkdirAll(j.Out, 0o777); err != nil {
		return fmt.Errorf("-out: %w", err) // now, not after the training
	}
	j.introduce()
	if err := ranks.Introduce(ctx, j.Comm, j.log); err != nil {
		return err
	}
	start := time.Now()
	wrong := j.checkGradient(ctx)
	epochs, trainer, err := j.train(ctx)
	if err != nil && !errors.Is(err, ctx.Err()) {
		return err
	}
	end := errors.Join(wrong, err, j.save())
	s, err := j.evaluate(trainer)
	if err != nil {
		return errors.Join(end, err)
	}
	s.Gradcheck, s.Epochs, s.Seconds = "ok", len(epochs), time.Since(start).Seconds()
	if wrong != nil {
		s.Gradcheck = wrong.Error()
	}
	if !ranks.Leads(j.Comm) {
		return end
	}
	return errors.Join(end, j.report(s), j.draw(epochs))
}

// save leaves the model, with all that examples/predict needs, and for a table what
// others are read with. Of a layer that no file can describe it leaves the weights.
func (j *Job) save() error {
	err := j.write("weights.safetensors", func(path string) error {
		err := predict.Save(path, j.complete())
		if errors.Is(err, predict.ErrNoDescription) {
			return nn.Save(path, j.Model.Params())
		}
		if err == nil {
			j.saved = path
		}
		return err
	})
	if j.Schema == nil {
		return err
	}
	return errors.Join(err, j.write("schema.json", func(path string) error {
		text, err := json.MarshalIndent(j.Schema, "", "\t")
		if err != nil {
			return err
		}
		return os.WriteFile(path, append(text, '\n'), 0o666)
	}))
}

func (j *Job) introduce() {
	for _, note := range j.Notes {
		fmt.Fprintf(j.log, "note: %s\n", note)
	}
	predicted := fmt.Sprintf("%d classes", len(j.Classes))
	if j.Classes == nil {
		predicted = "a value to predict"
	}
	fmt.Fprintf(j.log, "%s: %d examples to train on, %d to test with, %d features, %s\n",
		j.Data, j.Train.Len(), j.Test.Len(), j.Train.Features(), predicted)
	fmt.Fprint(j.log, nn.Summary(j.Model.Params()))
	if j.minimises() {
		fmt.Fprintf(j.log, "loss %s, λ %.3g, seed %d\n", j.Loss, j.Lambda, j.Seed)
		return
	}
	fmt.Fprintf(j.log, "loss %s, λ %g, learning rate %g, batch %d, %d epochs, seed %d\n",
		j.Loss, j.Lambda, j.Rate, j.Batch, j.Epochs, j.Seed)
}

// checkGradient compares the gradient on a few examples with a numerical one.
func (j *Job) checkGradient(ctx context.Context) error {
	start := time.Now()
	batch, err := first(j.Train, 4)
	if err != nil {
		return err
	}
	problem, err := gradcheck.LossProblem(j.loss, j.Model.Params(), batch)
	if err != nil {
		return err
	}
	report, err := gradcheck.Compute(ctx, problem, gradcheck.Sample(checked))
	if err != nil {
		return err
	}
	compared := 0
	for _, v := range report.Vars {
		compared += len(v.Coords)
	}
	if err := report.Err(); err != nil {
		fmt.Fprintf(j.log, "gradient check: %v\n", err)
		return err
	}
	fmt.Fprintf(j.log, "gradient check: ok, %d derivatives on %d examples, %.1f s\n",
		compared, min(4, j.Train.Len()), time.Since(start).Seconds())
	return nil
}

// checked is the largest number of derivatives of one parameter to check.
const checked = 1000

func (j *Job) train(ctx context.Context) ([]optim.Epoch, *optim.Trainer, error) {
	if j.minimises() {
		epochs, err := j.minimise(ctx)
		trainer, errTrainer := j.trainer(optim.SGD{LearningRate: 1}) // evaluates
		return epochs, trainer, errors.Join(err, errTrainer)
	}
	steps := j.Epochs
	if j.Batch > 0 {
		steps *= (j.Train.Len() + j.Batch - 1) / j.Batch
	}
	var rule optim.Rule = optim.SGD{LearningRate: j.Rate}
	if j.Classes == nil {
		rule = optim.Adam{LearningRate: j.Rate} // features that say the same would make the steps of SGD too long
	}
	trainer, err := j.trainer(optim.Scheduled(rule, optim.Cosine(steps, 0.01)))
	if err != nil {
		return nil, nil, err
	}
	plan := optim.Plan{
		Epochs:     j.Epochs,
		BatchSize:  j.Batch,
		Rand:       j.Rand,
		Validation: j.Test.Consecutive(evaluated),
		Progress:   j.Stderr,
		OnResume:   j.resumed,
	}
	if j.Keep != "" {
		if plan.Saver, err = checkpoint.In(j.Keep, checkpoint.Settings{}); err != nil {
			return nil, nil, fmt.Errorf("-checkpoint: %w", err)
		}
	}
	epochs, err := trainer.Fit(ctx, j.Train, plan)
	return epochs, trainer, cutShort(j.Train, err)
}

func (j *Job) trainer(rule optim.Rule) (*optim.Trainer, error) {
	options := ranks.Options(j.Comm)
	if j.Classes != nil {
		options = append(options, optim.WithScores(j.forward))
	}
	return optim.NewTrainer(j.loss, j.Model.Params(), rule, options...)
}

// resumed says from where the training goes on.
func (j *Job) resumed(s optim.State) {
	fmt.Fprintf(j.log, "going on from %s: %d steps are done, %d epochs\n", j.Keep, s.Steps, len(s.Place.Done))
}

// evaluated is the number of examples that are evaluated at once.
const evaluated = 500

func (j *Job) evaluate(t *optim.Trainer) (Summary, error) {
	s := Summary{Data: j.Data, Loss: j.Loss, Examples: j.Train.Len(), Seed: j.Seed}
	train, err := t.Evaluate(j.Train.Consecutive(evaluated))
	if err = cutShort(j.Train, err); err != nil {
		return s, err
	}
	test, err := t.Evaluate(j.Test.Consecutive(evaluated))
	if err = cutShort(j.Test, err); err != nil {
		return s, err
	}
	s.TrainLoss, s.TestLoss = train.Loss, test.Loss
	if j.Classes != nil {
		s.Accuracies = &Accuracies{TrainAccuracy: train.Accuracy, TestAccuracy: test.Accuracy}
		return s, nil
	}
	s.Fit, err = j.fits()
	return s, err
}

// report writes the summary for people, and with -json for machines.
func (j *Job) report(s Summary) error {
	train, test := s.Fit.words()
	if s.Accuracies != nil {
		train, test = fmt.Sprintf("accuracy %.2f %%", 100*s.TrainAccuracy), fmt.Sprintf("accuracy %.2f %%", 100*s.TestAccuracy)
	}
	passes := "epochs"
	if j.minimises() {
		passes = "iterations"
	}
	_, err := fmt.Fprintf(j.log, "train: %s, loss %.4f\ntest:  %s, loss %.4f\ntime:  %.1f s for %d %s\n",
		train, s.TrainLoss, test, s.TestLoss, s.Seconds, s.Epochs, passes)
	if err != nil || !j.JSON {
		return err
	}
	return json.NewEncoder(j.Stdout).Encode(s)
}

// draw leaves the pictures beside the weights, and says what there is.
func (j *Job) draw(epochs []optim.Epoch) error {
	err := errors.Join(
		j.picture("loss.png", func() (plot.Picture, error) { return j.curves(epochs), nil }),
		j.picture("templates.png", j.weights),
	)
	if j.Classes == nil {
		err = errors.Join(err, j.picture("predicted.png", j.predicted))
	} else {
		err = errors.Join(err, j.drawAnswers())
	}
	if len(j.wrote) > 0 {
		fmt.Fprintf(j.log, "wrote %s\n", strings.Join(j.wrote, ", "))
	}
	if j.saved != "" {
		fmt.Fprintf(j.log, "use it: go run ./examples/predict -model %s FILE\n", j.saved)
	}
	return err
}

// drawAnswers leaves the confusion and, of images, the worst mistakes.
func (j *Job) drawAnswers() error {
	a, err := j.answered()
	if err != nil {
		return err
	}
	err = j.picture("confusion.png", func() (plot.Picture, error) { return j.confusion(a) })
	if len(j.Shape) != 3 {
		return err
	}
	return errors.Join(err, j.picture("mistakes.png", func() (plot.Picture, error) { return j.mistakes(a) }))
}

// picture makes a picture in the folder of the settings, unless there is none.
func (j *Job) picture(name string, of func() (plot.Picture, error)) error {
	p, err := of()
	if p == nil || err != nil {
		return err
	}
	return j.write(name, func(path string) error { return plot.Save(path, p) })
}

// write makes a file in the folder of the settings, on rank 0.
func (j *Job) write(name string, create func(path string) error) error {
	if !ranks.Leads(j.Comm) {
		return nil
	}
	path := filepath.Join(j.Out, name)
	if err := create(path); err != nil {
		return err
	}
	j.wrote = append(j.wrote, path)
	return nil
}
