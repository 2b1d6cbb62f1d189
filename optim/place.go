package optim

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"iter"
	"slices"
	"strings"
	"time"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// A Saver keeps the states of a training, such as checkpoint.Folder.
type Saver interface {
	// Latest returns the state that was saved last, nil if there is none.
	Latest() (*State, error)

	// Due reports whether it is time to save, after so many steps.
	Due(steps int) bool

	// Save keeps a state. It does not keep the state's memory.
	Save(s *State) error
}

// A Place says where [Trainer.Fit] is in the data and what it knows of the epochs
// before.
type Place struct {
	Epoch   Epoch         // under way, or the next: its number and what is summed up so far
	Batches int           // taken of it
	Last    string        // a digest of the last of them, "" for none
	Elapsed time.Duration // since training began
	Done    []Epoch
	Ended   bool // by OnEpoch, or because patience was at its end

	BestEpoch, BestSteps int // of the lowest validation loss, or what is watched; 0 for none yet
	BestLoss             float64

	Lowered    int     // the epoch after which [Plateau] has lowered the rates last; 0 for none
	RateFactor float64 // by which it has multiplied them so far; 0 stands for 1
}

// digest returns a checksum of the bytes of a batch.
func digest(b autodiff.Batch) string {
	h := sha256.New()
	for _, v := range []*tensor.Dense{b.X, b.Y} {
		hashTensor(h, v)
	}
	for _, m := range b.More {
		fmt.Fprintf(h, "%q\n", m.Name)
		hashTensor(h, m.Value)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func hashTensor(h hash.Hash, v *tensor.Dense) {
	if v == nil {
		fmt.Fprintln(h, "none")
		return
	}
	fmt.Fprintln(h, v.Dtype(), v.Shape())
	elements := v.Data()
	if v.Dtype() == tensor.Int {
		wide := make([]int64, 0, v.Shape().TotalSize())
		for _, y := range v.Ints() {
			wide = append(wide, int64(y))
		}
		elements = wide
	}
	_ = binary.Write(h, binary.LittleEndian, elements) // a hash takes everything
}

// resume goes on from the state that was saved last, if there is one: it passes
// over the epochs that are done, so that the next has its own order.
func (f *fit) resume(batches iter.Seq[autodiff.Batch]) error {
	if f.plan.Saver == nil {
		return nil
	}
	s, err := f.plan.Saver.Latest()
	if err != nil || s == nil {
		return err
	}
	if err := f.Restore(s); err != nil {
		return err
	}
	f.place, f.start = s.Place, time.Now().Add(-s.Place.Elapsed)
	f.place.Epoch.Number = max(f.place.Epoch.Number, 1)
	for _, v := range s.Values {
		if strings.HasPrefix(v.Name, bestPrefix) {
			f.best = append(f.best, v)
		}
	}
	for range f.place.Epoch.Number - 1 {
		for b := range batches {
			if err := f.prepare(b); err != nil { // for what the loss assigns
				return err
			}
			break
		}
	}
	if f.plan.OnResume != nil {
		f.plan.OnResume(*s)
	}
	return nil
}

// errOtherData is the error of a place that the data does not have.
var errOtherData = errors.New("optim: Fit: the saved state was left in another order of the data; give the same data, BatchSize and Rand, or an empty folder")

// passed reports whether a batch was taken before the state was saved, and then
// counts down. The last of them must be the one that was seen.
func (f *fit) passed(b autodiff.Batch, skip *int) (bool, error) {
	if *skip == 0 {
		return false, nil
	}
	if *skip--; *skip == 0 {
		if seen, err := f.digest(b); err != nil || seen != f.place.Last {
			return true, cmp.Or(err, errOtherData)
		}
	}
	err := f.prepare(b) // for what the loss assigns, should no step follow
	return true, err
}

// saveIfDue saves the state after a step on a batch, if it is time to, or if ctx is
// done, whose error it returns then.
func (f *fit) saveIfDue(ctx context.Context, b autodiff.Batch) error {
	due, done := f.wanted(ctx) // asked once: what ends training must have been saved
	if f.plan.Saver == nil || !due && done == nil {
		return done
	}
	last, err := f.digest(b)
	if err != nil {
		return err
	}
	f.place.Last = last
	return errors.Join(done, f.saveState())
}

// saveBetween saves the state of a training that is interrupted between two epochs,
// such as while it is judged.
func (f *fit) saveBetween() error {
	if f.plan.Saver == nil || f.place.Batches > 0 || len(f.place.Done) == 0 {
		return nil // nothing has happened since the state was loaded
	}
	return f.saveState()
}

func (f *fit) saveState() error {
	if err := f.spoiled(f.place.Epoch); err != nil {
		return err
	}
	s, err := f.State()
	if err != nil {
		return err
	}
	s.Place = f.place
	s.Place.Done = slices.Clone(f.place.Done)
	s.Place.Elapsed = time.Since(f.start)
	s.Values = append(s.Values, f.best...)
	return f.agree(f.plan.Saver.Save(s))
}
