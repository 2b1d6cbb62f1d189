package optim

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/dist"
	"declive/internal/dense"
	"declive/internal/record"
	"declive/optim/internal/bucket"
	"declive/optim/internal/part"
)

// WithRanks lets several ranks train together, each of which makes a trainer of the
// same model, loss and rule, and then the same calls in the same order:
//
//   - [Trainer.Fit] divides every batch of its data among them, and [Trainer.Evaluate]
//     its batches, unless there is a [WithMetric], which needs all examples. A batch of [Trainer.Step] is this rank's part, which may be smaller
//     than that of another or have no examples.
//   - A step takes the mean of the gradients, weighted by the numbers of examples. With
//     a loss that is a mean over examples, plus terms that do not depend on them, it is
//     the step of one process on the whole batch, to rounding.
//   - Before the first step rank 0 gives the others its parameters and slots. From then
//     on all have the same bits, which are compared every 100 steps: a difference is an
//     error that names the rank and the step.
//   - Rank 0 alone saves, logs and shows progress; OnEpoch and Watch of a [Plan] are
//     called on every rank. What ends the training on one rank ends it on all.
//
// What the loss assigns, such as running statistics of a batch normalisation, is
// averaged; the statistics by which such a layer normalises are those of the rank's
// part. Dropout and other noise of [autodiff.Graph.Random] is another on each rank.
// Gradients are summed while those of earlier layers are still being computed. An
// error of one rank is an error of all in the same step, unless that rank is lost: see
// [dist.LostError]. It is an error of [NewTrainer] if c is nil.
func WithRanks(c dist.Comm) Option {
	return func(t *Trainer) {
		t.ranks = &ranks{trainer: t, comm: c}
		t.ranks.forms = record.NewCache(t.ranks.newShare)
	}
}

// comparedEvery is the number of steps between two looks whether all have the same.
const comparedEvery = 100

// ranks are those that train together, seen from one of them.
type ranks struct {
	trainer *Trainer
	comm    dist.Comm
	forms   record.Cache[*share]
	last    *share         // of the batch before, which a rank without examples falls back on
	form    autodiff.Batch // of that batch
	begun   bool           // all have the parameters of rank 0

	due, ending bool // this rank wants to save, or to end, after the next step
	status      status
}

// A status is what a step tells all ranks, a sum over them.
type status struct {
	loss        float64 // times the number of examples
	examples    float64
	failed      float64 // ranks
	failedRanks float64 // the sum of their numbers
	due, ending float64 // ranks
}

const statusLength = 6

func (s *status) read(v *tensor.Dense) {
	for i, field := range []*float64{&s.loss, &s.examples, &s.failed, &s.failedRanks, &s.due, &s.ending} {
		*field = dense.Element(v, i)
	}
}

func (s status) write(v *tensor.Dense) {
	for i, x := range [statusLength]float64{s.loss, s.examples, s.failed, s.failedRanks, s.due, s.ending} {
		dense.SetElement(v, i, x)
	}
}

// failure names the rank that has failed, nil if none has.
func failure(failed, sumOfRanks float64) error {
	switch {
	case failed == 0:
		return nil
	case failed == 1:
		return fmt.Errorf("rank %.0f has failed", sumOfRanks)
	}
	return fmt.Errorf("%.0f ranks have failed", failed)
}

// prepare records the loss for batches like b, unless it has no examples.
func (r *ranks) prepare(b autodiff.Batch) error {
	_, err := r.shareFor(b)
	return err
}

// shareFor returns what this rank does for batches like b at the next step.
func (r *ranks) shareFor(b autodiff.Batch) (s *share, err error) {
	if err := record.Check(b); err != nil {
		return nil, fmt.Errorf("optim: %w", err)
	}
	r.trainer.enter(r.trainer.steps + 1)
	switch {
	case record.Size(b) > 0:
		r.form = b
	case r.last != nil:
		return r.last, nil
	case record.Size(r.form) == 0 || r.form.X == nil && r.form.Y == nil:
		return nil, fmt.Errorf("optim: rank %d has no example in its first batch; take batches of at least %d", r.comm.Rank(), r.comm.Size())
	}
	s, err = r.forms.For(r.form)
	r.last = s
	return s, err
}

// forget drops what was recorded for other groups.
func (r *ranks) forget() {
	if r != nil {
		r.forms, r.last = record.NewCache(r.newShare), nil
	}
}

