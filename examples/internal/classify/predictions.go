package classify

import (
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/record"
)

// A scorer is a program that computes the scores of batches of one form.
type scorer struct {
	*record.Loss
	program *autodiff.Program
}

func (j *Job) newScorer(b autodiff.Batch) (s *scorer, err error) {
	defer autodiff.Catch(&err)
	s = new(scorer)
	var scores *autodiff.Node
	s.Loss, err = record.New(func(x, _ *autodiff.Node) *autodiff.Node {
		scores = j.forward(x)
		return scores.Sum()
	}, autodiff.NewGraph(tensor.Float32), b)
	if err != nil {
		return nil, err
	}
	s.program, err = autodiff.Compile(scores)
	return s, err
}

// predictions gives take, batch by batch, what the model predicts for the examples of a
// part, and their targets, in the targets' unit.
func (j *Job) predictions(p Part, take func(f, y []float64) error) error {
	return j.scored(p, func(f []float64, b autodiff.Batch) error {
		return take(j.Scale.undo(f), j.Scale.undo(numbers(b.Y)))
	})
}

// scored gives take the batches of a part, each with what the model makes of it.
func (j *Job) scored(p Part, take func(f []float64, b autodiff.Batch) error) error {
	scorers := record.NewCache(j.newScorer)
	for b := range p.Consecutive(evaluated) {
		s, err := scorers.For(b)
		if err != nil {
			return err
		}
		out, err := s.program.Run(s.Feed(nil, b)...)
		if err != nil {
			return err
		}
		if err := take(numbers(out.Value(0)), b); err != nil {
			return err
		}
	}
	return cutShort(p, nil)
}

// numbers returns the elements of a tensor of float32.
func numbers(t *tensor.Dense) []float64 {
	return floats(t.Float32s())
}
