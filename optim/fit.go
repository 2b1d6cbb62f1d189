package optim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"math/rand/v2"
	"time"

	"declive/autodiff"
)

// Data is a set of examples to learn from, such as a datasets.Dataset.
type Data interface {
	// Len returns the number of examples.
	Len() int

	// Minibatches returns a sequence that yields all examples, size at a time,
	// the last batch smaller. Every range over it is an epoch, in a new order
	// that depends on rng. For a size below 1 it yields them all at once and
	// leaves rng alone. A batch is valid until the next one is asked for. The order
	// of an epoch does not depend on how far the epochs before it went.
	Minibatches(size int, rng *rand.Rand) iter.Seq[autodiff.Batch]
}

// A Plan says how [Trainer.Fit] goes through the data.
type Plan struct {
	Epochs    int        // times that it goes through all examples; at least 1
	BatchSize int        // examples in a step; 0 takes all at once
	Rand      *rand.Rand // orders the minibatches; may be nil for BatchSize 0

	// Accumulate, if above 1, makes one step of so many batches, see [Accumulate].
	Accumulate int

	// Validation is evaluated after every epoch, unless it is nil.
	Validation iter.Seq[autodiff.Batch]

	// Patience, if not 0, ends training when so many epochs in a row have not
	// lowered the validation loss, or what Watch returns, by more than MinDelta. The
	// parameters are then, and also after the last epoch, those of the epoch with the
	// lowest, which is marked as Restored.
	Patience int
	MinDelta float64
	Watch    func(Epoch) float64 // nil for the validation loss; the lower, the better

	// Plateau, unless it is zero, lowers the learning rates where training gets no
	// further.
	Plateau Plateau

	// OnEpoch is called after every epoch, unless it is nil. An error ends
	// training and becomes that of Fit, except for [ErrStop].
	OnEpoch func(Epoch) error

	// Saver, unless it is nil, keeps the state of the training when it says that it
	// is time to, when ctx is done and at the end. If it has one already, Fit goes
	// on from it, and ends with the bits of a training that was not interrupted;
	// for that the data, the batch size and the generator have to be made as they
	// were. A state of other parameters, another rule or other data is an error.
	Saver Saver

	// OnResume is called before training goes on from a state, unless it is nil.
	OnResume func(State)

	// Log, unless it is nil, is told of every step and epoch. After going on from a
	// saved state it is told of the steps since then once more.
	Log Log

	// Progress, unless it is nil, shows how far training is: on a terminal as a line
	// that is written again and again in its place and is no wider than that; in a file,
	// a pipe or the like as a line every five seconds, so that short trainings leave it
	// empty. os.Stderr will do.
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
	Restored   bool          // Fit has left the parameters as they were after this epoch
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
	f := &fit{Trainer: t, plan: t.ranks.of(plan), start: time.Now()}
	batches, err := f.batches(data)
	if err != nil {
		return nil, err
	}
	f.place.Epoch.Number = 1
	if err := f.resume(batches); err != nil {
		return nil, err
	}
	f.display = newDisplay(f.plan.Progress, plan.Epochs*data.Len()-f.examples(), time.Now())
	defer f.display.close()
	f.place.RateFactor = cmp.Or(f.place.RateFactor, 1)
	f.factor = f.place.RateFactor
	defer func() { f.factor = 1 }()
	err = f.run(ctx, batches)
	return f.place.Done, f.conclude(err)
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
	case plan.Accumulate < 0 || plan.Accumulate > 1 && plan.BatchSize == 0:
		return fmt.Errorf("optim: Fit: Accumulate is %d and BatchSize %d, want batches to accumulate, or 0", plan.Accumulate, plan.BatchSize)
	case plan.BatchSize > 0 && t.wantsAll():
		return fmt.Errorf("optim: Fit: BatchSize is %d, but GradientDescent takes all examples at once; use SGD", plan.BatchSize)
	case plan.BatchSize > 0 && plan.Rand == nil:
		return errors.New("optim: Fit: minibatches need a Rand to order them")
	case plan.Patience < 0:
		return fmt.Errorf("optim: Fit: Patience is %d, want 0 for none or more", plan.Patience)
	case plan.watches() && plan.Validation == nil && plan.Watch == nil:
		return errors.New("optim: Fit: Patience and Plateau need a Validation, or a Watch, to go by")
	case !(plan.MinDelta >= 0) || math.IsInf(plan.MinDelta, 0):
		return fmt.Errorf("optim: Fit: MinDelta is %v, want 0 or a positive number", plan.MinDelta)
	case !plan.watches() && (plan.MinDelta > 0 || plan.Watch != nil):
		return errors.New("optim: Fit: MinDelta and Watch have no meaning without Patience or Plateau")
	}
	return plan.Plateau.check()
}

// watches reports whether something depends on the loss of epochs.
func (p Plan) watches() bool { return p.Patience > 0 || p.Plateau != Plateau{} }
