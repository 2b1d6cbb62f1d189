package optim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"time"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/record"
)

// Data is a set of examples to learn from, such as a datasets.Dataset.
type Data interface {
	// Len returns the number of examples.
	Len() int

	// Minibatches returns a sequence that yields all examples, size at a time,
	// the last batch smaller. Every range over it is an epoch, in a new order
	// that depends on rng. For a size below 1 it yields them all at once and
	// leaves rng alone. A batch is valid until the next one is asked for.
	Minibatches(size int, rng *rand.Rand) iter.Seq[autodiff.Batch]
}

// A Plan says how [Trainer.Fit] goes through the data.
type Plan struct {
	Epochs    int        // times that it goes through all examples; at least 1
	BatchSize int        // examples in a step; 0 takes all at once
	Rand      *rand.Rand // orders the minibatches; may be nil for BatchSize 0

	// Validation is evaluated after every epoch, unless it is nil.
	Validation iter.Seq[autodiff.Batch]

	// Patience, if not 0, ends training when so many epochs in a row have not
	// lowered the validation loss. The parameters are then, and also after the
	// last epoch, those of the lowest validation loss.
	Patience int

	// OnEpoch is called after every epoch, unless it is nil. An error ends
	// training and becomes that of Fit, except for [ErrStop].
	OnEpoch func(Epoch) error

	// Progress, unless it is nil, shows a line with the examples a second, the
	// loss and the time left, which is written again and again in its place. A
	// file that is no terminal stays empty, so that os.Stderr will do.
	Progress io.Writer
}

// ErrStop is what [Plan].OnEpoch returns to end training early without an error.
var ErrStop = errors.New("optim: stop training")

// An Epoch reports one passage through the data.
type Epoch struct {
	Number     int           // 1, 2, …
	Steps      int           // taken by the trainer in all
	Examples   int           // in this epoch
	Loss       float64       // mean over them of the loss before the step they were part of
	Validation Evaluation    // zero if the plan has none
	Elapsed    time.Duration // since training began
}

// Fit trains on all of data, epoch by epoch, and reports each. With
// [GradientDescent] every epoch is one step, and a batch size is refused.
//
// It ends early
//
//   - when ctx is done, between two steps: the error is that of ctx, and the
//     parameters are those of the last step;
//   - when a step fails: if that is a [*DivergedError], the parameters are those
//     of the beginning of the last epoch that had a finite loss to show for them;
//   - when the plan's Patience is at its end, or OnEpoch returns an error.
//
// The epochs completed until then are returned with the error.
func (t *Trainer) Fit(ctx context.Context, data Data, plan Plan) ([]Epoch, error) {
	if !t.made() {
		return nil, errUnmade
	}
	if ctx == nil {
		return nil, errors.New("optim: Fit: the context is nil; use context.Background()")
	}
	if err := t.checkPlan(data, plan); err != nil {
		return nil, err
	}
	f := &fit{Trainer: t, plan: plan, start: time.Now()}
	f.display = newDisplay(plan.Progress, plan.Epochs*data.Len(), f.start)
	defer f.display.close()
	batches := data.Minibatches(plan.BatchSize, plan.Rand)
	if batches == nil {
		return nil, fmt.Errorf("optim: Fit: %T.Minibatches returned nil, want a sequence", data)
	}
	for number := 1; number <= plan.Epochs; number++ {
		if err := f.epoch(ctx, number, batches); err != nil {
			return f.epochs, f.conclude(err)
		}
	}
	return f.epochs, f.conclude(ErrStop)
}

func (t *Trainer) checkPlan(data Data, plan Plan) error {
	switch {
	case data == nil:
		return errors.New("optim: Fit: the data is nil")
	case data.Len() < 1:
		return errors.New("optim: Fit: there are no examples")
	case plan.Epochs < 1:
		return fmt.Errorf("optim: Fit: Epochs is %d, want at least 1", plan.Epochs)
	case plan.BatchSize < 0:
		return fmt.Errorf("optim: Fit: BatchSize is %d, want 0 for all examples or more", plan.BatchSize)
	case plan.BatchSize > 0 && wholeSet(t.layers):
		return fmt.Errorf("optim: Fit: BatchSize is %d, but GradientDescent takes all examples at once; use SGD", plan.BatchSize)
	case plan.BatchSize > 0 && plan.Rand == nil:
		return errors.New("optim: Fit: minibatches need a Rand to order them")
	case plan.Patience < 0:
		return fmt.Errorf("optim: Fit: Patience is %d, want 0 for none or more", plan.Patience)
	case plan.Patience > 0 && plan.Validation == nil:
		return errors.New("optim: Fit: Patience needs a Validation to watch")
	}
	return nil
}

