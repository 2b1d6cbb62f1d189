package predict

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/safetensors"
	"declive/nn"
)

// A layer describes one of package nn: its type, the names of its parameters by their
// fields, and the layers inside.
type layer struct {
	Type   string            `json:"type"`
	Params map[string]string `json:"params,omitempty"`
	Layers []layer           `json:"layers,omitempty"`
}

// ErrNoDescription is the error of [Save] and [Write] for a layer that a file cannot
// describe.
var ErrNoDescription = errors.New("has no description; save its parameters alone, with nn.Save")

// stateless are the layers that have no parameters and no settings.
var stateless = map[string]nn.Layer{"ReLU": nn.ReLU{}, "Tanh": nn.Tanh{}, "Sigmoid": nn.Sigmoid{}, "Flatten": nn.Flatten{}}

// describe returns the description of a layer, from which build makes it again.
func describe(l nn.Layer) (layer, error) {
	switch l := l.(type) {
	case nn.Sequential:
		d := layer{Type: "Sequential"}
		for i, inner := range l {
			of, err := describe(inner)
			if err != nil {
				return layer{}, fmt.Errorf("layer %d: %w", i, err)
			}
			d.Layers = append(d.Layers, of)
		}
		return d, nil
	case *nn.Linear:
		d := layer{Type: "Linear", Params: map[string]string{"weight": l.Weight.Name()}}
		if l.Bias != nil {
			d.Params["bias"] = l.Bias.Name()
		}
		return d, nil
	}
	for name, s := range stateless {
		if fmt.Sprintf("%T", l) == fmt.Sprintf("%T", s) {
			return layer{Type: name}, nil
		}
	}
	return layer{}, fmt.Errorf("a %T %w", l, ErrNoDescription)
}

// build makes the layer with the parameters of a file, each of which it must use.
func (d layer) build(tensors []safetensors.Tensor, dt tensor.Dtype) (nn.Layer, error) {
	params, err := parameters(tensors, dt)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	l, err := d.made(func(name string) (*autodiff.Param, error) {
		used[name] = true
		if p := params[name]; p != nil {
			return p, nil
		}
		return nil, fmt.Errorf("the file has no tensor %q", name)
	})
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if !used[name] {
			return nil, fmt.Errorf("the file has a tensor %q, which no layer uses", name)
		}
	}
	return l, nil
}

// made returns the layer with parameters by name.
func (d layer) made(param func(name string) (*autodiff.Param, error)) (l nn.Layer, err error) {
	switch d.Type {
	case "Sequential":
		s := nn.Sequential{}
		for i, inner := range d.Layers {
			l, err := inner.made(param)
			if err != nil {
				return nil, fmt.Errorf("layer %d: %w", i, err)
			}
			s = append(s, l)
		}
		return s, nil
	case "Linear":
		l := &nn.Linear{}
		if l.Weight, err = param(d.Params["weight"]); err != nil {
			return nil, err
		}
		if name, ok := d.Params["bias"]; ok {
			l.Bias, err = param(name)
		}
		return l, err
	}
	if l, ok := stateless[d.Type]; ok {
		return l, nil
	}
	return nil, fmt.Errorf("layer of type %q; a later version of declive may know it", d.Type)
}
