package surface

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"

	"declive/autodiff"
	"declive/examples/playground/internal/wire"
	"declive/optim"
	"declive/optim/curvature"
)

// Settings are what the controls of the view say. Rate, Batch and Momentum may change
// while the methods run.
type Settings struct {
	Surface   string    `json:"surface"`
	Condition float64   `json:"condition"` // of the quadratic's Hessian
	Methods   []string  `json:"methods"`
	Rate      float64   `json:"rate"`
	Batch     int       `json:"batch"` // examples; all are taken if it is as large
	Momentum  float64   `json:"momentum"`
	Start     []float64 `json:"start"` // nil for the surface's own
	Seed      uint64    `json:"seed"`
}

// A Race is a surface with the methods that run on it.
type Race struct {
	settings  Settings
	surface   *surface
	objective *curvature.Objective // over all examples
	runners   []*runner
	steps     int
}

// resolution is the number of points of the map, across and up.
const resolution = 72

// A Ground is what does not change while the methods run.
type Ground struct {
	Box   Box          `json:"box"`
	Size  int          `json:"size"` // of the map, across and up
	Map   wire.Picture `json:"map"`  // row by row from the bottom
	Start []float64    `json:"start"`
	Frame *Frame       `json:"frame"`
}

// A Frame is what has come since the last one.
type Frame struct {
	Steps   int        `json:"steps"`
	Runners []Progress `json:"runners"`
}

// A Progress is that of a method: the points and losses after each new step.
type Progress struct {
	Method   string        `json:"method"`
	Points   []wire.Number `json:"points"` // u and v in turn
	Losses   []wire.Number `json:"losses"`
	Examples []int         `json:"examples"` // looked at by then
	Diverged bool          `json:"diverged"`
	Level    *Level        `json:"level,omitempty"` // where the last step began
}

// New returns a race before its first step.
func New(s Settings) (*Race, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	surface, err := newSurface(s.Surface, s.Condition, rand.New(rand.NewPCG(s.Seed, 1)))
	if err != nil {
		return nil, err
	}
	r := &Race{settings: s, surface: surface}
	if len(s.Start) != 2 {
		r.settings.Start = surface.start
	}
	all, err := surface.data.All()
	if err != nil {
		return nil, err
	}
	w := newWeights(r.settings.Start)
	if r.objective, err = curvature.NewObjective(surface.of(w), []*autodiff.Param{w}, all); err != nil {
		return nil, err
	}
	for _, name := range s.Methods {
		runner, err := r.enter(name)
		if err != nil {
			return nil, err
		}
		r.runners = append(r.runners, runner)
	}
	return r, nil
}

func (s Settings) check() error {
	switch {
	case !(s.Rate > 0) || math.IsInf(s.Rate, 1):
		return fmt.Errorf("surface: rate %v, want a positive number", s.Rate)
	case s.Batch < 1:
		return fmt.Errorf("surface: batch %d, want 1 or more", s.Batch)
	case !(s.Momentum > 0 && s.Momentum < 1):
		return fmt.Errorf("surface: momentum %v, want a number between 0 and 1", s.Momentum)
	case !(s.Condition >= 1):
		return fmt.Errorf("surface: condition %v, want 1 or more", s.Condition)
	}
	return known(s.Methods)
}

// Ground returns the map of the surface, and the frame before the first step.
func (r *Race) Ground() (*Ground, error) {
	table, err := r.surface.tabulate(resolution)
	if err != nil {
		return nil, err
	}
	return &Ground{r.surface.box, resolution, table, r.settings.Start, r.frame()}, nil
}

// Tune takes over what may change while the methods run.
func (r *Race) Tune(s Settings) error {
	if err := s.check(); err != nil {
		return err
	}
	momentum, batch := r.settings.Momentum, r.settings.Batch
	r.settings.Rate, r.settings.Batch, r.settings.Momentum = s.Rate, s.Batch, s.Momentum
	for _, runner := range r.runners {
		if s.Momentum != momentum {
			if err := runner.remake(&r.settings); err != nil {
				return err
			}
		}
		if s.Batch != batch {
			runner.deal(r.surface, s.Batch)
		}
	}
	return nil
}

// Advance lets every method take steps, and returns them.
func (r *Race) Advance(steps int) (*Frame, error) {
	for range steps {
		r.steps++
		for _, runner := range r.runners {
			if err := runner.advance(); err != nil {
				return nil, err
			}
		}
	}
	for _, runner := range r.runners {
		if err := runner.findLevel(); err != nil {
			return nil, err
		}
	}
	return r.frame(), nil
}