// stepTogether is Step where there are ranks.
func (t *Trainer) stepTogether(b autodiff.Batch) (float64, error) {
	r, step := t.ranks, t.steps+1
	s, err := r.shareFor(b)
	if err == nil {
		err = t.ready()
	}
	if err != nil {
		return math.NaN(), err
	}
	if err := r.begin(); err != nil {
		return math.NaN(), fmt.Errorf("optim: step %d: %w", step, err)
	}
	own := s.contribute(b, r)
	if err := s.sums.Wait(); err != nil {
		return math.NaN(), fmt.Errorf("optim: step %d: %w", step, errors.Join(own, err))
	}
	r.status.read(s.sums.Sum(s.place))
	if err := errors.Join(own, failure(r.status.failed, r.status.failedRanks)); err != nil {
		return math.NaN(), fmt.Errorf("optim: step %d: %w", step, err)
	}
	loss, norm, err := s.follow(r.status)
	if err != nil {
		return t.failedTogether(s, b, err)
	}
	if err := t.taken(norm); err != nil {
		return loss, err
	}
	if step%comparedEvery == 0 {
		if err := r.compareState(); err != nil {
			return math.NaN(), fmt.Errorf("optim: step %d: %w", step, err)
		}
	}
	return loss, nil
}

// failedTogether is failed where there are ranks: those whose own part leaves the
// numbers name the op.
func (t *Trainer) failedTogether(s *share, b autodiff.Batch, err error) (float64, error) {
	var nonFinite *autodiff.NonFiniteError
	if !errors.As(err, &nonFinite) {
		return math.NaN(), fmt.Errorf("optim: step %d: %w", t.steps+1, err)
	}
	d := &DivergedError{Step: t.steps + 1, Loss: math.NaN()}
	if record.Size(b) > 0 {
		d = diverged(t.steps+1, s.feeds, s.Value, record.Part{Name: gradient, Nodes: s.grads})
	}
	if all := t.ranks.status.mean(); !dense.Finite(all) {
		d.Loss = all
	}
	return d.Loss, d
}

// mean returns the loss of all ranks.
func (s status) mean() float64 { return s.loss / s.examples }

// begin gives all ranks the state of rank 0, once.
func (r *ranks) begin() error {
	if r == nil || r.begun {
		return nil
	}
	t := r.trainer
	ctx, cancel := part.Patient()
	defer cancel()
	var steps [8]byte
	binary.LittleEndian.PutUint64(steps[:], uint64(t.steps))
	if err := r.comm.Broadcast(ctx, steps[:], 0); err != nil {
		return err
	}
	t.steps = int(binary.LittleEndian.Uint64(steps[:]))
	for _, p := range t.state() {
		if err := dist.BroadcastTensor(ctx, r.comm, p.Value(), 0); err != nil {
			return fmt.Errorf("the parameters of rank 0: %w", err)
		}
	}
	r.begun = true
	return nil
}

// compareState is an error if another rank has other parameters or slots.
func (r *ranks) compareState() error {
	sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	for _, p := range r.trainer.state() {
		if p.Precision() == tensor.Float32 {
			_, _ = sum.Write(dense.Bytes(p.Value().Float32s()))
		} else {
			_, _ = sum.Write(dense.Bytes(p.Value().Float64s()))
		}
	}
	return part.Same(r.comm, "parameters or slots", uint64(sum.Sum32()))
}

// A share is what one rank does of a step, for one form of batch.
type share struct {
	*record.Loss
	step, weight *autodiff.Node
	program      *autodiff.Program // n·L, n·∂L/∂w and n times what the loss assigns
	grads        []*autodiff.Node

	sums  *bucket.Sums
	of    []int // of each output of the program, its place among the sums
	place int   // of the status there

	examples *tensor.Dense // n
	status   *tensor.Dense
	feeds    []autodiff.Feed

	update        *update // what all make of the sums
	loss, inverse *autodiff.Param
	rates         []autodiff.Feed
}

// contribute computes this rank's part of the sums, and lets them begin one by one.
// An error of this rank is told to all with the status.
func (s *share) contribute(b autodiff.Batch, r *ranks) (err error) {
	own := status{due: part.One(r.due), ending: part.One(r.ending)}
	if n := record.Size(b); n > 0 {
		dense.SetElement(s.examples, 0, float64(n))
		s.feeds = append(s.Feed(s.feeds[:0], b), s.step.Feed(r.trainer.step), s.weight.Feed(s.examples))
		if _, err = s.program.Run(s.feeds...); err == nil {
			own.loss, own.examples = dense.Element(s.program.Output(0), 0), float64(n)
		}
	} else {
		s.sums.Clear()
	}
	if err != nil {
		own.failed, own.failedRanks = 1, float64(r.comm.Rank())
	}
	own.write(s.status)
	return err
}

// follow takes the step, all ranks the same, and returns the loss before it and the
// length of the gradient.
func (s *share) follow(all status) (loss, norm float64, err error) {
	dense.SetElement(s.loss.Value(), 0, all.mean())
	dense.SetElement(s.inverse.Value(), 0, 1/all.examples)
	return s.update.run(s.rates)
}

