package nn

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"declive/autodiff"
	"declive/internal/atomicfile"
	"declive/internal/safetensors"
)

// A Writing says how parameters become tensors for another program. The zero Writing
// writes as [Save] and [WriteParams] do.
type Writing struct {
	// Names has the name of a tensor in the file for that of a parameter, such as
	// fc.weight for scores/W. A parameter that is not among Names keeps its name.
	Names map[string]string

	// Order is that of the other program.
	Order Order
}

// Save is [Save] with the names and the order of the writing. It is an error if one
// of Names is no parameter's, if two tensors get the same name, or if the order does
// not go with the parameters; then there is no file.
func (w Writing) Save(path string, params []*autodiff.Param) error {
	if err := atomicfile.Replace(path, func(to io.Writer) error { return w.write(to, params) }); err != nil {
		return fmt.Errorf("nn: save %q: %w", path, err)
	}
	return nil
}

// WriteParams is [WriteParams] as the writing's Save is [Save].
func (w Writing) WriteParams(to io.Writer, params []*autodiff.Param) error {
	if to == nil {
		return errors.New("nn: WriteParams: the writer is nil")
	}
	if err := w.write(to, params); err != nil {
		return fmt.Errorf("nn: WriteParams: %w", err)
	}
	return nil
}

func (w Writing) write(to io.Writer, params []*autodiff.Param) error {
	tensors, err := named(params)
	if err != nil {
		return err
	}
	if err := w.Order.check(params); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(w.Names)) {
		if !slices.ContainsFunc(params, func(p *autodiff.Param) bool { return p.Name() == name }) {
			return fmt.Errorf("there is no parameter %q, which is among the names", name)
		}
	}
	for i, p := range params {
		if name, ok := w.Names[p.Name()]; ok {
			tensors[i].Name = name
		}
		tensors[i].Value = w.Order.theirs(p)
	}
	return safetensors.Write(to, tensors, nil)
}
