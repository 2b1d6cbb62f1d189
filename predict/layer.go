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

// A layer describes one of package nn: its type, the names of its parameters and
// running statistics by their fields, its settings, and the layers inside. Those of
// a Residual are its body and, if there is one, its shortcut.
type layer struct {
	Type   string            `json:"type"`
	Params map[string]string `json:"params,omitempty"`
	settings
	Layers []layer `json:"layers,omitempty"`
}

// settings are the fields of layers that are no parameters, where they are not zero.
type settings struct {
	Window  window  `json:"window,omitzero"`
	Size    int     `json:"size,omitempty"`
	Max     bool    `json:"max,omitempty"`
	Groups  int     `json:"groups,omitempty"`
	Keep    float64 `json:"keep,omitempty"`
	Epsilon float64 `json:"epsilon,omitempty"`
	Ghost   int     `json:"ghost,omitempty"`
	Form    string  `json:"form,omitempty"`
	Factor  float64 `json:"factor,omitempty"`
	Rate    float64 `json:"rate,omitempty"`
	Seed    uint64  `json:"seed,omitempty,string"` // JSON's numbers may have 53 bits
}

// window is an [autodiff.Window] with names for a file.
type window struct {
	Stride  int       `json:"stride,omitempty"`
	Pad     int       `json:"pad,omitempty"`
	Strides [2]int    `json:"strides,omitzero"`
	Pads    [2][2]int `json:"pads,omitzero"`
}

// ErrNoDescription is the error of [Save] and [Write] for a layer that a file cannot
// describe.
var ErrNoDescription = errors.New("has no description; save its parameters alone, with nn.Save")

// stateless are the layers that have no parameters and no settings.
var stateless = map[string]nn.Layer{
	"ReLU": nn.ReLU{}, "Tanh": nn.Tanh{}, "Sigmoid": nn.Sigmoid{}, "SiLU": nn.SiLU{}, "Flatten": nn.Flatten{},
}

// describe returns the description of a layer, from which build makes it again.
func describe(l nn.Layer) (layer, error) {
	switch l := l.(type) {
	case nn.Sequential:
		return describeAll("Sequential", l...)
	case nn.Residual:
		if l.Shortcut == nil {
			return describeAll("Residual", l.Body)
		}
		return describeAll("Residual", l.Body, l.Shortcut)
	case *nn.Linear:
		return layer{Type: "Linear", Params: names(fields{"weight": l.Weight, "bias": l.Bias})}, nil
	case *nn.Conv2D:
		return layer{Type: "Conv2D", Params: names(fields{"weight": l.Weight, "bias": l.Bias}), settings: settings{Window: window(l.Window)}}, nil
	case *nn.BatchNorm:
		params := names(fields{"scale": l.Scale, "shift": l.Shift, "mean": l.Mean, "variance": l.Variance})
		return layer{Type: "BatchNorm", Params: params, settings: settings{Keep: l.Keep, Epsilon: l.Epsilon, Ghost: l.Ghost}}, nil
	case *nn.LayerNorm:
		return layer{Type: "LayerNorm", Params: names(fields{"scale": l.Scale, "shift": l.Shift}), settings: settings{Epsilon: l.Epsilon}}, nil
	case *nn.RMSNorm:
		return layer{Type: "RMSNorm", Params: names(fields{"scale": l.Scale}), settings: settings{Epsilon: l.Epsilon}}, nil
	case *nn.GroupNorm:
		params := names(fields{"scale": l.Scale, "shift": l.Shift})
		return layer{Type: "GroupNorm", Params: params, settings: settings{Groups: l.Groups, Epsilon: l.Epsilon}}, nil
	case nn.MaxPool2D:
		return layer{Type: "MaxPool2D", settings: settings{Size: l.Size, Window: window(l.Window)}}, nil
	case nn.AvgPool2D:
		return layer{Type: "AvgPool2D", settings: settings{Size: l.Size, Window: window(l.Window)}}, nil
	case nn.GlobalPool:
		return layer{Type: "GlobalPool", settings: settings{Max: l.Max}}, nil
	case nn.GELU:
		return layer{Type: "GELU", settings: settings{Form: string(l.Form)}}, nil
	case nn.Scale:
		return layer{Type: "Scale", settings: settings{Factor: l.Factor}}, nil
	case nn.Dropout:
		return layer{Type: "Dropout", settings: settings{Rate: l.Rate, Seed: l.Seed}}, nil
	}
	for name, s := range stateless {
		if fmt.Sprintf("%T", l) == fmt.Sprintf("%T", s) {
			return layer{Type: name}, nil
		}
	}
	return layer{}, fmt.Errorf("a %T %w", l, ErrNoDescription)
}

// describeAll describes a layer of layers.
func describeAll(kind string, layers ...nn.Layer) (layer, error) {
	d := layer{Type: kind}
	for i, inner := range layers {
		of, err := describe(inner)
		if err != nil {
			return layer{}, fmt.Errorf("layer %d: %w", i, err)
		}
		d.Layers = append(d.Layers, of)
	}
	return d, nil
}

// fields are a layer's parameters and running statistics; nil ones are not there.
type fields map[string]*autodiff.Param

func names(of fields) map[string]string {
	out := map[string]string{}
	for field, p := range of {
		if p != nil {
			out[field] = p.Name()
		}
	}
	return out
}

// build makes the layer with the parameters of a file, each of which it must use.
func (d layer) build(tensors []safetensors.Tensor, dt tensor.Dtype) (nn.Layer, error) {
	params, err := parameters(tensors, dt)
	if err != nil {
		return nil, err
	}
	b := builder{params, map[string]bool{}}
	l, err := b.layer(d)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if !b.used[name] {
			return nil, fmt.Errorf("the file has a tensor %q, which no layer uses", name)
		}
	}
	return l, nil
}
