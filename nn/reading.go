package nn

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/safetensors"
)

// A Reading says how tensors of another program become parameters. The zero Reading
// reads as [Load] and [ReadParams] do.
type Reading struct {
	// Names has the name of a parameter for that of a tensor in the file, such as
	// scores/W for fc.weight. "" leaves the tensor out, whatever its precision; a
	// tensor that is not among Names keeps its name.
	Names map[string]string

	// Convert allows tensors of F16, BF16, F32 and F64 whatever the parameter's
	// precision, to which they are rounded.
	Convert bool

	// Order is that of the other program.
	Order Order
}

// Load is [Load] with the names, precisions and order of the reading. It is an error if
// the file lacks one of Names, if the order does not go with the parameters, or if a
// number is too large for the precision that it is rounded to; then no parameter is
// changed.
func (r Reading) Load(path string, params []*autodiff.Param) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("nn: load: %w", err)
	}
	defer f.Close()
	if err := r.read(f, params); err != nil {
		return fmt.Errorf("nn: load %s: %w", path, err)
	}
	return nil
}

// ReadParams is [ReadParams] as the reading's Load is [Load].
func (r Reading) ReadParams(from io.Reader, params []*autodiff.Param) error {
	if from == nil {
		return errors.New("nn: ReadParams: the reader is nil")
	}
	if err := r.read(from, params); err != nil {
		return fmt.Errorf("nn: ReadParams: %w", err)
	}
	return nil
}

func (r Reading) read(from io.Reader, params []*autodiff.Param) error {
	if len(r.Names) == 0 && !r.Convert && !r.Order.ChannelsFirst && len(r.Order.Flattened) == 0 {
		return read(from, params)
	}
	if _, err := named(params); err != nil {
		return err
	}
	if err := r.Order.check(params); err != nil {
		return err
	}
	f, err := safetensors.Open(from)
	if err != nil {
		return err
	}
	if err := r.known(f); err != nil {
		return err
	}
	tensors, err := f.All(r.leavesOut)
	if err != nil {
		return err
	}
	return r.assign(tensors, params)
}

// known refuses names that the file lacks.
func (r Reading) known(f *safetensors.File) error {
	for _, name := range slices.Sorted(maps.Keys(r.Names)) {
		if !slices.ContainsFunc(f.Entries, func(e safetensors.Entry) bool { return e.Name == name }) {
			return fmt.Errorf("the file has no tensor %q, which is among the names", name)
		}
	}
	return nil
}

// rename returns the parameter's name for that of a tensor.
func (r Reading) rename(name string) string {
	if to, ok := r.Names[name]; ok {
		return to
	}
	return name
}

func (r Reading) leavesOut(name string) bool { return r.rename(name) == "" }

// assign gives the parameters the values of the tensors, all or none.
func (r Reading) assign(tensors []safetensors.Tensor, params []*autodiff.Param) error {
	values := make([]*tensor.Dense, len(params))
	for _, t := range tensors {
		name := r.rename(t.Name)
		i := slices.IndexFunc(params, func(p *autodiff.Param) bool { return p.Name() == name })
		switch {
		case i < 0:
			return fmt.Errorf("the file has a tensor %q, which is not among the parameters; leave it out or rename it by Names", t.Name)
		case values[i] != nil:
			return fmt.Errorf("two tensors of the file are for the parameter %s", name)
		}
		v, err := r.fitted(t, params[i])
		if err != nil {
			return err
		}
		values[i] = v
	}
	for i, p := range params {
		if values[i] == nil {
			return fmt.Errorf("the file has no tensor for the parameter %s", p.Name())
		}
	}
	for i, p := range params {
		dense.Assign(p.Value(), values[i])
	}
	return nil
}

// fitted returns t's elements in the precision and the order of p, whose shape in the
// file it must have.
func (r Reading) fitted(t safetensors.Tensor, p *autodiff.Param) (*tensor.Dense, error) {
	shape := autodiff.Shape(t.Value.Shape())
	if want := r.Order.stored(p); !shape.Equal(want) {
		return nil, r.misfit(t.Name, shape, want, p)
	}
	if t.Value.Dtype() == p.Precision() {
		return r.Order.ours(p, t.Value), nil
	}
	if !r.Convert {
		return nil, fmt.Errorf("tensor %q is %v in the file, the parameter %s %v; set Convert", t.Name, t.Value.Dtype(), p.Name(), p.Precision())
	}
	v := dense.New(p.Precision(), shape, dense.Floats(t.Value))
	if i := dense.FirstNonFinite(v); i >= 0 && dense.Finite(dense.Element(t.Value, i)) {
		return nil, fmt.Errorf("tensor %q has %v, which is too large for %v", t.Name, dense.Element(t.Value, i), p.Precision())
	}
	return r.Order.ours(p, v), nil
}

// misfit is the error of a tensor that has not the shape wanted of it.
func (r Reading) misfit(name string, shape, want autodiff.Shape, p *autodiff.Param) error {
	err := fmt.Errorf("tensor %q is of shape %v in the file, the parameter %s of %v", name, shape, p.Name(), p.Shape())
	switch {
	case !want.Equal(p.Shape()):
		return fmt.Errorf("%w, which is %v with the channels first", err, want)
	case shape.Equal(Order{ChannelsFirst: true}.stored(p)):
		return fmt.Errorf("%w; set ChannelsFirst of the Order", err)
	}
	return err
}
