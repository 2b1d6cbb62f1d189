package onnx

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/internal/atomicfile"
	"declive/nn"
	"declive/predict"
)

// Save writes a model to a file, which appears complete or not at all. It is an error
// if predict.New refuses the model, if a layer is not one of package nn or is an
// nn.Func or an nn.AvgPool2D with padding as wide as its windows, or if a parameter is
// named x, scores or %….
func Save(path string, m predict.Model) error {
	if err := atomicfile.Replace(path, func(w io.Writer) error { return write(w, m) }); err != nil {
		return fmt.Errorf("onnx: save %q: %w", path, err)
	}
	return nil
}

// Write writes a model to w as [Save] writes it to a file.
func Write(w io.Writer, m predict.Model) error {
	if w == nil {
		return errors.New("onnx: Write: the writer is nil")
	}
	if err := write(w, m); err != nil {
		return fmt.Errorf("onnx: Write: %w", err)
	}
	return nil
}

func write(w io.Writer, m predict.Model) error {
	p, err := predict.New(m)
	if err != nil {
		return err
	}
	g := &graph{element: elementFloat}
	if params := slices.Concat(m.Layer.Params(), nn.Statistics(m.Layer)); len(params) > 0 && params[0].Precision() == tensor.Float64 {
		g.element = elementDouble
	}
	if err := g.model(p.Model()); err != nil {
		return err
	}
	zero, err := p.Scores(nil, make([]float64, autodiff.Shape(m.Shape).Size()))
	if err != nil {
		return err
	}
	text, err := metadata(m)
	if err != nil {
		return err
	}
	_, err = w.Write(g.file(m.Shape, len(zero), text))
	return err
}

// model adds all that leads from raw features to scores.
func (g *graph) model(m predict.Model) error {
	x := g.shifted("x", m.Transform, m.Shape)
	if len(m.Shape) == 0 {
		x = g.node("Flatten", x) // numbers become rows of one
	}
	x, err := g.layer(m.Layer, x)
	if err != nil {
		return err
	}
	if t := m.Targets; t.Shift != nil {
		scale := make([]float64, len(t.Scale))
		for i, v := range t.Scale {
			scale[i] = 1 / v
		}
		x = g.node("Mul", x, g.constant("target_scale", []int{len(scale)}, scale))
		x = g.node("Add", x, g.constant("target_shift", []int{len(t.Shift)}, t.Shift))
	}
	g.rename(x, "scores")
	return nil
}

// shifted adds (x − Shift)·Scale, for examples of a shape.
func (g *graph) shifted(x string, t datasets.Transform, shape []int) string {
	if t.Shift == nil {
		return x
	}
	like := func(v []float64) []int {
		if len(v) == 1 {
			return []int{1}
		}
		return shape
	}
	x = g.node("Sub", x, g.constant("shift", like(t.Shift), t.Shift))
	return g.node("Mul", x, g.constant("scale", like(t.Scale), t.Scale))
}

// metadata returns what the graph does not say of a model, as JSON by key.
func metadata(m predict.Model) (map[string]string, error) {
	out := map[string]string{}
	for key, names := range map[string][]string{"classes": m.Classes, "features": m.Features} {
		if names == nil {
			continue
		}
		text, err := json.Marshal(names)
		if err != nil {
			return nil, err
		}
		out[key] = string(text)
	}
	return out, nil
}
