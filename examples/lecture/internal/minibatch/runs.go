package minibatch

import (
	"context"
	"iter"
	"math"
	"strings"
	"time"

	"declive/autodiff"
	"declive/examples/lecture/internal/lesson"
	"declive/optim"
)

// A point of a run is where it has come with some work.
type point struct {
	examples int // whose loss or gradient was computed
	seconds  float64
	loss     float64 // over all examples
}

// A run lowers a loss with one method.
type run struct {
	name    string
	stepper optim.Stepper
	batches iter.Seq[autodiff.Batch] // an epoch
	rate    float64                  // of learning, if it has one
	steps   int
	each    int                     // examples whose loss a step computes
	loss    func() (float64, error) // over all examples, not timed
	points  []point
}

// take makes the steps and looks at the loss every now and then: at first after
// each step, later when a quarter more has been done.
func (r *run) take(ctx context.Context, s *lesson.Setting) error {
	var took time.Duration
	done, next := 0, 0
	if err := r.look(done, took); err != nil {
		return err
	}
	start := s.Now()
	for b := range endless(r.batches) {
		if _, err := r.stepper.Step(b); err != nil {
			return err
		}
		done++
		if done < next && done < r.steps {
			continue
		}
		took += s.Now().Sub(start)
		if err := r.look(done, took); err != nil {
			return err
		}
		if done >= r.steps || ctx.Err() != nil {
			return ctx.Err()
		}
		next = max(done+1, int(math.Ceil(1.25*float64(done))))
		start = s.Now()
	}
	return nil
}

func (r *run) look(done int, took time.Duration) error {
	loss, err := r.loss()
	r.points = append(r.points, point{done * r.each, took.Seconds(), loss})
	return err
}

func (r *run) last() point { return r.points[len(r.points)-1] }

// below returns the first point with a lower loss.
func (r *run) below(loss float64) (point, bool) {
	for _, p := range r.points {
		if p.loss < loss {
			return p, true
		}
	}
	return point{}, false
}

// title returns the name as a sentence begins.
func (r *run) title() string { return strings.ToUpper(r.name[:1]) + r.name[1:] }

// endless repeats an epoch.
func endless(epoch iter.Seq[autodiff.Batch]) iter.Seq[autodiff.Batch] {
	return func(yield func(autodiff.Batch) bool) {
		for {
			for b := range epoch {
				if !yield(b) {
					return
				}
			}
		}
	}
}