func (r *ranks) newShare(b autodiff.Batch) (s *share, err error) {
	defer autodiff.Catch(&err)
	t := r.trainer
	g := autodiff.NewTrainingGraph(t.precision)
	g.SetStream(uint64(r.comm.Rank()))
	s = &share{step: g.Input(stepName), weight: g.Input("examples of the rank"), examples: dense.Zeros(t.precision), status: dense.Zeros(t.precision, statusLength)}
	if s.Loss, err = record.New(t.loss, g, b); err != nil {
		return nil, fmt.Errorf("optim: %w", err)
	}
	kept, err := t.assignedBy(s.Loss)
	if err != nil {
		return nil, err
	}
	var targets []*autodiff.Param
	for p := range g.Assigned() {
		targets = append(targets, p)
	}
	total := s.Value.Mul(s.weight)
	_, weights := t.trainedIn(g)
	if s.grads, err = t.gradients(total, weights); err != nil {
		return nil, err
	}
	outputs := append([]*autodiff.Node(nil), s.grads...)
	for _, n := range kept {
		outputs = append(outputs, n.Inputs()[0].Mul(s.weight))
	}
	if s.program, err = autodiff.Compile(total, outputs...); err != nil {
		return nil, err
	}
	if err := s.gather(r.comm, len(s.grads), len(kept)); err != nil {
		return nil, err
	}
	return s, s.compileUpdate(t, targets)
}

// gather makes the sums, of the gradients from the last layer's on, of what the loss
// assigns, and of the status.
func (s *share) gather(c dist.Comm, grads, kept int) (err error) {
	var arrays []*tensor.Dense
	s.of = make([]int, 1+grads+kept)
	add := func(output int) {
		s.of[output] = len(arrays)
		arrays = append(arrays, s.program.Output(output))
	}
	for k := grads; k > 0; k-- {
		add(k)
	}
	for k := range kept {
		add(1 + grads + k)
	}
	s.place = len(arrays)
	if s.sums, err = bucket.New(c, append(arrays, s.status)); err != nil {
		return err
	}
	s.program.Watch(func(output int) {
		if output > 0 {
			s.sums.Give(s.of[output])
		}
		s.sums.Poll()
	})
	return nil
}

// compileUpdate records what a step makes of the sums, which are parameters of its
// graph: they are read where they lie.
func (s *share) compileUpdate(t *Trainer, kept []*autodiff.Param) error {
	g := autodiff.NewTrainingGraph(t.precision)
	s.loss, s.inverse = autodiff.NewParam("loss of all ranks", dense.Zeros(t.precision)), autodiff.NewParam("1/examples of all ranks", dense.Zeros(t.precision))
	inverse := g.Param(s.inverse)
	mean := func(output int) *autodiff.Node {
		name := fmt.Sprintf("sum %d over all ranks", output)
		return g.Param(autodiff.NewParam(name, s.sums.Sum(s.of[output]))).Mul(inverse)
	}
	u := &update{Loss: &record.Loss{Graph: g, Value: g.Param(s.loss)}, step: g.Input(stepName), trainer: t}
	u.trained, u.weights = t.trainedIn(g)
	for k := range u.trained {
		u.grads = append(u.grads, mean(1+k))
	}
	for k, p := range kept {
		u.kept = append(u.kept, g.Assign(p, mean(1+len(u.grads)+k)))
	}
	if err := u.compile(); err != nil {
		return err
	}
	s.update, s.rates = u, u.feedGroups([]autodiff.Feed{u.step.Feed(t.step)})
	return nil
}

// evaluates reports whether this rank judges the batch of a number. A metric needs all
// examples.
func (r *ranks) evaluates(number int) bool {
	return r == nil || len(r.trainer.metrics) > 0 || number%r.comm.Size() == r.comm.Rank()
}

// add makes what a rank has judged, or failed to, that of all.
func (r *ranks) add(all *tally, err error) error {
	if r == nil || len(r.trainer.metrics) > 0 {
		return err
	}
	bad := part.One(err != nil)
	sums := []float64{float64(all.examples), all.loss, float64(all.right), part.One(all.noClass), bad, bad * float64(r.comm.Rank())}
	if lost := dist.Sum(context.Background(), r.comm, dense.Wrap([]int{len(sums)}, sums)); lost != nil || err != nil {
		return errors.Join(err, lost)
	}
	if err := failure(sums[4], sums[5]); err != nil {
		return fmt.Errorf("optim: Evaluate: %w", err)
	}
	all.examples, all.loss, all.right, all.noClass = int(sums[0]), sums[1], int(sums[2]), sums[3] > 0
	return nil
}
