package runlog

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"declive/optim"
)

// Events writes a file that TensorBoard shows: scalars for every step and epoch, under
// train/ and validation/, and what [Events.Scalar], [Events.Histogram] and
// [Events.Image] add.
type Events struct {
	file io.WriteCloser
	now  func() time.Time
}

var _ optim.Log = (*Events)(nil)

// NewEvents makes a new event file in a folder, which is made if it is not there. A
// training that goes on makes another file in the same folder, and TensorBoard joins
// them. The file has to be closed.
func NewEvents(dir string) (*Events, error) {
	if dir == "" {
		return nil, errors.New("runlog: NewEvents: the path of the folder is empty")
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("runlog: NewEvents: %w", err)
	}
	name := fmt.Sprintf("events.out.tfevents.%010d.declive.%d", time.Now().Unix(), time.Now().UnixNano())
	file, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return nil, fmt.Errorf("runlog: NewEvents: %w", err)
	}
	e := &Events{file, time.Now}
	var version message
	version.double(1, e.seconds())
	version.bytes(3, []byte("brain.Event:2"))
	if err := e.write(version); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return e, nil
}

// Close closes the file.
func (e *Events) Close() error {
	if e == nil || e.file == nil {
		return errUnmade
	}
	return e.file.Close()
}

// errUnmade is the error of events that have no file.
var errUnmade = errors.New("runlog: the events are nil or empty; make them with NewEvents")

func (e *Events) seconds() float64 { return float64(e.now().UnixNano()) / 1e9 }

// LogStep writes the scalars of a step.
func (e *Events) LogStep(r optim.StepReport) error {
	return e.scalars(r.Step, scalar{"train/loss", r.Loss}, scalar{"train/gradient_norm", r.GradientNorm}, scalar{"train/learning_rate", r.LearningRate})
}

// LogEpoch writes the scalars of an epoch.
func (e *Events) LogEpoch(ep optim.Epoch) error {
	values := []scalar{{"train/epoch_loss", ep.Loss}}
	if v := ep.Validation; v.Examples > 0 {
		values = append(values, scalar{"validation/loss", v.Loss}, scalar{"validation/accuracy", v.Accuracy})
		for _, name := range slices.Sorted(maps.Keys(v.Metrics)) {
			values = append(values, scalar{"validation/" + name, v.Metrics[name]})
		}
	}
	return e.scalars(ep.Steps, values...)
}

// Scalar writes a number at a step. One that is not a number is left out.
func (e *Events) Scalar(step int, name string, value float64) error {
	return e.scalars(step, scalar{name, value})
}

// A scalar is a number with its name.
type scalar struct {
	name  string
	value float64
}

func (e *Events) scalars(step int, values ...scalar) error {
	var summary message
	for _, s := range values {
		if err := named(s.name); err != nil {
			return err
		}
		if math.IsNaN(s.value) {
			continue
		}
		var v message
		v.bytes(1, []byte(s.name))
		v.float(2, float32(s.value))
		summary.bytes(1, v)
	}
	return e.summary(step, summary)
}

// Histogram writes how values, such as weights, are distributed at a step, in 30
// intervals of equal length. It is an error if there are none or one is not finite.
func (e *Events) Histogram(step int, name string, values []float64) error {
	if err := named(name); err != nil {
		return err
	}
	h, err := histogram(values)
	if err != nil {
		return fmt.Errorf("runlog: Histogram: %s: %w", name, err)
	}
	return e.value(step, name, 5, h)
}

// Image writes a picture at a step.
func (e *Events) Image(step int, name string, picture image.Image) error {
	if err := named(name); err != nil {
		return err
	}
	if picture == nil {
		return fmt.Errorf("runlog: Image: %s: the picture is nil", name)
	}
	var file bytes.Buffer
	if err := png.Encode(&file, picture); err != nil {
		return fmt.Errorf("runlog: Image: %s: %w", name, err)
	}
	var m message
	m.number(1, uint64(picture.Bounds().Dy()))
	m.number(2, uint64(picture.Bounds().Dx()))
	m.number(3, 4) // RGBA
	m.bytes(4, file.Bytes())
	return e.value(step, name, 4, m)
}

func named(name string) error {
	if name == "" {
		return errors.New("runlog: a value of an event needs a name")
	}
	return nil
}

// value writes one value of a summary, whose form has a field's number.
func (e *Events) value(step int, name string, form protowire.Number, content message) error {
	var v, summary message
	v.bytes(1, []byte(name))
	v.bytes(form, content)
	summary.bytes(1, v)
	return e.summary(step, summary)
}

func (e *Events) summary(step int, summary message) error {
	if e == nil || e.file == nil {
		return errUnmade
	}
	if step < 0 {
		return fmt.Errorf("runlog: the step of an event is %d, want 0 or more", step)
	}
	var event message
	event.double(1, e.seconds())
	event.number(2, uint64(step))
	event.bytes(5, summary)
	return e.write(event)
}

func (e *Events) write(m message) error {
	if _, err := e.file.Write(framed(m)); err != nil {
		return fmt.Errorf("runlog: %w", err)
	}
	return nil
}
