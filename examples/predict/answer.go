package main

import (
	"encoding/json"
	"fmt"
	"io"

	"declive/autodiff"
	"declive/datasets"
	"declive/predict"
)

// An answer is what the model says of one example.
type answer struct {
	Class         string             `json:"class,omitempty"`
	Probabilities map[string]float64 `json:"probabilities,omitempty"` // by class
	Values        []float64          `json:"values,omitempty"`        // of a regression
}

// A predictor is one with what is asked of its model for every example.
type predictor struct {
	*predict.Predictor
	model      predict.Model
	features   int
	regression bool
}

func newPredictor(m predict.Model) (*predictor, error) {
	p, err := predict.New(m)
	return &predictor{p, m, autodiff.Shape(m.Shape).Size(), m.Regression}, err
}

// answers returns those for rows of values or probabilities of n examples.
func (p *predictor) answers(rows []float64, n int) []answer {
	out := make([]answer, n)
	width := len(rows) / max(n, 1)
	for i := range out {
		out[i] = p.answer(rows[i*width : (i+1)*width])
	}
	return out
}

func (p *predictor) answer(row []float64) answer {
	if p.regression {
		return answer{Values: row}
	}
	a := answer{Probabilities: map[string]float64{}}
	best := 0
	for k, v := range row {
		a.Probabilities[p.ClassName(k)] = v
		if v > row[best] {
			best = k
		}
	}
	a.Class = p.ClassName(best)
	return a
}

// print writes what the model says of the examples of a file, a line for each, and
// to notes what of the file was left out.
func (s settings) print(w, notes io.Writer, p *predictor, name string) error {
	parts, err := s.read(p.model, name)
	if err != nil {
		return err
	}
	for d, err := range parts {
		if err != nil {
			return err
		}
		for _, note := range d.Notes() {
			fmt.Fprintf(notes, "note: %s: %s\n", name, note)
		}
		if d, err = arranged(p.model, d); err != nil {
			return err
		}
		if err := s.printPart(w, p, d); err != nil {
			return err
		}
	}
	return nil
}

// printPart writes what the model says of the examples of a data set.
func (s settings) printPart(w io.Writer, p *predictor, d *datasets.Dataset) error {
	of := p.ProbabilitiesOf
	if p.regression {
		of = p.ScoresOf
	}
	rows, err := of(d)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(w)
	for _, a := range p.answers(rows, d.Len()) {
		if s.json {
			err = encoder.Encode(a)
		} else {
			_, err = fmt.Fprintln(w, a)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// String returns the answer for people: the class with its probability, or the
// values.
func (a answer) String() string {
	if a.Values != nil {
		return fmt.Sprint(a.Values)
	}
	return fmt.Sprintf("%s %.4f", a.Class, a.Probabilities[a.Class])
}
