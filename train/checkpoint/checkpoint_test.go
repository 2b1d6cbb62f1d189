package checkpoint_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/exported"
	"declive/nn"
	"declive/optim"
	"declive/train/checkpoint"
)

func state(steps int) *optim.State {
	epoch := optim.Epoch{Number: 2, Steps: 7, Examples: 5, Loss: 1.0 / 3, Elapsed: time.Second,
		Validation: optim.Evaluation{Examples: 3, Loss: math.Inf(1), Accuracy: 0.1, Metrics: map[string]float64{"F1": 1.0 / 7}}}
	return &optim.State{
		Rule: "optim.SGD", Steps: steps,
		Values: []autodiff.Named{ // in the order of a file
			{Name: "slots/0/w", Value: tensor.New(tensor.WithShape(2), tensor.WithBacking([]float64{math.Pi, 5e-324}))},
			{Name: "parameters/w", Value: tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float32{1, 2, 3, 4, 5, 1e-45}))},
		},
		Place: optim.Place{Epoch: epoch, Batches: 4, Last: "ab", Elapsed: time.Minute, Done: []optim.Epoch{epoch, {Number: 1}},
			Ended: true, BestEpoch: 1, BestSteps: 3, BestLoss: math.Nextafter(1, 2),
			Lowered: 2, RateFactor: 0.1},
	}
}

func TestWriteAndRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	want := state(12)
	require.NoError(t, checkpoint.Write(path, want))
	got, err := checkpoint.Read(path)
	require.NoError(t, err)
	for i, v := range want.Values {
		assert.Equal(t, v.Name, got.Values[i].Name)
		assert.Equal(t, v.Value.Shape(), got.Values[i].Value.Shape())
		assert.Equal(t, v.Value.Data(), got.Values[i].Value.Data())
	}
	got.Values, want.Values = nil, nil
	assert.Equal(t, want, got)

	nan := state(1)
	nan.Place.BestLoss = math.NaN()
	require.NoError(t, checkpoint.Write(path, nan))
	got, err = checkpoint.Read(path)
	require.NoError(t, err)
	assert.True(t, math.IsNaN(got.Place.BestLoss))
}

// Every bit of a file counts.
func TestReadRefusesDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	require.NoError(t, checkpoint.Write(path, state(12)))
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	for i := range whole {
		for _, damaged := range [][]byte{whole[:i], append(append(append([]byte{}, whole[:i]...), whole[i]^0x10), whole[i+1:]...)} {
			require.NoError(t, os.WriteFile(path, damaged, 0o666))
			_, err := checkpoint.Read(path)
			require.ErrorContains(t, err, "checkpoint: read ", "byte %d of %d", i, len(whole))
		}
	}
}

// A header can promise the same bytes to many tensors. Memory is made for none of them
// before that is seen.
func TestReadTakesNoMoreThanTheFile(t *testing.T) {
	const tensors, bytes = 1000, 1 << 18
	header := `{"__metadata__":{"declive.state":"{}","declive.sha256":"0"}`
	for i := range tensors {
		header += fmt.Sprintf(`,"%d":{"dtype":"F32","shape":[%d],"data_offsets":[0,%d]}`, i, bytes/4, bytes)
	}
	header += "}"
	file := append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)
	path := filepath.Join(t.TempDir(), "promises")
	require.NoError(t, os.WriteFile(path, append(file, make([]byte, bytes)...), 0o666))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := checkpoint.Read(path)
	runtime.ReadMemStats(&after)
	assert.ErrorContains(t, err, "want it to start at")
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(tensors*bytes/8))
}

func TestReadRefusesWeights(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weights")
	require.NoError(t, nn.Save(path, []*autodiff.Param{autodiff.NewParam("w", tensor.New(tensor.FromScalar(1.0)))}))
	_, err := checkpoint.Read(path)
	assert.ErrorContains(t, err, "the file holds weights but no state of a training")
}

