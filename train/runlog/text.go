package runlog

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"declive/internal/dense"
	"declive/optim"
)

// JSONL writes an object a line:
//
//	{"event":"step","step":1,"epoch":1,"examples":64,"loss":2.3,"gradient_norm":1.5,"learning_rate":0.1}
//	{"event":"epoch","step":157,"epoch":1,"examples":10000,"loss":0.7,"validation_loss":0.4,"validation_accuracy":0.9,"seconds":1.2}
//
// With metrics an epoch also has "validation_metrics":{"F1":0.88}. A number that is not
// finite, such as the accuracy of a model without scores, is null.
type JSONL struct{ w io.Writer }

var _ optim.Log = (*JSONL)(nil)

// NewJSONL returns a log that writes to w.
func NewJSONL(w io.Writer) *JSONL { return &JSONL{w} }

// LogStep writes the line of a step.
func (l *JSONL) LogStep(r optim.StepReport) error { return l.write("step", stepFields(r), "") }

// LogEpoch writes the line of an epoch.
func (l *JSONL) LogEpoch(e optim.Epoch) error {
	metrics, err := metricsOf(e)
	if err != nil {
		return fmt.Errorf("runlog: %w", err)
	}
	return l.write("epoch", epochFields(e), metrics)
}

func (l *JSONL) write(event string, fields []field, metrics string) error {
	if l == nil || l.w == nil {
		return errors.New("runlog: the writer of NewJSONL is nil")
	}
	line := []byte(`{"event":"` + event + `"`)
	for _, f := range fields {
		line = append(line, `,"`+f.name+`":`...)
		if !dense.Finite(f.value) {
			line = append(line, "null"...)
			continue
		}
		number, err := json.Marshal(f.value)
		if err != nil {
			return fmt.Errorf("runlog: %w", err)
		}
		line = append(line, number...)
	}
	if metrics != "" {
		line = append(line, `,"validation_metrics":`+metrics...)
	}
	if _, err := l.w.Write(append(line, "}\n"...)); err != nil {
		return fmt.Errorf("runlog: %w", err)
	}
	return nil
}

// CSV writes a table with a row for every step and every epoch, which stands in its
// first column, under a line with the names of the columns. What a row does not have,
// and a number that is not finite, is empty. The last column, validation_metrics, has the
// object of [JSONL].
type CSV struct {
	w     io.Writer
	begun bool
}

var _ optim.Log = (*CSV)(nil)

// NewCSV returns a log that writes to w.
func NewCSV(w io.Writer) *CSV { return &CSV{w: w} }

// LogStep writes the row of a step.
func (l *CSV) LogStep(r optim.StepReport) error { return l.write("step", stepFields(r), "") }

// LogEpoch writes the row of an epoch.
func (l *CSV) LogEpoch(e optim.Epoch) error {
	metrics, err := metricsOf(e)
	if err != nil {
		return fmt.Errorf("runlog: %w", err)
	}
	return l.write("epoch", epochFields(e), metrics)
}

func (l *CSV) write(event string, fields []field, metrics string) error {
	if l == nil || l.w == nil {
		return errors.New("runlog: the writer of NewCSV is nil")
	}
	text := ""
	if !l.begun {
		text = "event," + strings.Join(columns, ",") + ",validation_metrics\n"
	}
	row := make([]string, len(columns))
	for _, f := range fields {
		if dense.Finite(f.value) {
			row[slices.Index(columns, f.name)] = f.text()
		}
	}
	if metrics != "" {
		metrics = `"` + strings.ReplaceAll(metrics, `"`, `""`) + `"`
	}
	if _, err := io.WriteString(l.w, text+event+","+strings.Join(row, ",")+","+metrics+"\n"); err != nil {
		return fmt.Errorf("runlog: %w", err)
	}
	l.begun = true
	return nil
}

// text returns the number with as many digits as it needs.
func (f field) text() string {
	if f.whole {
		return strconv.FormatFloat(f.value, 'f', 0, 64)
	}
	return strconv.FormatFloat(f.value, 'g', -1, 64)
}
