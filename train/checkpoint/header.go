package checkpoint

import (
	"strconv"
	"time"

	"declive/optim"
)

// version of the form in which a state is written.
const version = 1

// A header is a state but for its values, as JSON. Its numbers are written with as
// many digits as they need, and may be NaN, which JSON's own may not.
type header struct {
	Version int
	Rule    string
	Steps   int
	Place   place
}

type place struct {
	Epoch     epoch
	Batches   int
	Last      string `json:",omitempty"`
	Elapsed   time.Duration
	Done      []epoch
	Ended     bool
	BestEpoch int
	BestSteps int
	BestLoss  number

	Lowered    int    `json:",omitempty"`
	RateFactor number `json:",omitempty"`
}

type epoch struct {
	Number, Steps, Examples int
	Loss                    number
	Validation              evaluation
	Elapsed                 time.Duration
}

type evaluation struct {
	Examples       int
	Loss, Accuracy number
	Metrics        map[string]number `json:",omitempty"`
}

// A number is a float64 whose text gives back its bits, but for those of a NaN.
type number float64

func (x number) MarshalText() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(x), 'g', -1, 64), nil
}

func (x *number) UnmarshalText(text []byte) error {
	v, err := strconv.ParseFloat(string(text), 64)
	*x = number(v)
	return err
}

func fromState(s *optim.State) header {
	p := s.Place
	h := header{Version: version, Rule: s.Rule, Steps: s.Steps, Place: place{
		Epoch: fromEpoch(p.Epoch), Batches: p.Batches, Last: p.Last, Elapsed: p.Elapsed, Ended: p.Ended,
		BestEpoch: p.BestEpoch, BestSteps: p.BestSteps, BestLoss: number(p.BestLoss),
		Lowered: p.Lowered, RateFactor: number(p.RateFactor),
	}}
	for _, e := range p.Done {
		h.Place.Done = append(h.Place.Done, fromEpoch(e))
	}
	return h
}

func (h header) state() *optim.State {
	p := h.Place
	s := &optim.State{Rule: h.Rule, Steps: h.Steps, Place: optim.Place{
		Epoch: p.Epoch.epoch(), Batches: p.Batches, Last: p.Last, Elapsed: p.Elapsed, Ended: p.Ended,
		BestEpoch: p.BestEpoch, BestSteps: p.BestSteps, BestLoss: float64(p.BestLoss),
		Lowered: p.Lowered, RateFactor: float64(p.RateFactor),
	}}
	for _, e := range p.Done {
		s.Place.Done = append(s.Place.Done, e.epoch())
	}
	return s
}

func fromEpoch(e optim.Epoch) epoch {
	v := evaluation{Examples: e.Validation.Examples, Loss: number(e.Validation.Loss), Accuracy: number(e.Validation.Accuracy)}
	for name, value := range e.Validation.Metrics {
		if v.Metrics == nil {
			v.Metrics = map[string]number{}
		}
		v.Metrics[name] = number(value)
	}
	return epoch{e.Number, e.Steps, e.Examples, number(e.Loss), v, e.Elapsed}
}

func (e epoch) epoch() optim.Epoch {
	v := optim.Evaluation{Examples: e.Validation.Examples, Loss: float64(e.Validation.Loss), Accuracy: float64(e.Validation.Accuracy)}
	for name, value := range e.Validation.Metrics {
		if v.Metrics == nil {
			v.Metrics = map[string]float64{}
		}
		v.Metrics[name] = float64(value)
	}
	return optim.Epoch{Number: e.Number, Steps: e.Steps, Examples: e.Examples, Loss: float64(e.Loss), Elapsed: e.Elapsed, Validation: v}
}
