package predict

import (
	"fmt"

	"declive/autodiff"
	"declive/nn"
)

// A builder makes layers from descriptions, with the parameters of a file by name.
type builder struct {
	params map[string]*autodiff.Param
	used   map[string]bool
}

// needed are the fields without which a layer has no meaning.
var needed = map[string][]string{"Linear": {"weight"}, "Conv2D": {"weight"}, "BatchNorm": {"mean", "variance"}}

// layer makes the layer that d describes.
func (b builder) layer(d layer) (nn.Layer, error) {
	if l, ok := stateless[d.Type]; ok {
		return l, nil
	}
	p, err := b.fields(d)
	if err != nil {
		return nil, err
	}
	window := autodiff.Window(d.Window)
	switch d.Type {
	case "Sequential":
		return b.layers(d.Layers)
	case "Residual":
		return b.residual(d)
	case "Linear":
		return &nn.Linear{Weight: p["weight"], Bias: p["bias"]}, nil
	case "Conv2D":
		return &nn.Conv2D{Weight: p["weight"], Bias: p["bias"], Window: window}, nil
	case "BatchNorm":
		return &nn.BatchNorm{Scale: p["scale"], Shift: p["shift"], Mean: p["mean"], Variance: p["variance"], Keep: d.Keep, Epsilon: d.Epsilon, Ghost: d.Ghost}, nil
	case "LayerNorm":
		return &nn.LayerNorm{Scale: p["scale"], Shift: p["shift"], Epsilon: d.Epsilon}, nil
	case "RMSNorm":
		return &nn.RMSNorm{Scale: p["scale"], Epsilon: d.Epsilon}, nil
	case "GroupNorm":
		return &nn.GroupNorm{Groups: d.Groups, Scale: p["scale"], Shift: p["shift"], Epsilon: d.Epsilon}, nil
	case "MaxPool2D":
		return nn.MaxPool2D{Size: d.Size, Window: window}, nil
	case "AvgPool2D":
		return nn.AvgPool2D{Size: d.Size, Window: window}, nil
	case "GlobalPool":
		return nn.GlobalPool{Max: d.Max}, nil
	case "GELU":
		return nn.GELU{Form: nn.GELUForm(d.Form)}, nil
	case "Scale":
		return nn.Scale{Factor: d.Factor}, nil
	case "Dropout":
		return nn.Dropout{Rate: d.Rate, Seed: d.Seed}, nil
	}
	return nil, fmt.Errorf("layer of type %q; a later version of declive may know it", d.Type)
}

// fields returns the parameters and running statistics of a layer.
func (b builder) fields(d layer) (fields, error) {
	for _, field := range needed[d.Type] {
		if d.Params[field] == "" {
			return nil, fmt.Errorf("a %s has no %s", d.Type, field)
		}
	}
	out := fields{}
	for field, name := range d.Params {
		if out[field] = b.params[name]; out[field] == nil {
			return nil, fmt.Errorf("the file has no tensor %q", name)
		}
		b.used[name] = true
	}
	return out, nil
}

func (b builder) layers(of []layer) (nn.Sequential, error) {
	s := nn.Sequential{}
	for i, inner := range of {
		l, err := b.layer(inner)
		if err != nil {
			return nil, fmt.Errorf("layer %d: %w", i, err)
		}
		s = append(s, l)
	}
	return s, nil
}

func (b builder) residual(d layer) (nn.Layer, error) {
	s, err := b.layers(d.Layers)
	if err != nil {
		return nil, err
	}
	switch len(s) {
	case 1:
		return nn.Residual{Body: s[0]}, nil
	case 2:
		return nn.Residual{Body: s[0], Shortcut: s[1]}, nil
	}
	return nil, fmt.Errorf("a Residual has %d layers, want its body or its body and shortcut", len(s))
}