func TestFolderKeepsTheLast(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	f, err := checkpoint.In(dir, checkpoint.Settings{Steps: 10, Keep: 2})
	require.NoError(t, err)
	s, err := f.Latest()
	require.NoError(t, err)
	assert.Nil(t, s, "there is none yet")
	other := filepath.Join(dir, "step-notes.safetensors")
	require.NoError(t, os.WriteFile(other, nil, 0o666))
	for _, steps := range []int{9, 20, 100} {
		require.NoError(t, f.Save(state(steps)))
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	assert.Equal(t, []string{filepath.Join(dir, "step-000000000020.safetensors"), filepath.Join(dir, "step-000000000100.safetensors"), other}, names)

	again, err := checkpoint.In(dir, checkpoint.Settings{Steps: 10})
	require.NoError(t, err)
	s, err = again.Latest()
	require.NoError(t, err)
	assert.Equal(t, 100, s.Steps)
	assert.False(t, again.Due(109))
	assert.True(t, again.Due(110), "ten steps after what was loaded")

	require.NoError(t, os.WriteFile(filepath.Join(dir, "step-000000000100.safetensors"), []byte("damaged"), 0o666))
	_, err = again.Latest()
	assert.ErrorContains(t, err, "step-000000000100.safetensors")
}

func TestFolderIsDueByTime(t *testing.T) {
	f, err := checkpoint.In(t.TempDir(), checkpoint.Settings{Every: time.Nanosecond})
	require.NoError(t, err)
	time.Sleep(time.Millisecond)
	assert.True(t, f.Due(0))
	f, err = checkpoint.In(t.TempDir(), checkpoint.Settings{})
	require.NoError(t, err)
	assert.False(t, f.Due(1<<30), "only after a minute")
}

// TestArguments calls all of the package with arguments that have no meaning.
func TestArguments(t *testing.T) {
	in := func(dir string, s checkpoint.Settings) func() error {
		return func() error { _, err := checkpoint.In(dir, s); return err }
	}
	folder, err := checkpoint.In(t.TempDir(), checkpoint.Settings{})
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	read := func(path string) func() error {
		return func() error { _, err := checkpoint.Read(path); return err }
	}
	calls := []exported.Call{
		{Of: "In", With: "no path", Do: in("", checkpoint.Settings{})},
		{Of: "In", With: "a file", Do: in(file, checkpoint.Settings{})},
		{Of: "In", With: "negative steps", Do: in(t.TempDir(), checkpoint.Settings{Steps: -1})},
		{Of: "In", With: "negative time", Do: in(t.TempDir(), checkpoint.Settings{Every: -1})},
		{Of: "In", With: "negative number of files", Do: in(t.TempDir(), checkpoint.Settings{Keep: -1})},
		{Of: "Folder.Due", With: "negative steps", Do: exported.Panics(func() { folder.Due(-1) }), Accepted: true},
		{Of: "Folder.Save", With: "nil", Do: func() error { return folder.Save(nil) }},
		{Of: "Folder.Save", With: "a nil tensor", Do: func() error { return folder.Save(&optim.State{Values: []autodiff.Named{{Name: "a"}}}) }},
		{Of: "Write", With: "nil", Do: func() error { return checkpoint.Write(file, nil) }},
		{Of: "Write", With: "no path", Do: func() error { return checkpoint.Write("", state(1)) }},
		{Of: "Read", With: "no path", Do: read("")},
		{Of: "Read", With: "an empty file", Do: read(file)},
	}
	for name, f := range map[string]*checkpoint.Folder{"a nil folder": nil, "an empty folder": {}} {
		calls = append(calls,
			exported.Call{Of: "Folder.Latest", With: name, Do: func() error { _, err := f.Latest(); return err }},
			exported.Call{Of: "Folder.Save", With: name, Do: func() error { return f.Save(state(1)) }},
			exported.Call{Of: "Folder.Due", With: name, Do: exported.Panics(func() { f.Due(1) }), Accepted: true})
	}
	exported.Check(t, ".", calls)
}
