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

// with passes the settings of a request to what makes or tunes a view.
func with[S, V any](r Request, to func(S) (V, error)) (v V, err error) {
	var s S
	if err := json.Unmarshal(r.Settings, &s); err != nil {
		return v, fmt.Errorf("session: the settings of %s: %w", r.View, err)
	}
	return to(s)
}

// tune is with for what returns an error alone.
func tune[S any](r Request, to func(S) error) (any, error) {
	return with(r, func(s S) (any, error) { return struct{}{}, to(s) })
}

// unknown is the error of what a view cannot do, or not yet.
func unknown(r Request) error {
	return fmt.Errorf("session: the view %s cannot %s, or has not been started", r.View, r.Do)
}

func (s *Session) doSurface(r Request) (any, error) {
	if r.Do == "start" {
		race, err := with(r, surface.New)
		if err != nil {
			return nil, err
		}
		if s.race != nil {
			s.race.Close()
		}
		s.race = race
		return race.Ground()
	}
	switch {
	case s.race == nil:
	case r.Do == "tune":
		return tune(r, s.race.Tune)
	case r.Do == "advance":
		return s.race.Advance(r.Steps)
	}
	return nil, unknown(r)
}

func (s *Session) doClassifier(r Request) (any, error) {
	if r.Do == "start" {
		training, err := with(r, classifier.New)
		if err != nil {
			return nil, err
		}
		if s.training != nil {
			s.training.Close()
		}
		s.training = training
		return training.Points()
	}
	switch {
	case s.training == nil:
	case r.Do == "tune":
		return tune(r, s.training.Tune)
	case r.Do == "advance":
		return s.training.Advance(r.Steps)
	}
	return nil, unknown(r)
}

func (s *Session) doGradient(r Request) (any, error) {
	if r.Do == "start" {
		check, err := with(r, gradient.New)
		if err != nil {
			return nil, err
		}
		s.check = check
		return check.Verdict(context.Background())
	}
	switch {
	case s.check == nil:
	case r.Do == "tune":
		if _, err := tune(r, s.check.Tune); err != nil {
			return nil, err
		}
		return s.check.Frame()
	case r.Do == "verdict":
		return s.check.Verdict(context.Background())
	case r.Do == "advance":
		return s.check.Advance(r.Steps)
	}
	return nil, unknown(r)
}

func (s *Session) doDigits(r Request) (any, error) {
	if r.Do == "start" {
		training, err := with(r, digits.New)
		if err != nil {
			return nil, err
		}
		if s.digits != nil {
			s.digits.Close()
		}
		s.digits = training
		return training.Frame()
	}
	switch {
	case s.digits == nil:
	case r.Do == "tune":
		return tune(r, s.digits.Tune)
	case r.Do == "advance":
		return s.digits.Advance(r.Steps)
	case r.Do == "draw":
		return s.digits.Draw(r.Pixels)
	case r.Do == "example":
		return s.digits.Example(r.Number)
	}
	return nil, unknown(r)
}
