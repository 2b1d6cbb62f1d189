package optim

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"time"

	"declive/autodiff"
	"declive/internal/dense"
)

// A fit is one call of Fit under way.
type fit struct {
	*Trainer
	plan    Plan
	start   time.Time
	display *display
	place   Place

	good, fresh snapshot         // of the last epoch whose loss is known to be finite; of this one
	best        []autodiff.Named // the state of the lowest validation loss
}

// run goes through the epochs that the plan has left.
func (f *fit) run(ctx context.Context, batches iter.Seq[autodiff.Batch]) error {
	for f.place.Epoch.Number <= f.plan.Epochs && !f.place.Ended {
		if err := f.epoch(ctx, batches); err != nil {
			return err
		}
	}
	return nil
}

// examples returns the number of examples seen so far, epochs counted apart.
func (f *fit) examples() int {
	n := f.place.Epoch.Examples
	for _, e := range f.place.Done {
		n += e.Examples
	}
	return n
}

// epoch goes once through the batches, but for those that are passed.
func (f *fit) epoch(ctx context.Context, batches iter.Seq[autodiff.Batch]) error {
	skip, begun := f.place.Batches, false
	for b := range batches {
		if passed, err := f.passed(b, &skip); err != nil {
			return err
		} else if passed {
			continue
		}
		if !begun {
			if err := f.over(ctx); err != nil {
				return errors.Join(err, f.saveBetween())
			}
			if err := f.begin(b); err != nil {
				return f.fallBack(err)
			}
		}
		f.wish(ctx)
		if err := f.follow(b); err != nil {
			return f.fallBack(err)
		}
		if !begun {
			f.good, f.fresh, begun = f.fresh, f.good, true
		}
		if err := f.saveIfDue(ctx, b); err != nil {
			return f.fallBack(err)
		}
	}
	if skip > 0 {
		return errOtherData
	}
	f.place.Epoch.Steps = f.steps
	if err := f.spoiled(f.place.Epoch); err != nil {
		return f.fallBack(err)
	}
	return f.finish(f.place.Epoch)
}

// follow takes a step on a batch and counts it.
func (f *fit) follow(b autodiff.Batch) error {
	loss, err := f.Step(b)
	if err != nil {
		return err
	}
	e := &f.place.Epoch
	f.place.Batches++
	n := f.size(b)
	e.Examples += n
	if n > 0 {
		e.Loss += (loss - e.Loss) * float64(n) / float64(e.Examples)
	}
	f.display.show(e.Number, f.plan.Epochs, n, e.Loss)
	return f.logStep(loss, n)
}

// begin saves the state before the steps of an epoch, whose first batch is b. What the loss
// assigns is known only when it is recorded.
func (f *fit) begin(b autodiff.Batch) error {
	if err := f.prepare(b); err != nil {
		return err
	}
	if err := f.ranks.begin(); err != nil {
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

// finish evaluates and reports an epoch.
func (f *fit) finish(e Epoch) error {
	if f.plan.Validation != nil {
		v, err := f.Evaluate(f.plan.Validation)
		if err != nil {
			return f.fallBack(err)
		}
		e.Validation = v
	}
	e.Elapsed = time.Since(f.start)
	f.place.Done = append(f.place.Done, e)
	f.place.Epoch, f.place.Batches, f.place.Last = Epoch{Number: e.Number + 1}, 0, ""
	return f.agree(f.report(e))
}

// report tells of an epoch, and returns ErrStop if that was the last.
func (f *fit) report(e Epoch) error {
	if f.plan.Log != nil {
		if err := f.plan.Log.LogEpoch(e); err != nil {
			return err
		}
	}
	stop := f.watch(e)
	if stop != nil && !errors.Is(stop, ErrStop) {
		return stop
	}
	if f.plan.OnEpoch != nil {
		if err := f.plan.OnEpoch(e); err != nil {
			return err
		}
	}
	return stop
}

// watch keeps the parameters of the lowest validation loss, lowers the rates where it
// falls no more, and returns ErrStop when the plan's patience is at its end.
func (f *fit) watch(e Epoch) error {
	if !f.plan.watches() {
		return nil
	}
	watched := e.Validation.Loss
	if f.plan.Watch != nil {
		watched = f.plan.Watch(e)
	}
	if math.IsNaN(watched) {
		return fmt.Errorf("optim: Fit: Watch returned NaN after epoch %d", e.Number)
	}
	if f.place.BestEpoch == 0 || watched < f.place.BestLoss-f.plan.MinDelta {
		f.place.BestEpoch, f.place.BestLoss, f.place.BestSteps = e.Number, watched, f.steps
		if f.plan.Patience > 0 {
			f.best = f.copies(bestPrefix)
		}
	}
	if f.plan.Patience > 0 && e.Number-f.place.BestEpoch >= f.plan.Patience {
		return ErrStop
	}
	f.lowerRates(e.Number)
	return nil
}

// conclude saves the state and then restores the best parameters, if training
// ended as planned.
func (f *fit) conclude(err error) error {
	if err != nil && !errors.Is(err, ErrStop) {
		return err
	}
	f.place.Ended = f.place.Ended || err != nil
	if f.plan.Saver != nil {
		if err := f.saveState(); err != nil {
			return err
		}
	}
	if f.plan.Patience > 0 && f.place.BestEpoch > 0 {
		f.set(f.best, bestPrefix)
		f.steps = f.place.BestSteps
		for i := range f.place.Done {
			f.place.Done[i].Restored = f.place.Done[i].Number == f.place.BestEpoch
		}
	}
	return nil
}