// frame returns what the runners have done since the last frame.
func (r *Race) frame() *Frame {
	f := &Frame{Steps: r.steps, Runners: []Progress{}}
	for _, runner := range r.runners {
		f.Runners = append(f.Runners, runner.news)
		runner.news = Progress{Method: runner.name, Diverged: runner.news.Diverged}
	}
	return f
}

// Close ends what the runners hold.
func (r *Race) Close() {
	for _, runner := range r.runners {
		runner.stop()
	}
}

// A runner is a method on its way.
type runner struct {
	method
	name      string
	w         *autodiff.Param
	loss      autodiff.LossFunc
	objective *curvature.Objective // that of the race
	stepper   optim.Stepper
	next      func() (autodiff.Batch, bool)
	stop      func()
	rng       *rand.Rand
	seen      int
	before    []float64 // the last step
	news      Progress
}

// enter puts a method at the start.
func (r *Race) enter(name string) (*runner, error) {
	w := newWeights(r.settings.Start)
	u := &runner{method: methods[name], name: name, w: w, loss: r.surface.of(w), objective: r.objective, stop: func() {}}
	u.rng = rand.New(rand.NewPCG(r.settings.Seed, 3)) // the same batches for all
	u.news.Method = name
	u.deal(r.surface, r.settings.Batch)
	var err error
	if u.stepper, err = u.make(u, &r.settings); err != nil {
		return nil, err
	}
	return u, u.record()
}

// remake makes the stepper again, for another momentum, with what it remembers.
func (u *runner) remake(s *Settings) error {
	old, ok := u.stepper.(*optim.Trainer)
	if !ok {
		return nil
	}
	state, err := old.State()
	if err != nil {
		return err
	}
	if u.stepper, err = u.make(u, s); err != nil {
		return err
	}
	return u.stepper.(*optim.Trainer).Restore(state)
}

// deal begins to take batches of a size. One method looks at all examples, whatever
// the size.
func (u *runner) deal(s *surface, size int) {
	u.stop()
	if u.sight > 0 {
		size = 0
	}
	epoch := s.data.Minibatches(size, u.rng)
	u.next, u.stop = iter.Pull(func(yield func(autodiff.Batch) bool) {
		for {
			for batch := range epoch {
				if !yield(batch) {
					return
				}
			}
		}
	})
}

// far is where a way is taken to diverge: long before numbers overflow, long after
// the picture's edge.
const far = 1e6

// advance takes one step, unless the method has diverged.
func (u *runner) advance() error {
	if u.news.Diverged {
		return nil
	}
	batch, _ := u.next()
	u.before = u.point()
	_, err := u.stepper.Step(batch)
	if diverged := (*optim.DivergedError)(nil); errors.As(err, &diverged) {
		u.news.Diverged = true
		return nil
	}
	if err != nil {
		return fmt.Errorf("surface: %s: %w", u.name, err)
	}
	u.seen += max(u.sight*examples, u.size(batch))
	return u.record()
}

// size returns the number of examples of a minibatch, 0 for a method without.
func (u *runner) size(b autodiff.Batch) int {
	if u.sight > 0 {
		return 0
	}
	return b.X.Shape()[0]
}

// record adds the present point to the news.
func (u *runner) record() error {
	w := u.point()
	loss, err := u.objectiveAt(w)
	u.news.Points = append(u.news.Points, wire.Numbers(w)...)
	u.news.Losses = append(u.news.Losses, wire.Number(loss))
	u.news.Examples = append(u.news.Examples, u.seen)
	u.news.Diverged = !(math.Hypot(w[0], w[1]) < far) || math.IsNaN(loss)
	return err
}

// point returns a copy of the weights.
func (u *runner) point() []float64 { return slices.Clone(u.w.Value().Float64s()) }

// objectiveAt returns the loss over all examples.
func (u *runner) objectiveAt(w []float64) (float64, error) { return lossAt(u.objective, w) }

func lossAt(o *curvature.Objective, w []float64) (float64, error) {
	if err := o.Move(w); err != nil {
		return 0, err
	}
	return o.Loss()
}

func newWeights(at []float64) *autodiff.Param {
	return autodiff.NewParam("w", vector(slices.Clone(at)))
}
