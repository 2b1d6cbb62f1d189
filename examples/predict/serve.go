package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// limits keep one client from taking what others need.
type limits struct {
	body     int64 // bytes of a request
	examples int   // of a request
	grace    time.Duration
}

// serve serves until ctx ends. Requests that are being answered then have the grace
// to come to their end.
func serve(ctx context.Context, address string, h http.Handler, grace time.Duration, log io.Writer) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    1 << 16,
	}
	fmt.Fprintf(log, "serving on http://%s/predict\n", listener.Addr())
	stopped := make(chan error, 1)
	unplug := context.AfterFunc(ctx, func() {
		last, cancel := context.WithTimeout(context.Background(), grace)
		defer cancel()
		stopped <- server.Shutdown(last)
	})
	defer unplug()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// A request has examples, a row of raw features each.
type request struct {
	Examples []row `json:"examples"`
}

// A row is the features of an example. A null, of which encoding/json makes 0, is
// refused.
type row []float64

func (r *row) UnmarshalJSON(text []byte) error {
	if bytes.Contains(text, []byte("null")) {
		return errors.New("null where a number is wanted")
	}
	return json.Unmarshal(text, (*[]float64)(r))
}

// handler answers POST /predict.
func handler(p *predictor, l limits) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /predict", func(w http.ResponseWriter, r *http.Request) {
		out, err := respond(p, l, http.MaxBytesReader(w, r.Body, l.body))
		if err != nil {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(statusOf(err))
			json.NewEncoder(w).Encode(map[string]string{"error": err.Error()})
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string][]answer{"predictions": out})
	})
	return mux
}

func statusOf(err error) int {
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

func respond(p *predictor, l limits, body io.Reader) ([]answer, error) {
	var q request
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	if err := d.Decode(&q); err != nil {
		return nil, fmt.Errorf(`want {"examples": [[numbers], …]}: %w`, err)
	}
	switch _, err := d.Token(); {
	case err == nil:
		return nil, errors.New(`more than one value; put all examples into one {"examples": [[numbers], …]}`)
	case err != io.EOF:
		return nil, fmt.Errorf("after the examples: %w", err)
	}
	if len(q.Examples) == 0 || len(q.Examples) > l.examples {
		return nil, fmt.Errorf("%d examples, want 1 to %d", len(q.Examples), l.examples)
	}
	var x []float64
	for i, e := range q.Examples {
		if len(e) != p.features {
			return nil, fmt.Errorf("example %d has %d numbers, the model has %d features", i, len(e), p.features)
		}
		x = append(x, e...)
	}
	of := p.Probabilities
	if p.regression {
		of = p.Scores
	}
	rows, err := of(nil, x)
	if err != nil {
		return nil, err
	}
	return p.answers(rows, len(q.Examples)), nil
}
