// Package session answers the requests of the page, each a JSON object. It is all
// that the page knows of the library.
package session

import (
	"context"
	"encoding/json"
	"fmt"

	"declive/examples/playground/internal/classifier"
	"declive/examples/playground/internal/digits"
	"declive/examples/playground/internal/gradient"
	"declive/examples/playground/internal/surface"
)

// A Request asks something of a view.
type Request struct {
	ID       int             `json:"id"`
	View     string          `json:"view"` // surface, classifier, gradient or digits
	Do       string          `json:"do"`   // see [Session.Answer]
	Settings json.RawMessage `json:"settings,omitempty"`
	Steps    int             `json:"steps,omitempty"`
	Pixels   []byte          `json:"pixels,omitempty"`
	Number   int             `json:"number,omitempty"`
}

// A Reply has the number of its request, and either an error or a result.
type Reply struct {
	ID     int    `json:"id"`
	Error  string `json:"error,omitempty"`
	Result any    `json:"result,omitempty"`
}

// A Session holds what the views have begun. It is used from one goroutine.
type Session struct {
	race     *surface.Race
	training *classifier.Training
	check    *gradient.Check
	digits   *digits.Training
}

// Answer answers a request:
//
//	start     begins anew with the settings given
//	tune      takes over those that may change at any time
//	advance   takes steps
//	verdict   asks the gradient checker
//	draw      gives an image to be named
//	example   gives one of the test set
func (s *Session) Answer(request []byte) []byte {
	var r Request
	reply := Reply{}
	err := json.Unmarshal(request, &r)
	if err == nil {
		reply.ID = r.ID
		reply.Result, err = s.do(r)
	}
	if err == nil {
		var text []byte
		if text, err = json.Marshal(reply); err == nil {
			return text
		}
	}
	text, _ := json.Marshal(Reply{ID: r.ID, Error: err.Error()}) // two plain fields
	return text
}

func (s *Session) do(r Request) (any, error) {
	const most = 100_000 // of steps: longer than anybody waits
	if r.Steps < 0 || r.Steps > most {
		return nil, fmt.Errorf("session: %d steps, want 0 to %d", r.Steps, most)
	}
	switch r.View {
	case "surface":
		return s.doSurface(r)
	case "classifier":
		return s.doClassifier(r)
	case "gradient":
		return s.doGradient(r)
	case "digits":
		return s.doDigits(r)
	}
	return nil, fmt.Errorf("session: there is no view %q", r.View)
}

// with returns the settings of a request.
func with[S any](r Request) (S, error) {
	var s S
	if err := json.Unmarshal(r.Settings, &s); err != nil {
		return s, fmt.Errorf("session: the settings of %s: %w", r.View, err)
	}
	return s, nil
}

// unknown is the error of what a view cannot do, or not yet.
func unknown(r Request) error {
	return fmt.Errorf("session: the view %s cannot %s, or has not been started", r.View, r.Do)
}

func (s *Session) doSurface(r Request) (any, error) {
	switch {
	case r.Do == "start":
		settings, err := with[surface.Settings](r)
		if err != nil {
			return nil, err
		}
		race, err := surface.New(settings)
		if err != nil {
			return nil, err
		}
		if s.race != nil {
			s.race.Close()
		}
		s.race = race
		return race.Ground()
	case r.Do == "tune" && s.race != nil:
		settings, err := with[surface.Settings](r)
		if err != nil {
			return nil, err
		}
		return struct{}{}, s.race.Tune(settings)
	case r.Do == "advance" && s.race != nil:
		return s.race.Advance(r.Steps)
	}
	return nil, unknown(r)
}

func (s *Session) doClassifier(r Request) (any, error) {
	switch {
	case r.Do == "start":
		settings, err := with[classifier.Settings](r)
		if err != nil {
			return nil, err
		}
		training, err := classifier.New(settings)
		if err != nil {
			return nil, err
		}
		if s.training != nil {
			s.training.Close()
		}
		s.training = training
		return training.Points()
	case r.Do == "tune" && s.training != nil:
		settings, err := with[classifier.Settings](r)
		if err != nil {
			return nil, err
		}
		return struct{}{}, s.training.Tune(settings)
	case r.Do == "advance" && s.training != nil:
		return s.training.Advance(r.Steps)
	}
	return nil, unknown(r)
}

func (s *Session) doGradient(r Request) (any, error) {
	switch {
	case r.Do == "start":
		settings, err := with[gradient.Settings](r)
		if err != nil {
			return nil, err
		}
		check, err := gradient.New(settings)
		if err != nil {
			return nil, err
		}
		s.check = check
		return check.Verdict(context.Background())
	case r.Do == "tune" && s.check != nil:
		settings, err := with[gradient.Settings](r)
		if err != nil {
			return nil, err
		}
		if err := s.check.Tune(settings); err != nil {
			return nil, err
		}
		return s.check.Frame()
	case r.Do == "verdict" && s.check != nil:
		return s.check.Verdict(context.Background())
	case r.Do == "advance" && s.check != nil:
		return s.check.Advance(r.Steps)
	}
	return nil, unknown(r)
}

func (s *Session) doDigits(r Request) (any, error) {
	switch {
	case r.Do == "start":
		settings, err := with[digits.Settings](r)
		if err != nil {
			return nil, err
		}
		training, err := digits.New(settings)
		if err != nil {
			return nil, err
		}
		if s.digits != nil {
			s.digits.Close()
		}
		s.digits = training
		return training.Frame()
	case r.Do == "tune" && s.digits != nil:
		settings, err := with[digits.Settings](r)
		if err != nil {
			return nil, err
		}
		return struct{}{}, s.digits.Tune(settings)
	case r.Do == "advance" && s.digits != nil:
		return s.digits.Advance(r.Steps)
	case r.Do == "draw" && s.digits != nil:
		return s.digits.Draw(r.Pixels)
	case r.Do == "example" && s.digits != nil:
		return s.digits.Example(r.Number)
	}
	return nil, unknown(r)
}
