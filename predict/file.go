package predict

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/internal/atomicfile"
	"declive/internal/safetensors"
)

// format is the version of the files that are written. A program refuses later ones.
const format = 1

// metadataKey is where a file of weights has the rest of the model. It is covered by
// the file's checksum.
const metadataKey = "declive.model"

// A description is a model but for its weights, as JSON in the metadata.
type description struct {
	Format     int              `json:"format"`
	Precision  string           `json:"precision"` // float32 or float64
	Layer      layer            `json:"layer"`
	Shape      []int            `json:"shape"`
	Shift      []float64        `json:"shift,omitempty"`
	Scale      []float64        `json:"scale,omitempty"`
	Classes    []string         `json:"classes,omitempty"`
	Features   []string         `json:"features,omitempty"`
	Schema     *datasets.Schema `json:"schema,omitempty"`
	Regression bool             `json:"regression,omitempty"`

	TargetShift []float64 `json:"target_shift,omitempty"`
	TargetScale []float64 `json:"target_scale,omitempty"`
}

// Save writes the whole model to a file in the safetensors format: the weights as
// tensors, and those of running statistics, as nn.Save does, and everything else as
// metadata. [Load] needs nothing
// but the file. It appears complete or not at all.
//
// It is an error if [New] refuses the model, or if it has a layer that is not of
// package nn or is an nn.Func: those have no description.
func Save(path string, m Model) error {
	if err := atomicfile.Replace(path, func(w io.Writer) error { return write(w, m) }); err != nil {
		return fmt.Errorf("predict: save %q: %w", path, err)
	}
	return nil
}

// Load reads a model from a file that [Save] wrote. It is an error if the file is
// none of these, is altered or of a later version. Of weights alone, such as nn.Save
// writes, the error says so.
func Load(path string) (Model, error) {
	f, err := os.Open(path)
	if err != nil {
		return Model{}, fmt.Errorf("predict: load: %w", err)
	}
	defer f.Close()
	m, err := read(f)
	if err != nil {
		return Model{}, fmt.Errorf("predict: load %s: %w", path, err)
	}
	return m, nil
}

// Write writes a model to w as [Save] writes it to a file.
func Write(w io.Writer, m Model) error {
	if w == nil {
		return errors.New("predict: Write: the writer is nil")
	}
	if err := write(w, m); err != nil {
		return fmt.Errorf("predict: Write: %w", err)
	}
	return nil
}

// Read reads a model from r, to its end, as [Load] reads it from a file.
func Read(r io.Reader) (Model, error) {
	if r == nil {
		return Model{}, errors.New("predict: Read: the reader is nil")
	}
	m, err := read(r)
	if err != nil {
		return Model{}, fmt.Errorf("predict: Read: %w", err)
	}
	return m, nil
}

func write(w io.Writer, m Model) error {
	if _, err := New(m); err != nil {
		return err
	}
	l, err := describe(m.Layer)
	if err != nil {
		return err
	}
	precision, err := precisionOf(m.Layer)
	if err != nil {
		return err
	}
	text, err := json.Marshal(description{
		Format: format, Precision: precision.String(), Layer: l, Shape: m.Shape, Shift: m.Transform.Shift, Scale: m.Transform.Scale,
		Classes: m.Classes, Features: m.Features, Schema: m.Schema, Regression: m.Regression,
		TargetShift: m.Targets.Shift, TargetScale: m.Targets.Scale,
	})
	if err != nil {
		return err
	}
	var tensors []safetensors.Tensor
	for _, p := range params(m.Layer) {
		tensors = append(tensors, safetensors.Tensor{Name: p.Name(), Value: p.Value()})
	}
	return safetensors.Write(w, tensors, map[string]string{metadataKey: string(text)})
}

func read(r io.Reader) (Model, error) {
	f, err := safetensors.Open(r)
	if err != nil {
		return Model{}, err
	}
	d, err := parse(f.Metadata)
	if err != nil {
		return Model{}, err
	}
	tensors, err := f.All(func(string) bool { return false })
	if err != nil {
		return Model{}, err
	}
	m := Model{
		Shape: d.Shape, Transform: datasets.Transform{Shift: d.Shift, Scale: d.Scale},
		Classes: d.Classes, Features: d.Features, Schema: d.Schema, Regression: d.Regression,
		Targets: datasets.Transform{Shift: d.TargetShift, Scale: d.TargetScale},
	}
	if m.Layer, err = d.Layer.build(tensors, d.dtype()); err != nil {
		return Model{}, err
	}
	_, err = New(m)
	return m, err
}

// parse returns the description in a file's metadata.
func parse(metadata map[string]string) (d description, err error) {
	text, ok := metadata[metadataKey]
	if !ok {
		return d, errors.New("the file has weights alone; build their layer and use nn.Load, or write the model with predict.Save")
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return d, fmt.Errorf("description of the model: %w", err)
	}
	switch {
	case d.Format < 1 || d.Format > format:
		return d, fmt.Errorf("format %d, want 1 to %d; a later version of declive may read it", d.Format, format)
	case d.Precision != tensor.Float32.String() && d.Precision != tensor.Float64.String():
		return d, fmt.Errorf("precision %q, want float32 or float64", d.Precision)
	}
	return d, nil
}

func (d description) dtype() tensor.Dtype {
	if d.Precision == tensor.Float64.String() {
		return tensor.Float64
	}
	return tensor.Float32
}

// parameters returns the parameters of a file by name.
func parameters(tensors []safetensors.Tensor, dt tensor.Dtype) (params map[string]*autodiff.Param, err error) {
	defer autodiff.Catch(&err)
	params = map[string]*autodiff.Param{}
	for _, t := range tensors {
		p := autodiff.NewParam(t.Name, t.Value)
		if p.Precision() != dt {
			p.Convert(dt)
		}
		params[t.Name] = p
	}
	return params, nil
}