// A fit is one call of Fit under way.
type fit struct {
	*Trainer
	plan    Plan
	start   time.Time
	display *display
	epochs  []Epoch

	good, fresh checkpoint // of the last epoch whose loss is known to be finite; of this one
	best        checkpoint // of the lowest validation loss
	bestLoss    float64
	bestNumber  int // of its epoch, 0 for none yet
}

// epoch goes once through the batches.
func (f *fit) epoch(ctx context.Context, number int, batches iter.Seq[autodiff.Batch]) error {
	e := Epoch{Number: number}
	saved := false
	for b := range batches {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !saved {
			if err := f.begin(b); err != nil {
				return f.fallBack(err)
			}
			saved = true
		}
		loss, err := f.Step(b)
		if err != nil {
			return f.fallBack(err)
		}
		if e.Examples == 0 {
			f.good, f.fresh = f.fresh, f.good
		}
		e.Examples += record.Size(b)
		e.Loss += (loss - e.Loss) * float64(record.Size(b)) / float64(e.Examples)
		f.display.show(number, f.plan.Epochs, record.Size(b), e.Loss)
	}
	e.Steps = f.steps
	if err := f.spoiled(e); err != nil {
		return f.fallBack(err)
	}
	return f.finish(e)
}

// begin saves the state before an epoch, whose first batch is b. What the loss
// assigns is known only when it is recorded.
func (f *fit) begin(b autodiff.Batch) error {
	if _, err := f.updateFor(b); err != nil {
		return err
	}
	f.save(&f.fresh)
	return nil
}

// fallBack restores the last good parameters after a loss that is not finite.
func (f *fit) fallBack(err error) error {
	var d *DivergedError
	if errors.As(err, &d) && len(f.good.values) > 0 {
		f.restore(&f.good)
	}
	return err
}

// spoiled looks for a parameter that the epoch's last step has made NaN or
// infinite, which only a trainer without a gradient norm allows.
func (f *fit) spoiled(e Epoch) error {
	if !f.plain {
		return nil
	}
	for _, p := range f.params {
		if at := dense.FirstNonFinite(p.Value()); at >= 0 {
			return fmt.Errorf("optim: Fit: %s has an element %v after epoch %d: %w",
				p.Name(), dense.Element(p.Value(), at), e.Number, &DivergedError{Step: f.steps, Loss: e.Loss})
		}
	}
	return nil
}

// finish evaluates and reports an epoch and decides whether to go on.
func (f *fit) finish(e Epoch) error {
	if f.plan.Validation != nil {
		v, err := f.Evaluate(f.plan.Validation)
		if err != nil {
			return f.fallBack(err)
		}
		e.Validation = v
	}
	e.Elapsed = time.Since(f.start)
	f.epochs = append(f.epochs, e)
	stop := f.watch(e)
	if f.plan.OnEpoch != nil {
		if err := f.plan.OnEpoch(e); err != nil {
			return err
		}
	}
	return stop
}

// watch keeps the parameters of the lowest validation loss, and returns ErrStop
// when the plan's patience is at its end.
func (f *fit) watch(e Epoch) error {
	if f.plan.Patience == 0 {
		return nil
	}
	if f.bestNumber == 0 || e.Validation.Loss < f.bestLoss {
		f.bestNumber, f.bestLoss = e.Number, e.Validation.Loss
		f.save(&f.best)
	}
	if e.Number-f.bestNumber >= f.plan.Patience {
		return ErrStop
	}
	return nil
}

// conclude restores the best parameters if training ended as planned.
func (f *fit) conclude(err error) error {
	if !errors.Is(err, ErrStop) {
		return err
	}
	if f.bestNumber > 0 {
		f.restore(&f.best)
	}
	return nil
}
